import Testing

@testable import HeapModel

/// A pool of compound pages of 16 pages on a machine of 2048 pages.
@Suite struct CompoundPagePoolTests {
  private static let compound: UInt64 = 16 * 4096

  private func system(
    low: Int = 2, fill: Int = 4, high: Int = 6, pages: UInt64 = 2048, swap: UInt64 = 0, area: Bool = false
  ) throws -> HeapSystem {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 5, maxOrder: 8))
    let memory = MemoryConfiguration(
      ranges: [PageRange(0x1000..<0x1000 + pages)], cpus: 1, swapPages: swap)
    let areas = area ? [AreaConfiguration(name: "area", base: PageFrame(0x1200), pages: 512)] : []
    let settings = CompoundPagePoolSettings(order: 4, low: low, fill: fill, high: high)
    return try HeapSystem(
      HeapSystemConfiguration(
        machine: MachineConfiguration(geometry: geometry, areas: areas, memory: memory),
        heaps: [HeapConfiguration(name: "pool", area: nil, kind: .compoundPool(settings))]))
  }

  private func pool(_ system: HeapSystem) throws -> CompoundPagePoolHeap {
    try #require(system.heaps[0] as? CompoundPagePoolHeap)
  }

  private func ready(_ system: HeapSystem) -> Int { system.machine.pools[0].blocks.count }

  private func check(_ system: HeapSystem, _ buffers: [HeapBuffer]) throws {
    #expect(ZoneChecker.violations(of: system.machine) == [])
    #expect(try PoolChecker.violations(of: pool(system), buffers, on: system.machine) == [])
  }

  private func allocate(_ bytes: UInt64, _ system: inout HeapSystem) throws -> HeapBuffer {
    try system.allocate(bytes, fromHeapAt: 0).outcome.get()
  }

  @Test func theWorkerFillsWhenItRunsAndNotBefore() throws {
    var system = try system()
    #expect(ready(system) == 0)
    #expect(system.runWorkers() == 4)
    #expect(ready(system) == 4)
    // What the worker does is nobody's latency.
    #expect(system.machine.work == MemoryWork())
    #expect(system.machine.background[.zeroPage] == 64)
    #expect(system.runWorkers() == 0)
    try check(system, [])
  }

  /// An allocation that leaves fewer than the low mark wakes it; one that does not lets it sleep.
  @Test func refillsBelowTheLowMarkToTheFillMark() throws {
    var system = try system()
    _ = system.runWorkers()
    let first = try allocate(2 * Self.compound, &system)
    _ = system.runWorkers()
    #expect(ready(system) == 2)
    let second = try allocate(Self.compound, &system)
    #expect(ready(system) == 1)
    _ = system.runWorkers()
    #expect(ready(system) == 4)
    try check(system, [first, second])
  }

  @Test func takesFromThePoolFirstAndPaysOnlyForTheRest() throws {
    var system = try system()
    _ = system.runWorkers()
    let answer = system.allocate(5 * Self.compound, fromHeapAt: 0)
    #expect(try answer.outcome.get().pages.pages == 80)
    #expect(answer.effort.attempts == 5 && answer.effort.rangeCalls == 0)
    #expect(answer.effort.work[.zeroPage] == 16)
    #expect(ready(system) == 0)
  }

  @Test func clearsWhatComesBackUpToTheHighMark() throws {
    var system = try system()
    _ = system.runWorkers()
    let free = system.machine.freePages
    let buffer = try allocate(10 * Self.compound, &system)
    system.release(buffer, toHeapAt: 0)
    // Nothing of it is to be had before the worker has run.
    #expect(ready(system) == 0)
    try check(system, [])
    let before = system.machine.background[.zeroPage]
    _ = system.runWorkers()
    #expect(ready(system) == 6)
    #expect(system.machine.background[.zeroPage] - before == 96)
    #expect(system.machine.freePages == free - 32)
    try check(system, [])
  }

  @Test func putsTheEndsOfBuffersIntoSharedCompoundPages() throws {
    var system = try system()
    _ = system.runWorkers()
    // A small buffer lies at the end of a shared compound page, the end of a larger one at the start of one.
    let small = try allocate(3 * 4096, &system)
    #expect(small.pages.ranges.first.map { $0.frames.upperBound % 16 } == 0)
    let large = try allocate(Self.compound + 5 * 4096, &system)
    let tail = try #require(large.pages.ranges.last)
    let shared = try #require(small.pages.ranges.first).first.number & ~15
    #expect(tail.frames.upperBound == shared + 5)
    #expect(ready(system) == 2)
    // Eight are left between the two; another end needs a new start.
    let middle = try allocate(8 * 4096, &system)
    #expect(middle.pages.ranges == [PageRange(shared + 5..<shared + 13)])
    let other = try allocate(Self.compound + 4096, &system)
    #expect(other.pages.ranges.last.map { $0.first.number & ~15 } != shared)
    var buffers = [small, large, middle, other]
    try check(system, buffers)
    while let buffer = buffers.popLast() {
      system.release(buffer, toHeapAt: 0)
      try check(system, buffers)
    }
    _ = system.runWorkers()
    #expect(try pool(system).heldPages(on: system.machine) == UInt64(ready(system) * 16))
  }

  /// Whatever is given back in part waits until nothing of its compound page is held.
  @Test func takesBuffersBackInParts() throws {
    var system = try system(low: 0, fill: 0, high: 0)
    let free = system.machine.freePages
    var buffer = try allocate(2 * Self.compound + 4096, &system)
    for _ in 0..<11 {
      #expect(system.release(first: 3, of: &buffer, toHeapAt: 0) == nil)
      try check(system, [buffer])
    }
    #expect(buffer.pages.pages == 0)
    system.release(buffer, toHeapAt: 0)
    _ = system.runWorkers()
    #expect(system.machine.freePages == free)
    #expect(system.heaps[0].usage == HeapUsage())
  }

  /// Full shared compound pages are not looked at again; those with too little room are, and that is counted as work.
  @Test func countsSharedPagesThatHaveTooLittleRoom() throws {
    var system = try system()
    for count in 0..<20 {
      let answer = system.allocate(9 * 4096, fromHeapAt: 0)
      #expect(answer.effort.passed == UInt64(count))
    }
    var meter = WorkMeter(system, limit: 1000)
    let answer = system.allocate(8 * 4096, fromHeapAt: 0)
    meter.charge(answer, onHeapAt: 0)
    #expect(answer.effort.passed == 20 && meter.left == 1000 - 20 - 4 * answer.effort.attempts - 1)
    // The newest has 8 pages left, and the others 7 each.
    _ = try allocate(8 * 4096, &system)
    for _ in 0..<20 {
      let answer = system.allocate(7 * 4096, fromHeapAt: 0)
      #expect(answer.effort.passed == 0)
    }
    #expect(try pool(system).heldPages(on: system.machine) == 0)
    #expect(system.allocate(4096, fromHeapAt: 0).effort.passed == 0)
  }

  @Test func refusesWhatTheDriverRefuses() throws {
    var system = try system()
    var heap = try pool(system)
    let cases: [(bytes: UInt64, alignment: UInt64, error: KernelError)] = [
      (0, 4096, .invalidArgument), (.max, 4096, .invalidArgument), (4096, 8192, .invalidArgument),
      (1025 * 4096, 4096, .noMemory), (.max - 4095, 4096, .noMemory),
    ]
    for (bytes, alignment, error) in cases {
      let answer = system.withMachine { heap.allocate(bytes, alignment: alignment, on: &$0) }
      guard case .failure(let refusal) = answer.outcome else {
        Issue.record("\(bytes) bytes were given")
        continue
      }
      #expect(refusal.error == error)
      #expect(answer.effort.work == MemoryWork())
    }
    #expect(throws: Never.self) { try allocate(1024 * 4096, &system) }
  }

  /// What a request that fails had taken goes to the kernel, out of the pool too.
  @Test func rollsBackToTheKernel() throws {
    var system = try system()
    _ = system.runWorkers()
    system.withMachine { _ = $0.lend(1200, for: PageLot(.unmovable, holder: "kernel")) }
    let free = system.machine.freePages
    let answer = system.allocate(1000 * 4096, fromHeapAt: 0)
    guard case .failure(let refusal) = answer.outcome else {
      Issue.record("it was given")
      return
    }
    #expect(refusal.error == .noMemory && refusal.missingOrder == 4)
    #expect(try pool(system).hardFailures == 1)
    #expect(ready(system) == 0 && system.machine.freePages == free + 64)
    // Nobody has woken the worker.
    #expect(system.runWorkers() == 0)
    try check(system, [])
  }

  @Test func aRefillEndsAtItsFirstFailure() throws {
    var system = try system(low: 50, fill: 100, high: 100)
    system.withMachine { _ = $0.lend(1200, for: PageLot(.unmovable, holder: "kernel")) }
    _ = system.runWorkers()
    let count = ready(system)
    #expect(count > 0 && count < 50)
    #expect(try pool(system).softFailures == 1)
    try check(system, [])
  }

  /// The pool keeps its pages from everyone until the reclaimer asks: greedy, and given back just when needed.
  @Test func thePoolIsReclaimedWhenMemoryRunsShort() throws {
    var system = try system(low: 10, fill: 60, high: 60)
    _ = system.runWorkers()
    #expect(ready(system) == 60)
    let lot = PageLot(.anonymous, holder: "processes")
    let reserved = 960 - system.machine.freePages
    #expect(reserved < 0)
    system.withMachine { _ = $0.lend(900, for: lot) }
    #expect(ready(system) == 60)
    system.withMachine { _ = $0.lend(900, for: lot) }
    #expect(system.machine.count(of: lot) == 1800)
    #expect(ready(system) < 60)
    let report = try #require(system.heaps[0].poolReport(on: system.machine))
    #expect(report.reclaimed.bytes == UInt64(60 - ready(system)) * Self.compound)
    #expect(report.mostHeld.bytes == 60 * Self.compound)
    try check(system, [])
  }

  /// Clean pages go before those of the pool, for they cost nobody anything.
  @Test func cacheIsDroppedBeforeThePool() throws {
    var system = try system(low: 10, fill: 60, high: 60)
    _ = system.runWorkers()
    system.withMachine { _ = $0.lend(900, for: PageLot(.cleanFile, holder: "cache")) }
    system.withMachine { _ = $0.lend(800, for: PageLot(.anonymous, holder: "processes")) }
    #expect(ready(system) == 60)
  }

  /// Movable pages are moved out of the way of a compound page, and a refill does not go so far.
  @Test func movesPagesForARequest() throws {
    var system = try system(low: 0, fill: 0, high: 0)
    let lot = PageLot(.anonymous, holder: "processes")
    system.withMachine { machine in
      for run in machine.lend(1900, for: lot) {
        for page in run where page % 2 == 0 {
          machine.freePages(page..<page + 1, of: machine.pages.lots[page])
        }
      }
      machine.drainLists()
    }
    let lent = system.machine.count(of: lot)
    var given = 0
    var moved: UInt64 = 0
    for _ in 0..<20 {
      let answer = system.allocate(Self.compound, fromHeapAt: 0)
      moved += answer.effort.work.pagesMigrated
      if case .success = answer.outcome { given += 1 }
    }
    #expect(given == 20 && moved > 0, "\(given) given, \(moved) moved")
    #expect(system.machine.count(of: lot) == lent)
    #expect(ZoneChecker.violations(of: system.machine) == [])
  }

  @Test func neverLiesInAnArea() throws {
    var system = try system(area: true)
    _ = system.runWorkers()
    var given: UInt64 = 0
    while case .success(let buffer) = system.allocate(Self.compound, fromHeapAt: 0).outcome {
      given += buffer.pages.pages
      #expect(buffer.pages.ranges.allSatisfy { !$0.frames.overlaps(0x1200..<0x1400) })
    }
    #expect(given > 1300 && given <= 1536)
  }

  @Test func checksWhatAPoolIsMadeOf() throws {
    let bad = [
      CompoundPagePoolSettings(order: 8), CompoundPagePoolSettings(order: -1),
      CompoundPagePoolSettings(order: 4, low: 65, fill: 64),
      CompoundPagePoolSettings(order: 4, fill: 129), CompoundPagePoolSettings(order: 4, high: .max),
    ]
    let good = try system()
    for settings in bad {
      #expect(!settings.isValid(on: good.machine.geometry))
    }
    #expect(throws: HeapSystemError.noMemory(heap: "heap")) {
      var idle = HeapSystemConfiguration.small(.compoundPool())
      idle.heaps[0].area = nil
      _ = try HeapSystem(idle)
    }
  }
}
