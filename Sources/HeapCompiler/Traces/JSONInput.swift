import Diagnostics

/// A value of a JSON text with its place.
struct JSONInput: Sendable {
  /// What the value is.
  enum Content: Sendable {
    case object([Member])
    case array([JSONInput])
    case string(String)
    /// A whole number that 64 bits hold, by its sign and magnitude.
    case integer(isNegative: Bool, magnitude: UInt64)
    /// Any other number.
    case otherNumber
    case bool(Bool)
    case null
  }

  /// One member of an object.
  struct Member: Sendable {
    let name: String
    /// The place of the name.
    let span: Range<UInt32>
    let value: JSONInput
  }

  let content: Content
  /// The bytes of the value.
  let span: Range<UInt32>

  /// What the value is, for a message.
  var kind: String {
    switch content {
    case .object: "an object"
    case .array: "a list"
    case .string: "text"
    case .integer: "a whole number"
    case .otherNumber: "a number that is not whole or too large"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}

/// Why a text is no JSON, or more than is read.
struct JSONFault: Error, Hashable {
  /// What was met, in a few words.
  let message: String
  /// Where.
  let offset: Int
  /// Whether a limit was exceeded, and nothing is malformed.
  var isLimit = false
}
