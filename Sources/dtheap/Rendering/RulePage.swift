import Diagnostics
import HeapCompiler

/// The page about a rule, for terminals and as Markdown.
public struct RulePage {
  private let rule: Rule
  /// Plans, traces and configurations have no comments that silence a rule.
  private let canBeAllowed: Bool

  /// The page of a rule.
  public init(_ rule: Rule) {
    self.rule = rule
    canBeAllowed = RuleRegistry.treeRules.contains { $0.id == rule.id }
  }

  // MARK: Text

  /// The page in lines of at most 80 columns, where words allow it.
  public var text: String {
    var text = "\(rule.id.code) \(rule.id.name): \(rule.severity.rawValue), since \(rule.since)\n\n"
    text += Self.wrapped(rule.summary) + "\n" + Self.wrapped(rule.rationale)
    if !rule.badExample.isEmpty { text += "\nWrong:\n\n" + Self.indented(rule.badExample) }
    if !rule.goodExample.isEmpty { text += "\nRight:\n\n" + Self.indented(rule.goodExample) }
    text += "\nSource:\n\n" + rule.references.map { "    \($0)\n" }.joined()
    if canBeAllowed {
      text +=
        "\nTo silence it on a line, write `/* dtheap:allow \(rule.id.code) reason */` there or on the line above.\n"
    }
    return text
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
  }

  private static func wrapped(_ text: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > 80 {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }

  // MARK: Markdown

  /// The page as Markdown.
  ///
  /// - Parameter level: how many `#` its heading has.
  public func markdown(level: Int) -> String {
    let language = canBeAllowed ? "dts" : rule.badExample.hasPrefix("{") ? "json" : "yaml"
    var text = String(repeating: "#", count: level) + " \(rule.id.code) \(rule.id.name)\n\n"
    text += "\(rule.severity.rawValue), since \(rule.since): \(rule.summary)\n\n\(rule.rationale)\n"
    if !rule.badExample.isEmpty { text += "\nWrong:\n\n```\(language)\n\(rule.badExample)```\n" }
    if !rule.goodExample.isEmpty { text += "\nRight:\n\n```\(language)\n\(rule.goodExample)```\n" }
    return text + "\nSource: \(rule.references.joined(separator: "; "))\n"
  }
}
