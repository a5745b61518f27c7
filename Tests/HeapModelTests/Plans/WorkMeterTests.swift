import TestSupport
import Testing

@testable import HeapModel

/// Plans and traces that are made to run for ever are ended.
@Suite struct WorkMeterTests {
  private func system(_ kind: HeapKind, pages: UInt64) -> HeapSystemConfiguration {
    .small(kind, on: .small(pages: pages))
  }

  private func plan(pages: UInt64, count: Int) -> AllocationPlan {
    AllocationPlan(buffers: [
      PlannedBuffer(name: "a", size: ByteCount(pages * 4096), count: count, heap: "heap")
    ])
  }

  @Test(.endsInTime) func endsARunOfTooMuchWork() throws {
    let pages: UInt64 = 1 << 18
    let scan = HeapKind.chunk(.pageblockScan, chunkOrder: 0)
    let simulation = try Simulation(
      plan: plan(pages: pages, count: 100_000), system: system(scan, pages: pages))
    var run = SimulationRun(
      timeline: simulation.timeline, start: PreparedStart(simulation.start),
      meter: WorkMeter(simulation.start, limit: 20_000_000))
    while run.step() {}
    let report = run.report(advice: [])
    #expect(!report.isComplete)
    #expect(!report.fits)
    #expect(report.buffers.count < 100)
    #expect(report.failure?.buffer == "a[1]")
  }

  @Test func doesNotHoldARunThatEndedForAFit() throws {
    let simulation = try Simulation(plan: plan(pages: 1, count: 100), system: system(.cma(), pages: 256))
    var run = SimulationRun(
      timeline: simulation.timeline, start: PreparedStart(simulation.start),
      meter: WorkMeter(simulation.start, limit: 50))
    while run.step() {}
    let report = run.report(advice: [])
    #expect(report.failure == nil)
    #expect(!report.isComplete)
    #expect(!report.fits)
    #expect(simulation.run().fits)
  }

  /// Page by page each request meets all pins again: few requests to the area, and many tries.
  @Test func chargesTheTriesOfSmallChunks() throws {
    let pages: UInt64 = 4096
    var system = system(.chunk(.halving, chunkOrder: 0), pages: pages)
    system.machine.areas[0].pins = (0..<512).map { $0 * 2 }
    let simulation = try Simulation(plan: plan(pages: pages - 512, count: 2), system: system)
    var run = SimulationRun(
      timeline: simulation.timeline, start: PreparedStart(simulation.start),
      meter: WorkMeter(simulation.start, limit: 100_000))
    while run.step() {}
    #expect(run.meter.isExhausted)
    #expect(!run.isComplete)
  }

  @Test func chargesWhatASearchMayPass() throws {
    let system = try HeapSystem(system(.cma(), pages: 256))
    var meter = WorkMeter(system, limit: 1000)
    for _ in 0..<10 { meter.chargePin() }
    #expect(meter.left == 990)
    meter.charge(64, MergedPageRanges())
    // One for the request, 64 tries, 10 pins, and the pins again for 64 tries.
    #expect(meter.left == 990 - 1 - 64 - 10 - 10)
    meter.charge(.max, MergedPageRanges())
    #expect(meter.isExhausted)
  }

  /// Whatever moves, drops or swaps a page is work, wherever the page goes.
  @Test(arguments: [
    MemoryStep.isolatePage, .evictPage, .reclaimPage, .writeOut, .swapOut, .compressOut, .followRequest,
  ])
  func chargesEveryPage(step: MemoryStep) throws {
    var meter = WorkMeter(try HeapSystem(system(.cma(), pages: 256)), limit: 1000)
    var work = MemoryWork()
    work.add(step, 300)
    meter.charge(work)
    #expect(meter.left == 700)
  }
}
