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
  var judgement: String { answer.opening + answer.rest }

  /// Whether it fits, and what of: the answer and the rest of its line.
  var answer: (opening: String, rest: String) {
    switch verdict.outcome {
    case .absentHeap(let absence):
      let buffer = DisplayText.harmless(absence.buffer)
      return ("does not fit", ": `\(buffer)` finds no heap at \(absence.at.words)")
    case .ran(let report, _):
      guard let failure = report.failure else {
        let given = ": \(Text.count(report.buffers.count, "buffer")), all of them given"
        return verdict.fits ? ("fits", given) : ("fits in some runs", ", in the first too" + given)
      }
      let result = report.buffers.first { $0.name == failure.buffer && $0.error != nil }?.result ?? "ENOMEM"
      let buffer = DisplayText.harmless(failure.buffer)
      return ("does not fit", ": `\(buffer)` is refused at \(failure.at.words) with \(result)")
    }
  }

  /// How many runs fitted, and the times of allocations, a line each.
  var statistics: [String] {
    let all = verdict.allRuns
    var lines: [String] = []
    if verdict.statistics != nil {
      let interval = all.interval
      lines.append(
        "fits in \(all.successes) of \(all.runs) runs: \(PlanVerdict.percent(all.rate)), between "
          + "\(PlanVerdict.percent(interval.lowerBound)) and \(PlanVerdict.percent(interval.upperBound)) "
          + "with 95 % confidence")
      if let failure = all.mostFrequentFailure {
        let buffer = DisplayText.harmless(failure.buffer)
        var line = "refused first most often: `\(buffer)`, in \(Text.count(failure.runs, "run"))"
        // The run that is told of is the first, which may have fitted.
        if verdict.report?.fits == true, let seed = all.failedSeed {
          line += "; `--seed \(seed)` without `--runs` tells why"
        }
        lines.append(line)
      }
    }
    if all.allocations == 1, let time = all.latency(ofPart: 1) {
      lines.append("time of the allocation: \(time.shortWords)")
    } else if all.allocations > 1 {
      let times = PlanFile.Expectation.percentiles.compactMap { percentile in
        all.latency(ofPart: percentile.part).map { "\(percentile.name) \($0.shortWords)" }
      }
      lines.append("time of an allocation: \(times.joined(separator: ", "))")
    }
    return lines
  }

  /// Why, what helps, how it went and what the plan expects, a line each.
  var reasons: [String] {
    var lines: [String] = []
    switch verdict.outcome {
    case .absentHeap(let absence): lines.append("why: \(DisplayText.harmless(absence.why))")
    case .ran(let report, _):
      if let failure = report.failure {
        lines.append("why: \(DisplayText.harmless(failure.why))")
        lines += advice.map { "\(fitting) with this change, which was tried: \($0)" }
      }
      lines += statistics
    }
    if verdict.plan.expectation != nil {
      let unmet = verdict.unmetExpectations.joined(separator: "; ")
      lines.append(verdict.isAsExpected ? "as the plan expects" : "the plan expects another answer: \(unmet)")
    }
    return lines
  }

  /// What was tried with the changes: where much is random a plan that fits in one run need not in another.
  var fitting: String {
    verdict.plan.pressure == nil ? "it fits" : "this run, with seed \(verdict.seed), fits"
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
