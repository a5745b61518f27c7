import TestSupport
import Testing

@testable import HeapModel

/// Holders that are told to do more than a run can take: what they do is counted, and ends it.
@Suite struct BusyHoldersTests {
  private func report(_ holder: any Holder, times: Int, work: UInt64 = Simulation.workMax) throws
    -> SimulationReport
  {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let area = AreaConfiguration(name: "area", base: PageFrame(0x4000), pages: 8192)
    let system = HeapSystemConfiguration(
      machine: MachineConfiguration(geometry: geometry, areas: [area]),
      heaps: [HeapConfiguration(name: "heap", area: "area", kind: .cma())])
    let step = SimulationTime(microseconds: 100_000)
    let buffer = PlannedBuffer(
      name: "a", size: ByteCount(4096), heap: "heap",
      time: PlannedTime(start: step, end: nil, repetition: PlannedTime.Repetition(every: step, times: times)))
    let memory = MemoryConfiguration(ranges: [PageRange(0x1000..<0x9000)])
    return try Simulation(
      plan: AllocationPlan(buffers: [buffer]), system: system,
      pressure: Pressure(memory: memory, holders: [holder])
    ).run(isDetailed: false, work: work)
  }

  @Test(.endsInTime) func requestsForWhichThereIsNoPageAreNotKept() throws {
    let pins = ShortPins(
      buffer: .pages(500), requestsPerSecond: 1e6, pagesPerRequest: 1,
      hold: SimulationTime(microseconds: 1_000_000_000))
    #expect(try report(pins, times: 1000).isComplete)
  }

  @Test func whatHoldersDoEndsARunThatIsTooLong() throws {
    let milliseconds = SimulationTime(microseconds: 1000)
    let holders: [any Holder] = [
      ShortPins(buffer: .share(0.5), requestsPerSecond: 1e6, pagesPerRequest: 1, hold: milliseconds),
      AnonymousMemory(.share(0.5), arrivalPerSecond: 1e9, exitPerSecond: 1e9),
      DirtyFiles(.share(0.2), arrivalPerSecond: 1e9, writebackTime: milliseconds),
      AreaUser(area: "area", pages: 1, count: 4000),
    ]
    for holder in holders {
      #expect(try report(holder, times: 3).isComplete, "\(holder.name)")
      #expect(try !report(holder, times: 3000, work: 300_000).isComplete, "\(holder.name)")
    }
  }
}
