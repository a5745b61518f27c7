/// When text is coloured: the values of `--color`.
public enum ColorChoice: String, CaseIterable, Sendable {
  case auto, always, never

  /// Whether to colour.
  /// - Parameters:
  ///   - isTerminal: whether the output goes to a terminal.
  ///   - environment: the process's variables, of which `NO_COLOR` (any value but an empty one) and `TERM` are read.
  /// - Returns: the choice, or for `auto` whether a terminal is there that can and may show colours.
  public func isOn(isTerminal: Bool, environment: [String: String]) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }
}

/// What a piece of text is, which decides its colour.
enum Style {
  case plain, strong, gutter, secondary, help
  case error, warning, note

  /// The terminal's code that begins the style; nil for plain text.
  var code: String? {
    switch self {
    case .plain: nil
    case .strong: "1"
    case .gutter, .secondary: "1;34"
    case .help: "1;32"
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    }
  }
}

/// Collects text line by line; colour is a layer that does not change a character.
struct StyledText {
  private let hasColor: Bool
  private(set) var text = ""

  init(hasColor: Bool) { self.hasColor = hasColor }

  /// Appends `piece`, which must be harmless.
  mutating func put(_ piece: some StringProtocol, _ style: Style = .plain) {
    guard hasColor, let code = style.code, !piece.isEmpty else {
      text += piece
      return
    }
    text += "\u{1B}[\(code)m\(piece)\u{1B}[0m"
  }

  mutating func endLine() { text += "\n" }
}
