import Testing

@testable import HeapModel

/// What is done once for all runs changes none of them.
@Suite struct PreparedStartTests {
  private let memory = MemoryConfiguration(ranges: [PageRange(0x1000..<0x9000)])
  private let cache = PageCache(.share(1), arrivalPerSecond: 500, exitPerSecond: 300)
  private let pins = ShortPins(
    buffer: .pages(2000), place: .area, requestsPerSecond: 400, pagesPerRequest: 2,
    hold: SimulationTime(microseconds: 20_000))

  private func simulation(_ holders: [any Holder]) throws -> Simulation {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let area = AreaConfiguration(name: "area", base: PageFrame(0x4000), pages: 8192)
    let system = HeapSystemConfiguration(
      machine: MachineConfiguration(geometry: geometry, areas: [area]),
      heaps: [HeapConfiguration(name: "heap", area: "area", kind: .chunk(.failfast, chunkOrder: 4))])
    let buffer = PlannedBuffer(
      name: "a", size: ByteCount(3 << 20), count: 8, heap: "heap",
      time: PlannedTime(start: SimulationTime(microseconds: 1_000_000)))
    return try Simulation(
      plan: AllocationPlan(buffers: [buffer]), system: system,
      pressure: Pressure(memory: memory, holders: holders))
  }

  private func holders(_ order: String) -> [any Holder] {
    order.map { letter -> any Holder in
      switch letter {
      case "k": KernelMemory(.pages(800))
      case "c": cache
      case "d":
        DirtyFiles(.pages(900), arrivalPerSecond: 100, writebackTime: SimulationTime(microseconds: 30_000))
      default: pins
      }
    }
  }

  @Test(arguments: [("", 0), ("kc", 2), ("kcp", 2), ("kdc", 1), ("pkc", 0), ("kpc", 1)])
  func runsAreTheSame(order: String, started: Int) throws {
    let holders = holders(order)
    let simulation = try simulation(holders)
    let start = PreparedStart(simulation.start, Pressure(memory: memory, holders: holders))
    let prepared = start.prepared()
    #expect(prepared.startedHolders == started)
    for seed: UInt64 in 1...5 {
      var (plain, short) = (
        SimulationRun(timeline: simulation.timeline, start: start, seed: seed),
        SimulationRun(timeline: simulation.timeline, start: prepared, seed: seed)
      )
      while plain.step() {}
      while short.step() {}
      #expect(plain.report(advice: []) == short.report(advice: []))
      #expect(plain.meter.left == short.meter.left)
    }
  }

  @Test func anOutcomeIsWhatTheReportSays() throws {
    let simulation = try simulation(holders("kcp"))
    for seed: UInt64 in 1...5 {
      var (counted, reported) = (RunStatistics(), RunStatistics())
      counted.add(simulation.outcome(seed: seed), seed: seed)
      reported.add(simulation.run(seed: seed, isDetailed: false), seed: seed)
      #expect(counted.successes == reported.successes && counted.failures == reported.failures)
      for part in [0, 0.5, 0.9, 1] {
        #expect(counted.latency(ofPart: part) == reported.latency(ofPart: part))
      }
      #expect(counted.allocations > 0 && counted.allocations == reported.allocations)
    }
  }
}
