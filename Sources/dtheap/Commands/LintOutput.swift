import ArgumentParser
import Diagnostics
import HeapCompiler
import Rendering

/// Prints findings in the format that was asked for.
struct LintOutput {
  /// What findings are written as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, sarif, github
  }

  /// What else was done, for the summary.
  var remark: String?
  private let format: Format
  private let hasColor: Bool
  private var json = FindingsJSON()
  /// Only where it is asked for: a log begins with the pages of all rules.
  private var sarif: FindingsSARIF?

  /// An output without findings.
  init(_ format: Format, hasColor: Bool) {
    self.format = format
    self.hasColor = hasColor
    if format == .sarif {
      sarif = FindingsSARIF(rules: RuleRegistry.all, version: DTHeap.configuration.version)
    }
  }

  /// Prints the findings of an input.
  mutating func add(_ input: FileFindings) {
    switch format {
    case .json: Console.print(json.add(input))
    case .sarif: Console.print(sarif?.add(input) ?? "")
    case .github: Console.print(FindingsGitHub.text([input]))
    case .text:
      let renderer = TextRenderer(sources: input.sources, file: input.file, hasColor: hasColor)
      Console.print(renderer.render(input.findings))
    }
  }

  /// Prints what comes after all findings.
  mutating func finish(_ tally: LintSession.Tally) {
    switch format {
    case .json: Console.print(json.end())
    case .sarif: Console.print(sarif?.end() ?? "")
    case .github: break
    case .text: Console.print(summary(tally) + "\n")
    }
  }

  /// What was found and what was left out, in one line.
  func summary(_ tally: LintSession.Tally) -> String {
    var parts = ["\(TextRenderer.summary(tally.counts)) in \(Text.count(tally.files, "file"))"]
    if let remark { parts.append(remark) }
    if tally.known > 0 { parts.append("\(tally.known) hidden by the baseline") }
    if tally.allowed > 0 { parts.append("\(tally.allowed) allowed by comments") }
    if tally.dropped > 0 { parts.append("\(tally.dropped) beyond the limit") }
    if tally.notChecked > 0 {
      parts.append("\(Text.count(tally.notChecked, "check")) not made because of an earlier finding")
    }
    return parts.joined(separator: "; ")
  }
}
