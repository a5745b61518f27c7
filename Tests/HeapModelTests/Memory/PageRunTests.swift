import Testing

@testable import HeapModel

/// What is done with runs of pages leaves what would be there had it been done page by page.
@Suite struct PageRunTests {
  private let pageCount = 1 << 13

  private func blocks(of buddy: BuddyAllocator) -> [[Int]] {
    MigrateType.allCases.flatMap { type in (0...buddy.orderMax).map { buddy.lists.blocks(type, order: $0) } }
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func freesRunsAsIfPageByPage(seed: UInt64) throws {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    var whole = BuddyAllocator(pageCount: pageCount, geometry: geometry)
    whole.setArea(2048..<4608)
    var single = whole
    var random = SplitMix64(seed: seed)
    var held = [0..<pageCount]
    for step in 0..<400 {
      if held.isEmpty || Int.random(in: 0..<3, using: &random) == 0 {
        let type: MigrateType = Bool.random(using: &random) ? .movable : .cma
        let limit = Int.random(in: 1...700, using: &random)
        let run = whole.takeRun(type, limit: limit)
        #expect(run == single.takeRun(type, limit: limit))
        if let run { held.append(run) }
      } else {
        let place = Int.random(in: 0..<held.count, using: &random)
        let run = held.remove(at: place)
        let first = Int.random(in: run, using: &random)
        let end = Int.random(in: first + 1...run.upperBound, using: &random)
        held += [run.lowerBound..<first, end..<run.upperBound].filter { !$0.isEmpty }
        let isAtTail = Bool.random(using: &random)
        // Pages of isolated pageblocks, of which none is in a list, do not come to the lists.
        let isIsolated = step % 5 == 0 && whole.lists.allPages == 0
        whole.isolated = isIsolated ? 2048..<3072 : 0..<0
        single.isolated = whole.isolated
        whole.free(first..<end, atTail: isAtTail)
        for page in first..<end { single.free(page..<page + 1, atTail: isAtTail) }
      }
      try #require(blocks(of: whole) == blocks(of: single), "step \(step)")
    }
  }

  @Test(arguments: [1, 7, 64, 1000]) func listsKeepTheOrderOfFreeing(high: Int) {
    var lists = PerCPULists(high: high, batch: 5)
    var reference: [Int] = []
    var random = SplitMix64(seed: UInt64(high))
    for _ in 0..<2000 {
      switch Int.random(in: 0..<4, using: &random) {
      case 0, 1:
        let first = Int.random(in: 0..<pageCount, using: &random)
        let run = first..<first + Int.random(in: 1...40, using: &random)
        #expect(lists.keep(run).isEmpty)
        var expected: [Int] = []
        for page in run {
          reference.append(page)
          guard reference.count > high else { continue }
          expected += reference.prefix(1 + 5)
          reference.removeFirst(min(reference.count, 1 + 5))
        }
        let excess = lists.excess
        var gone: [Int] = []
        while gone.count < excess, let run = lists.takeOldest(excess - gone.count) { gone += run }
        #expect(gone == expected)
      case 2:
        guard let newest = lists.newest else { continue }
        let taken = lists.takeNewest(Int.random(in: 1...newest.count, using: &random))
        #expect(Array(taken) == reference.suffix(taken.count))
        reference.removeLast(taken.count)
      default:
        let taken = lists.takeOldest(Int.random(in: 1...10, using: &random)) ?? 0..<0
        #expect(Array(taken) == Array(reference.prefix(taken.count)))
        reference.removeFirst(taken.count)
      }
      #expect(lists.pages == reference)
      #expect(lists.count == reference.count)
    }
  }

  @Test func findsTheEndOfAFreeBlock() throws {
    var map = try #require(PageMap(covering: [PageRange(0..<2048)], unitOrder: 10, summaryOrder: 10))
    var random = SplitMix64(seed: 3)
    for _ in 0..<60 {
      let page = Int.random(in: 512..<1536, using: &random)
      map.take(page..<page + 1)
    }
    for page in 512..<1536 where !map.taken[page] {
      var end = page + 1
      for order in 0...10 {
        let block = (page & ~(1 << order - 1))..<(page >> order + 1) << order
        if block.lowerBound >= 512, block.upperBound <= 1536, !block.contains(where: { map.taken[$0] }) {
          end = block.upperBound
        }
      }
      #expect(map.endOfFreeBlock(holding: page, within: 512..<1536, orderMax: 10) == end)
    }
  }
}
