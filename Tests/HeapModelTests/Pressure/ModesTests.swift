import Testing

@testable import HeapModel

/// How hard an attempt tries, and what it costs: the three modes of `alloc_contig_range` on the same memory.
@Suite struct ModesTests {
  struct Outcome {
    var given = 0
    var units = 0.0
    var busyOnList = 0
  }

  /// The memory of all modes: files fill the area, some of their pages are pinned, and in every eighth pageblock one
  /// has just been freed and is on the list of a CPU.
  private static func board() throws -> LoadedBoard {
    var board = try LoadedBoard(
      memoryMiB: 1024, areaMiB: 256, policy: .halfFree, cpus: 4,
      holders: [
        KernelMemory(.pages(25_000)), AnonymousMemory(.pages(60_000)),
        LongPins(pinned: 6, buffer: .pages(6000), place: .area, isFile: true, name: "mapped file"),
        PageCache(.share(0.95)),
      ], seed: 1)
    let area = try #require(board.machine.pages.numbers(of: board.machine[board.area].pages))
    let lots = board.machine.pages.lots
    let place = try #require(lots.table.firstIndex { $0.holder == "page cache" })
    let file = LotNumber(number: UInt8(place + 1))
    for first in stride(from: area.lowerBound, to: area.upperBound, by: 8192) {
      let page = try #require(lots.nextRun(of: file, from: first, limit: 1))
      board.machine.freePages(page, of: file)
    }
    return board
  }

  /// Every pageblock of the area, as one mode asks for it.
  private static func outcome(_ mode: any RangeMode, on board: LoadedBoard) -> Outcome {
    var machine = board.machine
    let area = machine[board.area].pages
    var outcome = Outcome()
    for block in 0..<area.count / 1024 {
      let first = area.first.number + block * 1024
      switch machine.attempt(PageRange(first..<first + 1024), mode: mode, in: board.area) {
      case .claimed: outcome.given += 1
      case .busy(let busy): outcome.busyOnList += busy.lot == nil ? 1 : 0
      case .noMemory: break
      }
    }
    outcome.units = CostModel().units(machine.work.since(board.machine.work))
    return outcome
  }

  /// Fast spares the drains and so meets pages on the lists of CPUs; hard tries a page that stays as often again as
  /// normal does, and gets no more.
  @Test func effortBuysDrainsAndNothingElse() throws {
    let board = try Self.board()
    let modes: [any RangeMode] = [.fast, .normal, .hard]
    let outcomes = modes.map { Self.outcome($0, on: board) }
    let (fast, normal, hard) = (outcomes[0], outcomes[1], outcomes[2])
    #expect(fast.given < normal.given && normal.given == hard.given && normal.given < 64)
    #expect(fast.busyOnList > 0 && normal.busyOnList == 0)
    #expect(fast.units < normal.units && normal.units < hard.units)
    var table =
      "| mode | pageblocks given | of the others, busy on a CPU's list | cost, in copied pages |\n"
      + "|---|---|---|---|\n"
    for (mode, outcome) in zip(modes, outcomes) {
      table +=
        "| \(mode.name) | \(outcome.given) of 64 | \(outcome.busyOnList) | \(rounded(outcome.units)) |\n"
    }
    expectFigures(table, named: "modes")
  }
}
