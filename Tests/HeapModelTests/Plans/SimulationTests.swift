import Testing

@testable import HeapModel

@Suite struct SimulationTests {
  private func seconds(_ value: UInt64) -> SimulationTime { SimulationTime(microseconds: value * 1_000_000) }

  private func buffer(
    _ name: String, pages: UInt64, count: Int = 1, from start: UInt64 = 0, to end: UInt64? = nil,
    heap: String = "heap"
  ) -> PlannedBuffer {
    let time = PlannedTime(start: seconds(start), end: end.map(seconds))
    return PlannedBuffer(name: name, size: ByteCount(pages * 4096), count: count, heap: heap, time: time)
  }

  private func run(
    _ buffers: [PlannedBuffer], groups: [BufferGroup] = [], on kind: HeapKind = .cma(),
    pins: [UInt64] = [], pages: UInt64 = 256
  ) throws -> SimulationReport {
    let system = HeapSystemConfiguration.small(kind, on: .small(pages: pages, pins: pins))
    return try Simulation(plan: AllocationPlan(buffers: buffers, groups: groups), system: system).run()
  }

  @Test func reportsBuffersAndHeaps() throws {
    let odd = PlannedBuffer(
      name: "a", size: ByteCount(5000), count: 2, heap: "heap",
      time: PlannedTime(start: seconds(1), end: seconds(3)))
    let report = try run(
      [odd, buffer("b", pages: 16, from: 2)], on: .chunk(.failfast, chunkOrder: 2), pins: [200])
    #expect(report.fits)
    #expect(report.buffers.map(\.name) == ["a[0]", "a[1]", "b[0]"])
    #expect(report.buffers.map(\.result) == ["ok", "ok", "ok"])
    #expect(report.buffers.map(\.chunks) == [1, 1, 4])
    #expect(report.buffers.map(\.allocated.bytes) == [16384, 16384, 65536])
    #expect(report.buffers.map(\.requested.bytes) == [5000, 5000, 65536])
    #expect(
      report.buffers[0].ranges == [
        AddressRange(base: 4096 * 4096, size: 16384)
      ])
    let heap = try #require(report.heaps.first)
    #expect(heap.size == ByteCount(256 * 4096))
    #expect(heap.peak == ByteCount(24 * 4096))
    #expect(heap.peakAt == seconds(2))
    #expect(heap.wasted == ByteCount(2 * (16384 - 5000)))
    // Chunks at 0 and 4, the block at 16, the pin at 200.
    #expect(heap.largestFree == ByteCount((200 - 32) * 4096))
  }

  @Test func givesBackBeforeItAsks() throws {
    let fits = try run([buffer("new", pages: 256, from: 1, to: 2), buffer("old", pages: 256, to: 1)])
    #expect(fits.fits)
    let late = try run([buffer("new", pages: 256, from: 1), buffer("old", pages: 256, to: 2)])
    #expect(late.failure?.buffer == "new[0]")
    #expect(late.failure?.at == seconds(1))
  }

  @Test func keepsTheOrderOfWritingAtOneMoment() throws {
    let report = try run([buffer("a", pages: 1, count: 2), buffer("b", pages: 1), buffer("early", pages: 1)])
    #expect(report.buffers.map(\.ranges.first?.base.value) == (0..<4).map { (4096 + $0) * 4096 })
  }

  @Test func repeatsBuffersAndGroups() throws {
    var member = buffer("m", pages: 10, count: 2, from: 1)
    member.time.repetition = PlannedTime.Repetition(every: seconds(2), times: 3)
    let time = PlannedTime(
      start: seconds(10), end: seconds(14), repetition: PlannedTime.Repetition(every: seconds(100), times: 2))
    let group = BufferGroup(name: "g", time: time, buffers: [member])
    let report = try run([], groups: [group])
    // The third repetition would begin at the end of the group.
    #expect(report.buffers.map { $0.at.seconds } == [11, 11, 13, 13, 111, 111, 113, 113])
    #expect(report.buffers.last?.name == "m[7]")
    #expect(report.heaps[0].peak == ByteCount(40 * 4096))
    #expect(report.heaps[0].peakAt == seconds(13))
  }

  @Test func explainsEveryCause() throws {
    let empty = try run([buffer("a", pages: 0)])
    #expect(empty.failure?.cause == .emptyRequest)
    #expect(empty.buffers[0].result == "EINVAL")
    #expect(empty.failure?.wouldFitWith == [])

    let large = try run([buffer("a", pages: 300)])
    #expect(large.failure?.cause == .largerThanHeap)
    #expect(
      large.failure?.why == "`a[0]` needs 1.2 MiB, and heap `heap` has only 1 MiB in all")

    let full = try run([buffer("a", pages: 200), buffer("b", pages: 64)], pins: [255])
    #expect(full.failure?.cause == .heapFull)
    #expect(
      full.failure?.why
        == "`b[0]` needs 256 KiB and only 220 KiB of the 1 MiB of heap `heap` are free: buffers hold 800 KiB, "
        + "4 KiB are pinned, and 36 KiB are missing")

    let pinned = try run([buffer("a", pages: 255)], pins: [100])
    #expect(pinned.failure?.cause == .pinnedPages)
    #expect(
      pinned.failure?.why
        == "`a[0]` needs one run of 1020 KiB and 1020 KiB of heap `heap` are free, but 1 page is pinned, the first "
        + "at 0x1064000, and the longest free run is 620 KiB at 0x1065000; the one range that the heap tried was busy"
    )

    let scattered = try run([
      buffer("a", pages: 100, to: 1), buffer("b", pages: 56), buffer("c", pages: 129, from: 1),
    ])
    #expect(scattered.failure?.cause == .fragmented)
  }

  @Test func everyAdviceIsTrue() throws {
    let plan = AllocationPlan(buffers: [buffer("a", pages: 100), buffer("b", pages: 200, from: 1)])
    for kind in HeapKind.chunk(.failfast, chunkOrder: 3).alternatives() + [.chunk(.failfast, chunkOrder: 3)] {
      let system = HeapSystemConfiguration.small(kind, on: .small(pages: 256, pins: [0, 17, 40]))
      let report = try Simulation(plan: plan, system: system).run()
      let failure = try #require(report.failure)
      #expect(!failure.wouldFitWith.isEmpty)
      for advice in failure.wouldFitWith {
        var changed = system
        switch advice.change {
        case .areaSize(_, let size): changed.machine.areas[0].pages = size.bytes / 4096
        case .chunkOrder(_, let order, _):
          guard case .chunk(let variant, _) = kind else { continue }
          changed.heaps[0].kind = .chunk(variant, chunkOrder: order)
        case .kind(_, let other): changed.heaps[0].kind = other
        case .withoutHolder, .swap: Issue.record("an idle machine has no holders")
        case .poolOrder, .otherHeap: Issue.record("the heap has an area")
        }
        #expect(try Simulation(plan: plan, system: changed).run(isDetailed: false).fits, "\(advice.change)")
        if case .areaSize = advice.change {
          changed.machine.areas[0].pages -= 16
          #expect(try !Simulation(plan: plan, system: changed).run(isDetailed: false).fits)
        }
      }
    }
  }

  @Test func anotherChunkOrderOrKindCanBeTheAnswer() throws {
    let pins = (0..<16).map { UInt64($0 * 16 + 3) }
    let report = try run([buffer("a", pages: 64)], on: .chunk(.failfast, chunkOrder: 2), pins: pins)
    let changes = try #require(report.failure).wouldFitWith.map(\.change)
    #expect(changes.contains(.kind(heap: "heap", .chunk(.halving, chunkOrder: 2))))
    #expect(changes.map(\.description).contains("run heap `heap` as `halving`"))
    #expect(report.failure?.cause == .pinnedPages)
  }

  @Test func anAreaThatCannotGrowInPlaceIsTriedElsewhere() throws {
    var system = HeapSystemConfiguration.small(.cma(), on: .small(base: 4096, pages: 256))
    system.machine.areas.append(AreaConfiguration(name: "next", base: PageFrame(4352), pages: 16))
    let plan = AllocationPlan(buffers: [buffer("a", pages: 300)])
    let failure = try #require(try Simulation(plan: plan, system: system).run().failure)
    let size = ByteCount(304 * 4096)
    #expect(
      failure.wouldFitWith == [
        VerifiedChange(change: .areaSize(area: "area", size: size), verified: true)
      ])
  }

  /// The size is the smallest with which the plan fits, and never more than memory has room for.
  @Test(arguments: [
    // Behind it there is enough, or too little.
    (PageRange(4352..<4400), 304 * 4096),
    (PageRange(4352..<4390), nil),
    // Elsewhere there is enough from an address as its own on, or none such.
    (PageRange(8191..<8192 + 304), 304 * 4096),
    (PageRange(8193..<8192 + 310), nil),
    // An area at the end of its memory moves down.
    (PageRange(2048..<4096), 304 * 4096),
  ]) func anAreaGrowsWhereThereIsMemory(_ room: PageRange, _ size: UInt64?) throws {
    let system = HeapSystemConfiguration.small(.cma(), on: .small(base: 4096, pages: 256))
    let plan = AllocationPlan(buffers: [buffer("a", pages: 300)])
    let failure = try #require(try Simulation(plan: plan, system: system, room: [room]).run().failure)
    let changes = failure.wouldFitWith.map(\.change)
    #expect(changes == (size.map { [.areaSize(area: "area", size: ByteCount($0))] } ?? []))
  }

  @Test func theSameRunGivesTheSameReport() throws {
    var random = SplitMix64(seed: 7)
    let buffers = (0..<200).map { number in
      let start = UInt64.random(in: 0..<50, using: &random)
      let length = UInt64.random(in: 1..<20, using: &random)
      return buffer(
        "b\(number)", pages: UInt64.random(in: 1..<40, using: &random), from: start, to: start + length)
    }
    let first = try run(buffers, on: .chunk(.halving, chunkOrder: 1), pages: 512)
    let second = try run(buffers, on: .chunk(.halving, chunkOrder: 1), pages: 512)
    #expect(first == second)
  }

  @Test func refusesPlansThatMeanNothing() throws {
    #expect(throws: PlanError.unknownHeap(buffer: "a", heap: "no")) {
      try run([buffer("a", pages: 1, heap: "no")])
    }
    #expect(throws: PlanError.duplicateBuffer("a")) {
      try run([buffer("a", pages: 1)], groups: [BufferGroup(name: "g", buffers: [buffer("a", pages: 1)])])
    }
    #expect(throws: PlanError.badCount(buffer: "a")) { try run([buffer("a", pages: 1, count: 0)]) }
    #expect(throws: PlanError.badTime("a")) { try run([buffer("a", pages: 1, from: 2, to: 2)]) }
    #expect(throws: PlanError.tooManyBuffers) { try run([buffer("a", pages: 1, count: .max)]) }
    #expect(throws: PlanError.tooManyBuffers) {
      try run([buffer("a", pages: 1, count: 600_000), buffer("b", pages: 1, count: 600_000)])
    }
    var endless = buffer("a", pages: 1)
    endless.time.repetition = PlannedTime.Repetition(
      every: SimulationTime(microseconds: .max), times: 3)
    #expect(throws: PlanError.badTime("a")) { try run([endless]) }
    let second = SimulationTime(microseconds: 1_000_000)
    let short = BufferGroup(
      name: "g", time: PlannedTime(end: second), buffers: [buffer("b", pages: 1, from: 1)])
    #expect(throws: PlanError.badTime("b")) { try run([], groups: [short]) }
    endless.time.repetition = PlannedTime.Repetition(every: .zero, times: .max)
    #expect(throws: PlanError.tooManyBuffers) { try run([endless]) }
    var many = buffer("m", pages: 1, from: 2)
    many.time.repetition = PlannedTime.Repetition(every: .zero, times: 1_000_000)
    let often = PlannedTime(
      end: seconds(1), repetition: PlannedTime.Repetition(every: .zero, times: 1_000_000))
    #expect(throws: PlanError.tooManyBuffers) {
      try run([], groups: [BufferGroup(name: "g", time: often, buffers: [many])])
    }
    #expect(throws: PlanError.system(.unknownArea(heap: "heap", area: "no"))) {
      var system = HeapSystemConfiguration.small(.cma())
      system.heaps[0].area = "no"
      return try Simulation(plan: AllocationPlan(buffers: []), system: system)
    }
    let hostile = PlannedBuffer(name: "a", size: ByteCount(.max), heap: "heap")
    #expect(try run([hostile]).failure?.cause == .largerThanHeap)
  }

  @Test func timesAreWholeMicroseconds() {
    #expect(SimulationTime(seconds: 1.5) == SimulationTime(microseconds: 1_500_000))
    #expect(SimulationTime(seconds: 0.033333)?.seconds == 0.033333)
    for bad in [-1, Double.nan, .infinity, 1e10] { #expect(SimulationTime(seconds: bad) == nil) }
  }
}
