import Testing

@testable import HeapModel

@Suite struct RunStatisticsTests {
  private func report(latencies: [UInt64], fails: Bool) -> SimulationReport {
    let buffers = latencies.map { time in
      BufferReport(
        name: "a[0]", heap: "h", requested: ByteCount(1), allocated: ByteCount(4096), at: .zero, until: nil,
        error: nil, chunks: 1, ranges: [], latency: SimulationTime(microseconds: time),
        effort: HeapEffort())
    }
    let failure = FailureReport(
      buffer: "b[1]", at: .zero, cause: .heapFull, why: "", wouldFitWith: [], isSearchComplete: true)
    return SimulationReport(buffers: buffers, heaps: [], failure: fails ? failure : nil, isComplete: true)
  }

  /// Known intervals, computed by the formula by hand: 8 of 10, all of 10, none of 10.
  @Test(arguments: [(8, 0.4902, 0.9433), (10, 0.7225, 1.0), (0, 0.0, 0.2775)])
  func intervalsAreWilsons(successes: Int, low: Double, high: Double) {
    var statistics = RunStatistics()
    for run in 0..<10 {
      statistics.add(report(latencies: [], fails: run >= successes), seed: 100 + UInt64(run))
    }
    #expect(statistics.failedSeed == (successes == 10 ? nil : 100 + UInt64(successes)))
    #expect(statistics.rate == Double(successes) / 10)
    #expect(abs(statistics.interval.lowerBound - low) < 1e-4)
    #expect(abs(statistics.interval.upperBound - high) < 1e-4)
  }

  @Test func percentilesAreExact() {
    var statistics = RunStatistics()
    for start: UInt64 in [1, 51] {
      var part = RunStatistics()
      part.add(report(latencies: Array(start..<start + 50), fails: start == 1), seed: start)
      statistics.add(part)
    }
    let times = [0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1].map { statistics.latency(ofPart: $0)?.microseconds }
    #expect(times == [1, 1, 50, 90, 99, 100, 100])
    #expect(statistics.mostFrequentFailure?.buffer == "b[1]")
    #expect(RunStatistics().latency(ofPart: 0.5) == nil)
  }

  @Test func longTimesHaveThreeDigits() {
    var statistics = RunStatistics()
    statistics.add(report(latencies: [97_224, 3_496_211, 999_999_999_999], fails: false), seed: 1)
    #expect(statistics.latency(ofPart: 0.3)?.microseconds == 97_279)
    #expect(statistics.latency(ofPart: 0.6)?.microseconds == 3_497_983)
    #expect(statistics.latency(ofPart: 1)?.microseconds == 999_999_999_999)
  }

  @Test func everyRunHasASeedOfItsOwn() {
    let seeds = (0..<1000).map { SplitMix64.seed(ofRun: $0, from: 42) }
    #expect(seeds[0] == 42)
    #expect(Set(seeds).count == 1000)
  }
}
