import ArgumentParser
import Diagnostics
import HeapCompiler
import Rendering

/// `dtheap explain`: what a rule or a binding is about.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explain a rule or a binding: what is wrong and the cure, or what a node has to have.",
    discussion: """
      A binding is named by its `$id`, or the path in it, or by a compatible string.

      Example: dtheap explain DTH230
      Example: dtheap explain reserved-memory/shared-dma-pool
      """)

  @OptionGroup var bindings: BindingOptions

  @Flag(help: "List all rules.")
  var list = false

  @Argument(help: ArgumentHelp("A rule's code or name, or a binding.", valueName: "name"))
  var name: String?

  func validate() throws {
    if list == (name != nil) { throw ValidationError("name a rule or a binding, or ask for the --list") }
  }

  func run() throws {
    guard let name else {
      Console.print(RuleRegistry.all.map(line).joined())
      return
    }
    if let rule = RuleRegistry.rule(name) {
      Console.print(RulePage(rule).text)
      return
    }
    let ready = try bindings.load()
    if let outline = ready.outline(of: name) {
      Console.print(BindingPage(outline).text)
      return
    }
    let names = RuleRegistry.all.flatMap { [$0.id.code, $0.id.name] } + ready.names
    let near = Text.closestMatch(to: name, in: names).map { "; did you mean `\($0)`?" } ?? ""
    throw Reading.refusal("there is no rule and no binding `\(name)`\(near)")
  }

  private func line(_ rule: Rule) -> String {
    let severity = rule.severity.rawValue
    let name = rule.id.name
    let gap = String(repeating: " ", count: max(1, 31 - name.utf8.count))
    let column = severity + String(repeating: " ", count: 9 - severity.utf8.count)
    return "\(rule.id.code)  \(column)\(name)\(gap)\(rule.summary)\n"
  }
}
