import HeapCompiler
import HeapModel

/// The JSON document of `dtheap plan`.
package enum PlanDocument {
  /// The document.
  package static func text(_ verdict: PlanVerdict) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      json.member("fits", verdict.fits)
      json.member("seed", verdict.seed)
      json.member("runs", verdict.statistics?.runs ?? 1)
      json.member("complete", verdict.report?.isComplete ?? false)
      let report = verdict.report
      json.array("buffers") { json in
        for buffer in report?.buffers ?? [] { json.object { write(buffer, to: &$0) } }
      }
      json.array("heaps") { json in
        for heap in report?.heaps ?? [] { json.object { write(heap, to: &$0) } }
      }
      json.array("areas") { json in
        for area in report?.areas ?? [] { json.object { write(area, pageBytes: verdict.pageBytes, to: &$0) } }
      }
      if let statistics = verdict.statistics {
        json.key("statistics")
        write(statistics, to: &json)
      }
      json.key("failure")
      writeFailure(verdict, to: &json)
      json.key("expectation")
      if let expectation = verdict.plan.expectation {
        json.object { json in
          json.key("fits")
          if let fits = expectation.fits { json.value(fits) } else { json.null() }
          if let rate = expectation.successRate { json.member("successRate", rate) }
          if !expectation.latencies.isEmpty {
            json.key("latency")
            json.object { json in
              for limit in expectation.latencies { json.member(limit.name, limit.atMost.seconds) }
            }
          }
          json.member("met", verdict.isAsExpected)
        }
      } else {
        json.null()
      }
    }
    return json.text
  }

  private static func write(_ buffer: BufferReport, to json: inout JSONWriter) {
    json.member("name", buffer.name)
    json.member("heap", buffer.heap)
    json.member("requested", buffer.requested.bytes)
    json.member("allocated", buffer.allocated.bytes)
    json.member("at", buffer.at.seconds)
    json.key("until")
    if let until = buffer.until { json.value(until.seconds) } else { json.null() }
    json.member("result", buffer.result)
    json.member("chunks", buffer.chunks)
    json.array("ranges") { json in
      for range in buffer.ranges {
        json.array { json in
          json.value(hex: range.base.value)
          json.value(range.size.bytes)
        }
      }
    }
    // An idle machine has no clock: the time of an allocation is that of the pages that it has to move.
    json.key("latency")
    if let latency = buffer.latency { json.value(latency.seconds) } else { json.null() }
    json.member("cmaCalls", buffer.effort.rangeCalls)
    json.member("attempts", buffer.effort.attempts)
  }

  private static func write(_ area: AreaHistory, pageBytes: UInt64, to json: inout JSONWriter) {
    json.member("name", area.area ?? "all memory")
    json.member("size", area.pages * pageBytes)
    json.array("moments") { json in
      for moment in area.moments {
        json.object { json in
          json.member("at", moment.at.seconds)
          json.member("lent", moment.lent * pageBytes)
          json.member("taken", moment.taken * pageBytes)
          json.member("longestRun", moment.longestRun * pageBytes)
        }
      }
    }
  }

  private static func write(_ statistics: RunStatistics, to json: inout JSONWriter) {
    json.object { json in
      json.member("successes", statistics.successes)
      json.member("rate", statistics.rate)
      json.array("interval") { json in
        json.value(statistics.interval.lowerBound)
        json.value(statistics.interval.upperBound)
      }
      json.key("latency")
      json.object { json in
        for percentile in PlanFile.Expectation.percentiles {
          json.key(percentile.name)
          if let time = statistics.latency(ofPart: percentile.part) {
            json.value(time.seconds)
          } else {
            json.null()
          }
        }
      }
    }
  }

  private static func write(_ heap: HeapReport, to json: inout JSONWriter) {
    json.member("name", heap.name)
    json.member("size", heap.size.bytes)
    json.member("peak", heap.peak.bytes)
    json.member("peakAt", heap.peakAt.seconds)
    json.member("largestFree", heap.largestFree.bytes)
    json.member("wasted", heap.wasted.bytes)
    guard let pool = heap.pool else { return }
    json.key("pool")
    json.object { json in
      json.member("held", pool.held.bytes)
      json.member("mostHeld", pool.mostHeld.bytes)
      json.member("reclaimed", pool.reclaimed.bytes)
      json.member("softFailures", pool.softFailures)
      json.member("hardFailures", pool.hardFailures)
    }
  }

  private static func writeFailure(_ verdict: PlanVerdict, to json: inout JSONWriter) {
    switch verdict.outcome {
    case .ran(let report, _):
      guard let failure = report.failure else { return json.null() }
      json.object { json in
        json.member("buffer", failure.buffer)
        json.member("at", failure.at.seconds)
        json.member("cause", failure.cause.rawValue)
        json.member("why", failure.why)
        json.array("wouldFitWith") { json in
          for change in failure.wouldFitWith {
            json.object { json in
              json.member("change", verdict.words(for: change.change))
              json.member("verified", change.verified)
            }
          }
        }
      }
    case .absentHeap(let absence):
      json.object { json in
        json.member("buffer", absence.buffer)
        json.member("at", absence.at.seconds)
        json.member("cause", "no-heap")
        json.member("why", absence.why)
        json.array("wouldFitWith") { _ in }
      }
    }
  }
}
