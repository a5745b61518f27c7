import Diagnostics
import HeapCompiler
import HeapModel

/// What came of a plan on a board, as the renderers show it.
package struct PlanVerdict {
  /// What there is to show.
  package enum Outcome {
    /// The plan was run.
    case ran(SimulationReport, HeapSystemConfiguration)
    /// The kernel would not create a heap of the plan.
    case absentHeap(PlanCompilation.HeapAbsence)
  }

  /// The board's name on the command line.
  let board: String
  /// The plan's name on the command line.
  let name: String
  let plan: PlanFile
  /// What the kernel makes of the board.
  let map: MemoryMap
  let seed: UInt64
  let outcome: Outcome
  /// What came of all runs; nil where there was one.
  let statistics: RunStatistics?

  /// Keeps what is known of a plan on a board.
  package init(
    board: String, name: String, plan: PlanFile, map: MemoryMap, seed: UInt64, outcome: Outcome,
    statistics: RunStatistics? = nil
  ) {
    self.board = board
    self.name = name
    self.plan = plan
    self.map = map
    self.seed = seed
    self.outcome = outcome
    self.statistics = statistics
  }

  /// What became of the buffers; nil where the plan was not run.
  var report: SimulationReport? {
    if case .ran(let report, _) = outcome { report } else { nil }
  }

  /// Bytes in a page of the machine that the plan was run on; 1 where it was not run.
  var pageBytes: UInt64 {
    if case .ran(_, let system) = outcome { system.machine.geometry.pageSizeBytes } else { 1 }
  }

  /// Whether every buffer was given, in every run.
  package var fits: Bool {
    guard let report else { return false }
    return report.fits && (statistics.map { $0.successes == $0.runs } ?? true)
  }

  /// What came of all runs, of the one too.
  var allRuns: RunStatistics {
    if let statistics { return statistics }
    var one = RunStatistics()
    if let report { one.add(report, seed: seed) }
    return one
  }

  /// Whether the answer is the one that the plan expects; without an expectation, whether it fits.
  package var isAsExpected: Bool { unmetExpectations.isEmpty }

  /// What the plan expects and the runs did not do, in words.
  var unmetExpectations: [String] {
    guard let expectation = plan.expectation else { return fits ? [] : ["that it fits"] }
    var unmet: [String] = []
    if let expected = expectation.fits, expected != fits {
      unmet.append(expected ? "that it fits" : "that it does not fit")
    }
    if let rate = expectation.successRate, allRuns.rate < rate {
      unmet.append("that it fits in at least \(Self.percent(rate)) of the runs")
    }
    for limit in expectation.latencies {
      guard let time = allRuns.latency(ofPart: limit.part) else {
        unmet.append(
          "that \(limit.name) of an allocation is at most \(limit.atMost.shortWords): none was given")
        continue
      }
      guard time > limit.atMost else { continue }
      unmet.append(
        "that \(limit.name) of an allocation is at most \(limit.atMost.shortWords), not \(time.shortWords)")
    }
    return unmet
  }

  /// A part of a whole with at most one digit behind the point.
  static func percent(_ part: Double) -> String {
    let tenths = Int((part * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// A change in words, with the region's node and the number to write there.
  func words(for change: SystemChange) -> String {
    guard case .areaSize(let name, let size) = change,
      let region = map.regions.first(where: { $0.name == name }),
      let base = region.base
    else { return change.description }
    let node = region.path ?? region.name
    var text = "make region `\(node)` \(size.inBinaryUnits) large (size \(Text.hex(size.bytes)))"
    if let obstacle = obstacle(at: base, size: size, besides: region) { text += "; \(obstacle)" }
    return text
  }

  /// What is in the way of a region that grows at its place.
  private func obstacle(at base: PhysicalAddress, size: ByteCount, besides region: ReservedRegion) -> String?
  {
    let end = base.value.addingReportingOverflow(size.bytes)
    let isInMemory = map.memory.contains { bank in
      bank.base <= base && base.value - bank.base.value <= bank.size.bytes
        && size.bytes <= bank.size.bytes - (base.value - bank.base.value)
    }
    guard !end.overflow, isInMemory else { return "it has to move, for the memory at its place ends before" }
    let blocking = map.regions.first { other in
      guard let start = other.base, other.name != region.name,
        other.state == .ready || other.state == .reserved
      else {
        return false
      }
      return start.value >= base.value && start.value < end.partialValue
    }
    guard let blocking, let start = blocking.base else { return nil }
    return "region `\(blocking.name)` at \(Text.hex(start.value)) has to move"
  }
}

extension SimulationTime {
  /// The time for people: `0 s`, `0.2 s`, exact to the microsecond.
  var words: String {
    var fraction = String(microseconds % 1_000_000)
    fraction = String(repeating: "0", count: 6 - fraction.count) + fraction
    while fraction.last == "0" { fraction.removeLast() }
    return "\(microseconds / 1_000_000)\(fraction.isEmpty ? "" : ".")\(fraction) s"
  }
  /// A short time for people: `533 us`, `97.224 ms`, `1.25 s`, exact to the microsecond.
  var shortWords: String {
    switch microseconds {
    case ..<1000: "\(microseconds) us"
    case ..<1_000_000: "\(SimulationTime(microseconds: microseconds * 1000).words.dropLast(2)) ms"
    default: words
    }
  }
}
