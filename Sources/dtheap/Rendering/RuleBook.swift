import Diagnostics
import HeapCompiler

/// All rules on one page of Markdown: `Documentation/Rules.md`.
public enum RuleBook {
  /// The blocks of codes, by the digit behind `DTH`.
  private static let blocks: [(digit: String, title: String)] = [
    ("0", "Sources, merging and blobs"), ("1", "Bindings"), ("2", "Reserved memory and heaps"),
    ("3", "Plans and traces"), ("4", "Configuration"), ("9", "Internal errors"),
  ]

  /// The page.
  public static var markdown: String {
    var text = """
      # The rules

      <!-- Made of what the rules say of themselves; a test compares, and DTH_RECORD=1 writes the file anew. -->

      `dtheap explain CODE` prints the page of one rule. A comment `/* dtheap:allow DTH230 reason */` on the line of
      a finding or the line above silences a rule there; `--disable DTH230` and `disable:` in a
      [configuration](configuration.md) do so everywhere.

      """
    let known = blocks.filter { block in
      RuleRegistry.all.contains { $0.id.code.hasPrefix("DTH" + block.digit) }
    }
    for block in known {
      let rules = RuleRegistry.all.filter { $0.id.code.hasPrefix("DTH" + block.digit) }
      text += "\n## \(block.title)\n\n| code | name | severity | what is wrong |\n|---|---|---|---|\n"
      for rule in rules {
        let code = rule.id.code
        let name = rule.id.name
        let link = "[\(code)](#\(code.lowercased())-\(name))"
        text +=
          "| \(link) | \(name) | \(rule.severity.rawValue) | \(rule.summary.replacing("|", with: "\\|")) |\n"
      }
      for rule in rules { text += "\n" + RulePage(rule).markdown(level: 3) }
    }
    return text
  }
}
