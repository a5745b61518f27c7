import Testing

@testable import HeapModel

/// Free pages on their lists, against the plainest account of them.
@Suite struct PageListTests {
  /// The same pages freed one by one and as runs.
  @Test func perCPUListsTakeARunAsItsPages() {
    var random = SplitMix64(seed: 3)
    for high in [0, 1, 5, 62, 63, 64, 252, 700] {
      var lists = PerCPULists(high: high)
      var queue: [Int] = []
      var start = 0
      for _ in 0..<60 {
        let run = start..<start + Int.random(in: 1...400, using: &random)
        start = run.upperBound
        var passed: [Int] = []
        for page in run {
          queue.append(page)
          guard queue.count > high else { continue }
          let excess = high == 0 ? 1 : min(queue.count, 1 + lists.batch)
          passed += queue.prefix(excess)
          queue.removeFirst(excess)
        }
        var gone = Array(lists.keep(run))
        var excess = lists.excess
        while excess > 0, let oldest = lists.takeOldest(excess) {
          gone += oldest
          excess -= oldest.count
        }
        #expect(gone == passed)
        #expect(lists.pages == queue)
      }
    }
  }

  /// Android's lists of movable pages hold none of an area, not even of a run that begins outside.
  @Test func aRunOverTheEdgeOfAnAreaIsPartedAtIt() throws {
    var configuration = MachineConfiguration.small(base: 512, pages: 64)
    configuration.memory = MemoryConfiguration(ranges: [PageRange(448..<1024)], policy: .ownLists)
    var machine = try Machine(configuration)
    let lot = PageLot(.anonymous, holder: "process")
    _ = machine.lend(560, for: lot)
    let known = machine.pages.lots.number(of: lot)
    let number = try #require(known)
    let run = try #require(machine.pages.numbers(of: PageRange(500..<530)))
    machine.freePages(run, of: number)
    #expect(ZoneChecker.violations(of: machine).isEmpty)
    #expect(machine.zone.perCPU.pages.count == 12)
  }

  /// Tries that are counted and not made leave the free lists as if they had been made.
  @Test func countedTriesLeaveTheListsAsTheyWould() throws {
    var configuration = MachineConfiguration.small(base: 576, pages: 160, pageblockOrder: 5, pins: [74])
    let memory = MemoryConfiguration(ranges: [PageRange(480..<1018)], cpus: 0)
    configuration.memory = memory
    var machine = try Machine(configuration)
    var reference = ReferenceMachine(configuration, memory: memory)
    let isPinned = reference.pin(576 + 74)
    #expect(isPinned)
    for (count, order) in [(82, 5), (82, 0), (10, 0), (75, 3)] {
      let answer = machine.allocateRange(
        UInt64(count), alignOrder: order, mode: .normal, in: AreaIndex(position: 0))
      let expected = reference.allocateRange(count, alignOrder: order, mode: .normal, in: 0)
      #expect(answer.attempts == expected.attempts)
      for order in 0...reference.buddy.orderMax {
        let blocks = machine.zone.buddy.lists.blocks(.cma, order: order)
        let frames = blocks.map { Int(machine.pages.frame(of: $0).number) }
        #expect(frames == reference.buddy.lists[Int(MigrateType.cma.rawValue)][order])
      }
    }
  }
}
