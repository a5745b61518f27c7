import Testing

@testable import HeapModel

/// Swap that lies in memory.
@Suite struct SwapTests {
  private static let process = PageLot(.anonymous, holder: "process", isMapped: true)

  private func machine(_ kind: SwapKind, compression: Int = 3) throws -> Machine {
    let lab = try PressureLab(
      swapPages: 60_000, swapKind: kind, swapCompression: compression, holders: [KernelMemory(.pages(14_300))]
    )
    var lent = lab
    lent.lend()
    return lent.system.machine
  }

  private func lend(_ count: Int, on machine: inout Machine) -> Int {
    machine.lend(count, for: Self.process).reduce(0) { $0 + $1.count }
  }

  /// In memory a third of what is swapped out goes to what is kept: half as much again is swapped for the same room.
  @Test func compressedPagesTakeRoom() throws {
    var disk = try machine(.disk)
    var zram = try machine(.zram)
    #expect(lend(520_000, on: &disk) == 520_000)
    #expect(lend(520_000, on: &zram) == 520_000)
    #expect(disk.count(of: Swap.compressed) == 0)
    let swapped = (Double(disk.background.pagesSwapped), Double(zram.background.pagesSwapped))
    #expect(zram.count(of: Swap.compressed) == Int(zram.background.pagesSwapped / 3))
    #expect(abs(swapped.1 / swapped.0 - 1.5) < 0.15, "\(swapped)")
  }

  /// A process that ends gives its swap back, and what was kept for it.
  @Test func aProcessThatEndsLeavesNothing() throws {
    var machine = try machine(.zram, compression: 2)
    let before = machine.freePages
    let first = lend(600_000, on: &machine)
    machine.giveBackAll(of: "process")
    machine.drainLists()
    #expect(machine.freePages == before)
    #expect(machine.count(of: Swap.compressed) == 0)
    #expect(lend(600_000, on: &machine) == first)
  }

  /// Of processes that end by and by as large a part goes of what was swapped out as of what is in memory.
  @Test(arguments: SwapKind.allCases) func processesThatEndEmptySwap(kind: SwapKind) throws {
    var machine = try machine(kind)
    let lent = lend(520_000, on: &machine)
    let swapped = 60_000 - machine.zone.swap.room
    var random = SplitMix64(seed: 1)
    machine.giveBack(lent / 2, of: Self.process, random: &random)
    #expect(swapped > 10_000 && abs(60_000 - machine.zone.swap.room - swapped / 2) <= 1)
    machine.giveBack(lent, of: Self.process, random: &random)
    #expect(machine.zone.swap.room == 60_000 && machine.count(of: Self.process) == 0)
    #expect(machine.count(of: Swap.compressed) == 0)
  }

  /// Compressed pages are copied out of an area as others are.
  @Test func compressedPagesAreCopied() throws {
    var machine = try machine(.zram)
    _ = machine.lend(1024, for: Swap.compressed, inArea: true)
    let before = machine.work
    let answer = machine.allocateRange(65_536, alignOrder: 8, mode: .normal, in: AreaIndex(position: 0))
    #expect(answer.callerError == nil)
    #expect(machine.work.since(before).pagesMigrated == 1024)
  }
}
