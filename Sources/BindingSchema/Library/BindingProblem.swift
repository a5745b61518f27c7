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

/// Texts of a file as messages quote them.
enum QuotedText {
  /// The most scalars of a text that are shown.
  private static let scalarsMax = 80

  /// The text with what a terminal would not show as it is replaced, cut to what a line holds.
  static func shown(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == scalarsMax { return result + "…" }
      result.unicodeScalars.append(isPrintable(scalar) ? scalar : "\u{FFFD}")
    }
    return result
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
    default: true
    }
  }
}
