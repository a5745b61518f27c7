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

  let format: Format
  let hasColor: Bool
  /// What else was done, for the summary.
  var remark: String?

  /// Prints the findings of all inputs.
  func write(_ inputs: [FileFindings], _ tally: LintSession.Tally) {
    switch format {
    case .json: Console.print(FindingsJSON.document(inputs))
    case .sarif:
      var log = FindingsSARIF(rules: RuleRegistry.all, version: DTHeap.configuration.version)
      Console.print(log.document(inputs))
    case .github: Console.print(FindingsGitHub.text(inputs))
    case .text:
      for input in inputs {
        let renderer = TextRenderer(sources: input.sources, file: input.file, hasColor: hasColor)
        Console.print(renderer.render(input.findings))
      }
      Console.print(summary(inputs, tally) + "\n")
    }
  }

  /// What was found and what was left out, in one line.
  func summary(_ inputs: [FileFindings], _ tally: LintSession.Tally) -> String {
    var parts = ["\(TextRenderer.summary(inputs.counts)) in \(Text.count(inputs.count, "file"))"]
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
