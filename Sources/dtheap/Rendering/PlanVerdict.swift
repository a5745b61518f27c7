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

  /// Keeps what is known of a plan on a board.
  package init(
    board: String, name: String, plan: PlanFile, map: MemoryMap, seed: UInt64, outcome: Outcome
  ) {
    self.board = board
    self.name = name
    self.plan = plan
    self.map = map
    self.seed = seed
    self.outcome = outcome
  }

  /// What became of the buffers; nil where the plan was not run.
  var report: SimulationReport? {
    if case .ran(let report, _) = outcome { report } else { nil }
  }

  /// Whether every buffer was given.
  package var fits: Bool { report?.fits ?? false }

  /// Whether the answer is the one that the plan expects; without an expectation, whether it fits.
  package var isAsExpected: Bool { fits == (plan.expectation?.fits ?? true) }

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
}
