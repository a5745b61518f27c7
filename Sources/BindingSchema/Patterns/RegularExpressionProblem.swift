/// Why a pattern of a binding cannot be used.
public struct RegularExpressionProblem: Error, Hashable, Sendable {
  /// Where in the pattern, in Unicode scalars from its beginning.
  public let offset: Int
  /// What is wrong: lower case, without a full stop.
  public let message: String

  /// A problem at an offset.
  public init(offset: Int, message: String) {
    self.offset = offset
    self.message = message
  }
}
