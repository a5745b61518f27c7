import ArgumentParser
import Diagnostics
import HeapCompiler
import Rendering

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
    Console.print(RulePage(rule).text)
  }

  private func line(_ rule: Rule) -> String {
    let severity = rule.severity.rawValue
    let name = rule.id.name
    let gap = String(repeating: " ", count: max(1, 31 - name.utf8.count))
    let column = severity + String(repeating: " ", count: 9 - severity.utf8.count)
    return "\(rule.id.code)  \(column)\(name)\(gap)\(rule.summary)\n"
  }
}
