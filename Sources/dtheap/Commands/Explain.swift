import ArgumentParser
import Diagnostics
import HeapCompiler

/// `dtheap explain`: what a rule is about.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain a rule: what is wrong, why it matters, an example and the cure.",
    discussion: """
      Example: dtheap explain DTH230
      """)

  @Flag(help: "List all rules.")
  var list = false

  @Argument(help: ArgumentHelp("A rule's code or name.", valueName: "code"))
  var code: String?

  func validate() throws {
    if list == (code != nil) { throw ValidationError("name a rule, or ask for the --list") }
  }

  func run() throws {
    guard let code else {
      Console.print(RuleRegistry.all.map(line).joined())
      return
    }
    guard let rule = RuleRegistry.rule(code) else {
      let names = RuleRegistry.all.flatMap { [$0.id.code, $0.id.name] }
      let near = Text.closestMatch(to: code, in: names).map { "; did you mean `\($0)`?" } ?? ""
      throw Reading.refusal("there is no rule `\(code)`\(near)")
    }
    Console.print(page(of: rule))
  }

  private func line(_ rule: Rule) -> String {
    let severity = rule.severity.rawValue
    let name = rule.id.name
    let gap = String(repeating: " ", count: max(1, 31 - name.utf8.count))
    let column = severity + String(repeating: " ", count: 9 - severity.utf8.count)
    return "\(rule.id.code)  \(column)\(name)\(gap)\(rule.summary)\n"
  }

  private func page(of rule: Rule) -> String {
    var text = "\(rule.id.code) \(rule.id.name): \(rule.severity.rawValue), since \(rule.since)\n\n"
    text += Self.wrapped(rule.summary) + "\n" + Self.wrapped(rule.rationale)
    if !rule.badExample.isEmpty { text += "\nWrong:\n\n" + Self.indented(rule.badExample) }
    if !rule.goodExample.isEmpty { text += "\nRight:\n\n" + Self.indented(rule.goodExample) }
    text += "\nSource:\n\n" + rule.references.map { "    \($0)\n" }.joined()
    // Plans and traces have no comments that silence a rule.
    guard RuleRegistry.treeRules.contains(where: { $0.id == rule.id }) else { return text }
    text +=
      "\nTo silence it on a line, write `/* dtheap:allow \(rule.id.code) reason */` there or on the line above.\n"
    return text
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      .map { $0.isEmpty ? "\n" : "    \($0)\n" }.joined()
  }

  /// Lines of at most 80 columns.
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
}
