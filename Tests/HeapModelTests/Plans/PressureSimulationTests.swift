import Testing

@testable import HeapModel

/// Plans on a machine whose free pages are lent out.
@Suite struct PressureSimulationTests {
  private let memory = MemoryConfiguration(ranges: [PageRange(0x1000..<0x9000)])

  private func system(_ kind: HeapKind) throws -> HeapSystemConfiguration {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let area = AreaConfiguration(name: "area", base: PageFrame(0x4000), pages: 8192)
    return HeapSystemConfiguration(
      machine: MachineConfiguration(geometry: geometry, areas: [area]),
      heaps: [HeapConfiguration(name: "heap", area: "area", kind: kind)])
  }

  private func plan(pages: UInt64, count: Int = 1, start: UInt64 = 0) -> AllocationPlan {
    AllocationPlan(buffers: [
      PlannedBuffer(
        name: "a", size: ByteCount(pages * 4096), count: count, heap: "heap",
        time: PlannedTime(start: SimulationTime(microseconds: start)))
    ])
  }

  private func report(
    _ holders: [any Holder], kind: HeapKind = .cma(), pages: UInt64 = 8192, swap: UInt64 = 0, seed: UInt64 = 1
  ) throws -> SimulationReport {
    var memory = memory
    memory.swapPages = swap
    return try Simulation(
      plan: plan(pages: pages), system: system(kind), pressure: Pressure(memory: memory, holders: holders)
    ).run(seed: seed)
  }

