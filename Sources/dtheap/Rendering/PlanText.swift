import Diagnostics
import HeapCompiler
import HeapModel

/// The verdict on a plan for a person.
package struct PlanText {
  private let verdict: PlanVerdict
  private let style: TextStyle

  /// The verdict on a plan.
  package init(_ verdict: PlanVerdict, hasColor: Bool) {
    self.verdict = verdict
    style = TextStyle(hasColor: hasColor)
  }

  /// The whole text.
  package var text: String {
    let words = PlanWords(verdict)
    let (opening, rest) = words.answer
    var text = style(words.title, .strong) + "\n\n"
    text += style(opening, verdict.fits ? .help : .error) + rest + "\n"
    switch verdict.outcome {
    case .absentHeap(let absence):
      text += "  why: \(DisplayText.harmless(absence.why))\n" + expectation
    case .ran(let report, let system):
      text += reasons(report, words)
      text += words.statistics.map { "  \($0)\n" }.joined() + expectation + "\n"
      text += heaps(report, system)
      text += charts(report, system)
      text += "\n" + buffers(report)
    }
    return text
  }

  private func reasons(_ report: SimulationReport, _ words: PlanWords) -> String {
    guard let failure = report.failure else { return "" }
    let advice = words.advice
    var text = "  why: \(DisplayText.harmless(failure.why))\n"
    if !report.isComplete {
      text += "  the run was ended early: the plan takes more work than one run may\n"
    } else if !advice.isEmpty {
      text += "  \(words.fitting) with any of these changes, each of which was tried:\n"
      text += advice.map { "    - \($0)\n" }.joined()
    } else if failure.isSearchComplete {
      text +=
        "  no change of the area's size, the chunk order or the heap that was tried makes the plan fit\n"
    }
    if report.isComplete, !failure.isSearchComplete {
      text += "  not every change was tried: that takes more work than one command may\n"
    }
    return text
  }

  private var expectation: String {
    guard verdict.plan.expectation != nil else { return "" }
    guard !verdict.isAsExpected else { return "  as the plan expects\n" }
    return verdict.unmetExpectations.map { "  the plan expects another answer: \($0)\n" }.joined()
  }

  // MARK: Heaps

  private func heaps(_ report: SimulationReport, _ system: HeapSystemConfiguration) -> String {
    var rows = [["heap", "as", "size", "peak use", "", "at", "rounding", "longest free run"]]
    var unused = 0
    for (heap, configuration) in zip(report.heaps, system.heaps) {
      guard report.buffers.contains(where: { $0.heap == heap.name }) else {
        unused += 1
        continue
      }
      rows.append([
        DisplayText.harmless(heap.name), configuration.kind.name, Text.size(heap.size.bytes),
        heap.peak.inBinaryUnits,
        percent(heap.peak, of: heap.size), heap.peakAt.words, heap.wasted.inBinaryUnits,
        heap.largestFree.inBinaryUnits,
      ])
    }
    var text = TextTable(
      rows, alignment: [.left, .left, .right, .right, .right, .right, .right, .right]
    ).text(indent: 0)
    for heap in report.heaps { text += pool(heap) }
    if unused > 0 { text += "\(Text.count(unused, "heap")) of the board not used by the plan\n" }
    return text
  }

  /// What a pool keeps beside its buffers.
  private func pool(_ heap: HeapReport) -> String {
    guard let pool = heap.pool else { return "" }
    let ready = pool.mostHeld.bytes == 0 ? "nothing" : "up to \(pool.mostHeld.inBinaryUnits)"
    var text =
      "pool `\(DisplayText.harmless(heap.name))` keeps \(ready) ready beside its "
    text +=
      "buffers, \(pool.held.inBinaryUnits) at the end; the reclaimer took \(pool.reclaimed.inBinaryUnits)"
    if pool.softFailures > 0 {
      text += "; \(Text.count(Int(clamping: pool.softFailures), "refill")) ended early"
    }
    return text + "\n"
  }

  private func percent(_ part: ByteCount, of whole: ByteCount) -> String {
    guard whole.bytes > 0 else { return "" }
    return "\(Int((Double(part.bytes) / Double(whole.bytes) * 100).rounded())) %"
  }

  private func charts(_ report: SimulationReport, _ system: HeapSystemConfiguration) -> String {
    var text = ""
    for heap in report.heaps {
      let failure = report.failure.flatMap { failure in
        report.buffers.contains { $0.name == failure.buffer && $0.heap == heap.name } ? failure.at : nil
      }
      let area = system.heaps.first { $0.name == heap.name }?.area
      let history = report.areas.first { $0.area == area }
      guard let chart = UseChart(of: heap, report.buffers, history: history, failure: failure) else {
        continue
      }
      text += "\n" + chart.text
    }
    return text
  }

  // MARK: Buffers

  private func buffers(_ report: SimulationReport) -> String {
    let rows = PlanRows(report.buffers).rows
    let cells = rows.map { row in
      [
        row.name, DisplayText.harmless(row.first.heap), "\(row.count)", row.first.requested.inBinaryUnits,
        row.first.error == nil ? row.first.allocated.inBinaryUnits : "-", row.first.at.words,
        row.last?.words ?? "end", row.outcome,
      ]
    }
    let header = ["buffer", "heap", "count", "size", "given", "from", "to", "result"]
    return TextTable(
      [header] + cells, alignment: [.left, .left, .right, .right, .right, .right, .right, .left]
    ).text(indent: 0)
  }
}
