import Diagnostics

/// A value of a YAML file with its place.
struct YAMLValue: Sendable {
  /// What the value is.
  indirect enum Content: Sendable {
    /// Text or a number; whether it was written in quotes.
    case scalar(String, isQuoted: Bool)
    /// Values in order.
    case list([YAMLValue])
    /// Keys with their values, in order; a key may be there twice.
    case mapping([Pair])
  }

  /// One entry of a mapping.
  struct Pair: Sendable {
    let key: YAMLValue
    let value: YAMLValue
  }

  let content: Content
  /// The scalar, or the rest of the line on which a list or a mapping begins.
  let span: SourceSpan

  /// What the value is, for a message: `a list`.
  var kind: String {
    switch content {
    case .scalar(let text, let isQuoted):
      text.isEmpty && !isQuoted ? "nothing" : "`\(QuotedText.shown(text))`"
    case .list: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// Texts of a file as messages quote them.
enum QuotedText {
  /// The text with control characters replaced and cut to what a line holds.
  static func shown(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == 80 { return result + "…" }
      result.unicodeScalars.append(isPrintable(scalar) ? scalar : "\u{FFFD}")
    }
    return result
  }

  /// Whether a name is made of printable characters alone, so that no output of it can confuse a terminal.
  static func isPrintable(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isPrintable) }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
    default: true
    }
  }
}
