@testable import HeapModel

/// A board with one area and what goes on beside it, step by step: pageblocks of 4 MiB, as the published systems had.
struct LoadedBoard {
  var machine: Machine
  private(set) var holders: [any Holder]
  private var random: SplitMix64
  private var step = 0

  /// Steps in a second.
  static let stepsPerSecond = 10
  let area = AreaIndex(position: 0)

  /// - Parameters:
  ///   - areaMiB: 0 for none.
  init(
    memoryMiB: UInt64, areaMiB: UInt64, policy: LendingPolicyKind, swapPages: UInt64 = 0, cpus: Int = 1,
    holders: [any Holder], seed: UInt64
  ) throws {
    guard let geometry = MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 10, maxOrder: 11) else {
      preconditionFailure("geometry")
    }
    let memory = MemoryConfiguration(
      ranges: [PageRange(0x40000..<0x40000 + memoryMiB * 256)], cpus: cpus, policy: policy,
      swapPages: swapPages)
    let base = PageFrame(0x40000 + (memoryMiB - areaMiB) / 8 * 4 * 256)
    let areas = areaMiB > 0 ? [AreaConfiguration(name: "area", base: base, pages: areaMiB * 256)] : []
    machine = try Machine(MachineConfiguration(geometry: geometry, areas: areas, memory: memory))
    self.holders = holders
    random = SplitMix64(seed: seed)
    for place in holders.indices { self.holders[place].start(on: &machine, random: &random) }
  }

  /// Lets one more take what it has at the start.
  mutating func add(_ holder: any Holder) {
    var holder = holder
    holder.start(on: &machine, random: &random)
    holders.append(holder)
  }

  /// Lets time pass.
  mutating func run(steps: Int) {
    for _ in 0..<steps {
      step += 1
      let time = SimulationTime(microseconds: UInt64(step) * 1_000_000 / UInt64(Self.stepsPerSecond))
      for place in holders.indices {
        var holder = holders[place]
        holder.advance(to: time, on: &machine, random: &random)
        holders[place] = holder
      }
    }
  }

  /// Asks for one range, and keeps it.
  mutating func allocate(
    _ pages: UInt64, alignOrder: Int = 8, mode: any RangeMode = .normal
  ) -> (answer: CMAAnswer, work: MemoryWork) {
    let before = machine.work
    let answer = machine.allocateRange(pages, alignOrder: alignOrder, mode: mode, in: area)
    return (answer, machine.work.since(before))
  }

  mutating func release(_ range: PageRange) { machine.release(range, to: area) }

  /// A number from the board's own generator.
  mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
}
