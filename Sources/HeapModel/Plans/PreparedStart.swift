/// A system before the first event of a run, with the holders that stand beside its heaps, some of which have started.
///
/// What is not random is the same at the start of every run. It is done once, and every run goes on from a copy, which
/// costs only what the run changes.
struct PreparedStart: Sendable {
  /// The system, with no buffers.
  private(set) var system: HeapSystem
  /// All holders; the first ``startedHolders`` of them have what they hold at the start.
  private(set) var holders: [any Holder]
  /// The number of holders that have started.
  private(set) var startedHolders = 0
  /// What the steps of the allocator cost; nil on an idle machine.
  let cost: CostModel?
  /// The blocks that pools of heaps have taken.
  private(set) var workerBlocks: UInt64 = 0

  /// A start at which no holder has anything yet.
  ///
  /// - Parameters:
  ///   - system: a system with no buffers.
  ///   - pressure: what stands beside the heaps; nil for an idle machine.
  init(_ system: HeapSystem, _ pressure: Pressure? = nil) {
    self.system = system
    holders = pressure?.holders ?? []
    cost = pressure?.cost
    // Drivers start, and fill their pools, before anything else runs.
    workerBlocks = self.system.runWorkers()
  }

  /// The start with every holder that comes before the first random choice.
  func prepared() -> PreparedStart {
    var prepared = self
    while prepared.startedHolders < holders.count {
      var next = prepared
      let unused = SplitMix64(seed: 0)
      var random = unused
      next.startNext(random: &random)
      guard random == unused else { break }
      prepared = next
    }
    return prepared
  }

  /// Lets the holders start that have not.
  mutating func startAll(random: inout SplitMix64) {
    while startedHolders < holders.count { startNext(random: &random) }
  }

  private mutating func startNext(random: inout SplitMix64) {
    var holder = holders[startedHolders]
    system.withMachine { holder.start(on: &$0, random: &random) }
    holders[startedHolders] = holder
    startedHolders += 1
  }
}