  @Test func aCleanCacheCostsTimeAndNothingElse() throws {
    let idle = try report([])
    let full = try report([PageCache(.share(1))])
    #expect(idle.fits && full.fits)
    let times = try (#require(idle.buffers[0].latency), #require(full.buffers[0].latency))
    #expect(times.1.microseconds > times.0.microseconds * 3)
    #expect(full.buffers[0].effort.work.pagesDropped > 5000)
  }

  /// Each holder by which a request fails is named, and the advice has been run.
  @Test func everyHolderIsNamed() throws {
    let second = SimulationTime(microseconds: 1_000_000)
    let cases: [(any Holder, FailureCause)] = [
      (LongPins(pinned: 1, place: .area, name: "camera"), .pinnedPages),
      (
        ShortPins(
          buffer: .pages(512), place: .area, requestsPerSecond: 4, pagesPerRequest: 8, hold: second,
          isExponential: false, name: "camera"), .shortPins
      ),
      (AnonymousMemory(.share(0.9), name: "camera"), .noRoomToMove),
    ]
    for (holder, cause) in cases {
      let failure = try #require(try report([holder]).failure)
      #expect(failure.cause == cause)
      #expect(failure.why.contains("`camera`"), "\(failure.why)")
      #expect(!failure.why.contains("1 chunks") && !failure.why.contains("pages outside"), "\(failure.why)")
      #expect(failure.wouldFitWith.contains { $0.change == .withoutHolder("camera") })
    }
    let cache = PageCache(.share(1), name: "cache")
    let kernel = KernelMemory(.pages(16_000))
    let journal = FileSystemMetadata(.pages(4000), journalled: .pages(500), name: "ext4")
    #expect(try report([kernel, journal, cache]).failure?.cause == .journalledMetadata)
  }

  /// The parts of an area add up: pages on a CPU's list are nobody's, and drivers beside the heaps are no buffers.
  @Test func whatHoldsAFullAreaIsCounted() throws {
    let user = AreaUser(area: "area", pages: 1024, count: 2)
    let chunks = HeapKind.chunk(.failfast, chunkOrder: 4)
    let failure = try #require(try report([user], kind: chunks, pages: 7168).failure)
    #expect(
      failure.why
        == "`a[0]` needs 28 MiB and only 24 MiB of the 32 MiB of heap `heap` are free: others hold 8 MiB, and 4 MiB "
        + "are missing")
    let plan = AllocationPlan(
      buffers: ["a", "b"].map {
        PlannedBuffer(
          name: $0, size: ByteCount(6400 * 4096), heap: "heap",
          time: PlannedTime(start: SimulationTime(microseconds: $0 == "a" ? 0 : 1)))
      })
    for pressure in [Pressure(memory: memory), nil] {
      let report = try Simulation(plan: plan, system: system(chunks), pressure: pressure).run()
      #expect(
        report.failure?.why
          == "`b[0]` needs 25 MiB and only 7 MiB of the 32 MiB of heap `heap` are free: buffers hold 25 MiB, and "
          + "18 MiB are missing")
    }
  }

  @Test func sizesThatLookTheSameAreInBytes() throws {
    let failure = try #require(try report([], pages: 8193).failure)
    #expect(failure.why == "`a[0]` needs 33558528 bytes, and heap `heap` has only 33554432 bytes in all")
  }

  @Test func hugePagesAreSwappedTooAndLeaveSwap() throws {
    for huge in [false, true] {
      let processes = AnonymousMemory(.share(0.95), isHuge: huge)
      #expect(try !report([processes]).fits)
      #expect(try report([processes], swap: 8192).fits, "\(huge ? "huge" : "small") pages")
    }
  }

  /// Pinned pages are no prey of the reclaimer, so that swap does not help against them.
  @Test func swapIsNotAdvisedAgainstPins() throws {
    let failure = try #require(try report([LongPins(pinned: 1 << 20, place: .area)]).failure)
    #expect(failure.cause == .pinnedPages)
    #expect(!failure.wouldFitWith.contains { if case .swap = $0.change { true } else { false } })
  }

  /// The name of a holder says nothing of what its pages are.
  @Test func aCacheOfAnyNameIsDropped() throws {
    let names = ["cache", "kept page cache"]
    let reports = try names.map {
      try report(
        [PageCache(.share(1), name: $0), AnonymousMemory(.share(1), arrivalPerSecond: 1)], pages: 4096)
    }
    #expect(reports[0].buffers.map(\.latency) == reports[1].buffers.map(\.latency))
  }

  /// A heap of all memory has nothing of an area, wherever that lies.
  @Test(arguments: [0x1000, 0x4000, 0x7000] as [UInt64]) func areasAreNotOfAllMemory(base: UInt64) throws {
    var system = try system(.cma())
    system.machine.areas[0].base = PageFrame(base)
    system.heaps.append(HeapConfiguration(name: "system", area: nil, kind: .system))
    let plan = AllocationPlan(buffers: [PlannedBuffer(name: "a", size: ByteCount(4096), heap: "system")])
    let report = try Simulation(plan: plan, system: system, pressure: Pressure(memory: memory)).run()
    let moment = try #require(report.areas.first { $0.area == nil }?.moments.last)
    #expect(moment.taken >= 8192 && moment.taken < 8192 + 64, "\(moment.taken)")
  }

  @Test func swapMakesRoom() throws {
    let processes = AnonymousMemory(.share(0.95))
    let failure = try #require(try report([processes]).failure)
    #expect(failure.wouldFitWith.contains { if case .swap = $0.change { true } else { false } })
    #expect(try report([processes], swap: 8192).fits)
  }

  @Test func theSameSeedGivesTheSameRun() throws {
    let holders: [any Holder] = [
      PageCache(.share(0.5), arrivalPerSecond: 1000, exitPerSecond: 500),
      ShortPins(
        buffer: .pages(2000), place: .area, requestsPerSecond: 100, pagesPerRequest: 4,
        hold: SimulationTime(microseconds: 20_000)),
      DirtyFiles(
        .pages(500), arrivalPerSecond: 2000, writebackTime: SimulationTime(microseconds: 30_000)),
    ]
    let simulation = try Simulation(
      plan: plan(pages: 2700, count: 3, start: 5_000_000), system: system(.chunk(.failfast, chunkOrder: 4)),
      pressure: Pressure(memory: memory, holders: holders))
    #expect(simulation.run(seed: 7) == simulation.run(seed: 7))
    #expect(Set((0..<10).map { simulation.run(seed: $0, isDetailed: false) }).count > 1)
  }

  /// More short pins, more refusals.
  @Test func failuresRiseWithTheRateOfPins() throws {
    var rates: [Double] = []
    for perSecond in [0.5, 5, 50] {
      let pins = ShortPins(
        buffer: .pages(6000), place: .area, requestsPerSecond: perSecond, pagesPerRequest: 1,
        hold: SimulationTime(microseconds: 100_000))
      let simulation = try Simulation(
        plan: plan(pages: 6000, start: 3_000_000), system: system(.cma()),
        pressure: Pressure(memory: memory, holders: [pins]))
      var statistics = RunStatistics()
      for run in 0..<40 {
        let seed = SplitMix64.seed(ofRun: run, from: 1)
        statistics.add(simulation.run(seed: seed, isDetailed: false), seed: seed)
      }
      rates.append(statistics.rate)
    }
    #expect(rates[0] > rates[1] && rates[1] > rates[2], "\(rates)")
  }

  @Test func hostilePressureEnds() throws {
    let holders: [any Holder] = [
      PageCache(.share(.infinity), arrivalPerSecond: 1e12, exitPerSecond: .nan),
      AnonymousMemory(.pages(.max), arrivalPerSecond: .infinity, exitPerSecond: 1e12),
      ShortPins(
        buffer: .pages(.max), requestsPerSecond: 1e12, pagesPerRequest: .max,
        hold: SimulationTime(microseconds: .max)),
      AreaUser(area: "area", pages: .max, count: .max, arrivalPerSecond: 1e12),
      LongPins(pinned: .max, buffer: .share(1), place: .area, arrivalPerSecond: 1e12),
    ]
    let report = try Simulation(
      plan: plan(pages: 100, count: 3, start: 1_000_000_000), system: system(.cma()),
      pressure: Pressure(memory: memory, holders: holders)
    ).run(isDetailed: false)
    #expect(report.buffers.count <= 3)
  }
}
