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
