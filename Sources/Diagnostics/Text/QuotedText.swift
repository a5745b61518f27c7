/// Texts of untrusted files as messages quote them.
public enum QuotedText {
  /// The most scalars of a text that are shown.
  private static let scalarsMax = 80

  /// The text with what a terminal would not show as it is replaced, cut to what a line holds.
  public static func shown(_ text: String) -> String {
    var result = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == scalarsMax { return result + "…" }
      result.unicodeScalars.append(isPrintable(scalar) ? scalar : "\u{FFFD}")
    }
    return result
  }

  /// Whether a text is made of printable characters alone, so that no output of it can confuse a terminal.
  public static func isPrintable(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isPrintable) }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
    default: true
    }
  }
}
