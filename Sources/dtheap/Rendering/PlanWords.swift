import Diagnostics
import HeapCompiler
import HeapModel

/// What a picture and a page say of a verdict; every name in it is harmless, and none is escaped.
struct PlanWords {
  private let verdict: PlanVerdict

  init(_ verdict: PlanVerdict) { self.verdict = verdict }

  /// The plan, the board and the kernel.
  var title: String {
    let profile = verdict.map.profile
    return "\(DisplayText.harmless(verdict.name)) on \(DisplayText.harmless(verdict.board)), "
      + "Linux \(profile.name) on \(profile.architecture.rawValue)"
  }

  /// Whether it fits, in one line.
  var judgement: String {
    switch verdict.outcome {
    case .absentHeap(let absence):
      return "does not fit: `\(DisplayText.harmless(absence.buffer))` finds no heap at \(absence.at.words)"
    case .ran(let report, _):
      guard let failure = report.failure else {
        return "fits: \(Text.count(report.buffers.count, "buffer")), all of them given"
      }
      let result = report.buffers.first { $0.name == failure.buffer && $0.error != nil }?.result ?? "ENOMEM"
      return
        "does not fit: `\(DisplayText.harmless(failure.buffer))` is refused at \(failure.at.words) with \(result)"
    }
  }

  /// Why, what helps and what the plan expects, a line each.
  var reasons: [String] {
    var lines: [String] = []
    switch verdict.outcome {
    case .absentHeap(let absence): lines.append("why: \(DisplayText.harmless(absence.why))")
    case .ran(let report, _):
      if let failure = report.failure {
        lines.append("why: \(DisplayText.harmless(failure.why))")
        lines += advice.map { "it fits with this change, which was tried: \($0)" }
      }
    }
    if verdict.plan.expectation != nil {
      let unmet = verdict.unmetExpectations.joined(separator: "; ")
      lines.append(verdict.isAsExpected ? "as the plan expects" : "the plan expects another answer: \(unmet)")
    }
    return lines
  }

  /// The changes with which the plan fits.
  var advice: [String] {
    (verdict.report?.failure?.wouldFitWith ?? []).map { DisplayText.harmless(verdict.words(for: $0.change)) }
  }

  /// A line of the plan for a legend.
  static func words(_ row: PlanRows.Row) -> String {
    "\(DisplayText.harmless(row.name)): \(row.count) x \(row.first.requested.inBinaryUnits), \(row.outcome)"
  }
}

/// Text in lines.
enum TextFlow {
  /// The text in lines of at most so many characters, broken at blanks; a longer word stays whole.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(word)
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return lines + [line]
  }
}
