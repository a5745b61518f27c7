import Diagnostics
import HeapCompiler
import HeapModel

/// The verdict on a plan as JSON.
enum PlanJSON {
  static func text(of verdict: PlanVerdict) -> String {
    var members: [(String, JSONOutput)] = [
      ("schemaVersion", .integer(1)), ("fits", .bool(verdict.fits)), ("seed", .unsigned(verdict.seed)),
      ("runs", .integer(1)),
    ]
    switch verdict.outcome {
    case .ran(let report, _):
      members.append(("buffers", .list(report.buffers.map(buffer))))
      members.append(("heaps", .list(report.heaps.map(heap))))
      members.append(("failure", .optional(report.failure) { failure($0, verdict) }))
    case .absentHeap(let absence):
      members += [("buffers", .list([])), ("heaps", .list([])), ("failure", failure(absence))]
    }
    let expectation = JSONOutput.optional(verdict.plan.expectation) { expectation in
      .object([("fits", .bool(expectation.fits)), ("met", .bool(verdict.isAsExpected))])
    }
    members.append(("expectation", expectation))
    return JSONOutput.object(members).document
  }

  private static func time(_ time: SimulationTime) -> JSONOutput { .raw(time.decimal) }

  private static func buffer(_ buffer: BufferReport) -> JSONOutput {
    let ranges = buffer.ranges.map { range in
      JSONOutput.list([.text(Text.hex(range.base.value)), .unsigned(range.size.bytes)])
    }
    return .object([
      ("name", .text(buffer.name)), ("heap", .text(buffer.heap)), ("requested", .unsigned(buffer.requested.bytes)),
      ("allocated", .unsigned(buffer.allocated.bytes)), ("at", time(buffer.at)),
      ("until", .optional(buffer.until, time)), ("result", .text(buffer.result)),
      ("chunks", .unsigned(buffer.chunks)), ("ranges", .list(ranges)),
      // An idle machine has no clock: what an allocation takes depends on what it has to move.
      ("latency", .null), ("cmaCalls", .unsigned(buffer.effort.rangeCalls)),
      ("attempts", .unsigned(buffer.effort.attempts)),
    ])
  }

  private static func heap(_ heap: HeapReport) -> JSONOutput {
    .object([
      ("name", .text(heap.name)), ("size", .unsigned(heap.size.bytes)), ("peak", .unsigned(heap.peak.bytes)),
      ("peakAt", time(heap.peakAt)), ("largestFree", .unsigned(heap.largestFree.bytes)),
      ("wasted", .unsigned(heap.wasted.bytes)),
    ])
  }

  private static func failure(_ failure: FailureReport, _ verdict: PlanVerdict) -> JSONOutput {
    let changes = failure.wouldFitWith.map { change in
      JSONOutput.object([("change", .text(verdict.words(for: change.change))), ("verified", .bool(change.verified))])
    }
    return .object([
      ("buffer", .text(failure.buffer)), ("at", time(failure.at)), ("cause", .text(failure.cause.rawValue)),
      ("why", .text(failure.why)), ("wouldFitWith", .list(changes)),
    ])
  }

  private static func failure(_ absence: PlanCompilation.HeapAbsence) -> JSONOutput {
    .object([
      ("buffer", .text(absence.buffer)), ("at", time(absence.at)), ("cause", .text("no-heap")),
      ("why", .text(absence.why)), ("wouldFitWith", .list([])),
    ])
  }
}
