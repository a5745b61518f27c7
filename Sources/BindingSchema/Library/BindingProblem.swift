import Diagnostics

/// What is wrong with a binding, in terms of its own file.
public struct BindingProblem: Error, Sendable {
  /// The rule that found it.
  public let rule: Rule
  /// A complete sentence by itself.
  public let message: String
  /// The place; `none` for what concerns the file as a whole.
  public let mark: SchemaValue.Mark
  /// What to write instead.
  public let help: String?
  /// Facts behind the message.
  public let notes: [String]

  init(
    _ rule: Rule, _ message: String, at mark: SchemaValue.Mark = .none, help: String? = nil,
    notes: [String] = []
  ) {
    self.rule = rule
    self.message = message
    self.mark = mark
    self.help = help
    self.notes = notes
  }
}
