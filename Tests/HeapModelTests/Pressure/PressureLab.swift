@testable import HeapModel

/// The machine on which pressure was measured: 2 GiB at 0x40000000, pageblocks of 4 MiB, an area at 0x80000000.
///
/// The requests are made one after another on one machine, as they were there; before each the holders start anew.
struct PressureLab {
  /// What one row of requests came to.
  struct Outcome {
    var successes = 0
    var tries = 0
    var error: KernelError?
    var calls: UInt64 = 0
    var work = MemoryWork()
    var lastBusy: BusyRange?
    /// Lent pages of the area before the requests that cannot be dropped.
    var movable: UInt64 = 0

    /// Millions of instructions of the caller.
    var millions: Double { CostModel().units(work) * CostModel.instructionsPerUnit / 1e6 }

    /// As the recorded table writes it.
    var text: String {
      let error = successes == tries ? "" : " \(self.error?.rawValue ?? 0)"
      return "\(successes)/\(tries)\(error); c\(calls) m\(work.pagesMigrated) d\(work.pagesDropped) "
        + "\(Int(millions.rounded()))M"
    }
  }

  /// What is asked of the area.
  enum Request: String, CaseIterable {
    case whole
    case nineOf20 = "9x20"
    case failfast
    case halving
    case bulk
    case singles
  }

  private(set) var system: HeapSystem
  private let areaPages: UInt64
  private let area: AreaIndex
  private let holders: [any Holder]
  private var random: SplitMix64

  init(
    areaMiB: UInt64 = 256, policy: LendingPolicyKind = .halfFree, cpus: Int = 1, swapPages: UInt64 = 0,
    swapKind: SwapKind = .disk, swapCompression: Int = SwapKind.compression, holders: [any Holder],
    seed: UInt64 = 1
  ) throws {
    guard let geometry = MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 10, maxOrder: 11) else {
      preconditionFailure("geometry")
    }
    areaPages = areaMiB * 256
    let memory = MemoryConfiguration(
      ranges: [PageRange(0x40000..<0xc0000)], cpus: cpus, policy: policy, swapPages: swapPages,
      swapKind: swapKind, swapCompression: swapCompression)
    let area = AreaConfiguration(name: "area", base: PageFrame(0x80000), pages: areaPages)
    let variants: [ChunkVariant] = [.failfast, .halving, .bulk(passes: 2)]
    system = try HeapSystem(
      HeapSystemConfiguration(
        machine: MachineConfiguration(geometry: geometry, areas: [area], memory: memory),
        heaps: variants.map {
          HeapConfiguration(name: $0.name, area: "area", kind: .chunk($0, chunkOrder: 4))
        }))
    self.area = AreaIndex(position: 0)
    self.holders = holders
    random = SplitMix64(seed: seed)
  }

  /// Makes the holders take what they have, after giving back what they had.
  mutating func lend() {
    let holders = holders
    var random = random
    system.withMachine { machine in
      for holder in holders { machine.giveBackAll(of: holder.name) }
      for var holder in holders { holder.start(on: &machine, random: &random) }
    }
    self.random = random
  }

  /// Gives back what one holder has.
  mutating func giveBack(_ holder: String) { system.withMachine { $0.giveBackAll(of: holder) } }

  /// What is lent of the area.
  var census: [(lot: PageLot, pages: UInt64)] {
    system.machine.pages.census(of: system.machine[area].pages)
  }

  mutating func run(_ request: Request) -> Outcome {
    switch request {
    case .whole: ranges([areaPages])
    case .nineOf20: ranges([UInt64](repeating: 5120, count: min(9, Int(areaPages / 5120))))
    case .failfast, .halving, .bulk: buffer(request.rawValue)
    case .singles: ranges([UInt64](repeating: 1, count: 400))
    }
  }

  private mutating func ranges(_ counts: [UInt64]) -> Outcome {
    var outcome = Outcome()
    let area = area
    let before = system.machine.work
    var given: [PageRange] = []
    for count in counts {
      let answer = system.withMachine {
        $0.allocateRange(count, alignOrder: count == 1 ? 0 : 8, mode: .normal, in: area)
      }
      outcome.tries += 1
      outcome.calls += answer.attempts
      switch answer.outcome {
      case .success(let range): given.append(range)
      case .failure(let refusal):
        outcome.error = refusal.error
        outcome.lastBusy = refusal.lastBusy
      }
    }
    outcome.successes = given.count
    outcome.work = system.machine.work.since(before)
    system.withMachine { machine in
      for range in given { machine.release(range, to: area) }
    }
    return outcome
  }

  /// Four fifths of the area in chunks of 64 KiB.
  private mutating func buffer(_ variant: String) -> Outcome {
    var outcome = Outcome(tries: 1)
    guard let heap = system.heap(named: variant) else { return outcome }
    let answer = system.allocate((areaPages * 4 / 5 / 16) << 16, fromHeapAt: heap)
    outcome.calls = answer.effort.attempts
    outcome.work = answer.effort.work
    switch answer.outcome {
    case .success(let buffer):
      outcome.successes = 1
      system.release(buffer, toHeapAt: heap)
    case .failure(let refusal):
      outcome.error = refusal.error
      outcome.lastBusy = refusal.lastBusy
    }
    return outcome
  }
}
