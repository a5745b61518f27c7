/// Finds changes of a system with which a plan fits that did not; every answer has been run.
///
/// The work is bounded by a number of events over all runs: a plan near ``AllocationPlan/instancesMax`` gets the
/// answers that were found by then. So is the work, as that of a run.
public struct SizeAdvisor: Sendable {
  private let timeline: PlanTimeline
  private let system: HeapSystemConfiguration
  private var eventsLeft: Int
  private var pressure: Pressure?
  /// The page frames that areas may have beside their own; nil for any.
  private let room: [PageRange]?
  private let seed: UInt64
  /// What is left of the work of all runs.
  private var workLeft: UInt64

  /// The most events that one advisor runs.
  public static let eventsMax = 4_000_000

  init(
    timeline: PlanTimeline, system: HeapSystemConfiguration, pressure: Pressure? = nil,
    room: [PageRange]? = nil, seed: UInt64 = 1, work: UInt64 = WorkMeter.workMax
  ) {
    self.timeline = timeline
    self.system = system
    self.pressure = pressure
    self.room = room
    self.seed = seed
    eventsLeft = Self.eventsMax
    workLeft = work
  }

  /// Whether the events or the work are used up, so that some changes were not tried to the end.
  public var isExhausted: Bool { eventsLeft == 0 || workLeft == 0 }

  /// The changes with which the whole plan fits: the smallest area, then the nearest chunk order, then every other kind
  /// of heap.
  ///
  /// - Parameter heap: the heap that refused a buffer, by its place in the configuration.
  /// - Returns: nothing where no change was found, or no heap is there.
  public mutating func changes(onHeapAt heap: Int) -> [VerifiedChange] {
    guard system.heaps.indices.contains(heap) else { return [] }
    let configuration = system.heaps[heap]
    var changes: [SystemChange] = []
    if let area = configuration.area, let size = smallestArea(named: area) {
      changes.append(.areaSize(area: area, size: size))
    }
    if case .chunk(let variant, let order) = configuration.kind {
      let fitting = nearestOrders(to: order).first { other in
        fits(replacing: heap, with: .chunk(variant, chunkOrder: other))
      }
      if let fitting {
        let chunk = ByteCount(system.machine.geometry.pageSizeBytes << UInt64(fitting))
        changes.append(.chunkOrder(heap: configuration.name, order: fitting, chunkSize: chunk))
      }
    }
    changes += changesOfPool(at: heap)
    for kind in configuration.kind.alternatives() where fits(replacing: heap, with: kind) {
      changes.append(.kind(heap: configuration.name, kind))
    }
    changes += otherHeaps(insteadOf: heap)
    changes += changesOfPressure()
    return changes.map { VerifiedChange(change: $0, verified: true) }
  }

  /// The nearest order of compound pages with which a pool is enough.
  private mutating func changesOfPool(at heap: Int) -> [SystemChange] {
    guard case .compoundPool(let settings) = system.heaps[heap].kind else { return [] }
    let orders = nearestOrders(to: settings.order).filter {
      (1..<system.machine.geometry.maxOrder).contains($0)
    }
    let fitting = orders.first { order in
      var changed = settings
      changed.order = order
      return fits(replacing: heap, with: .compoundPool(changed))
    }
    guard let fitting else { return [] }
    let size = ByteCount(system.machine.geometry.pageSizeBytes << UInt64(fitting))
    return [.poolOrder(heap: system.heaps[heap].name, order: fitting, size: size)]
  }

  /// The most heaps that are tried in place of one of all memory.
  private static let otherHeapsMax = 8

  /// The heaps with areas that have room for the buffers of one of all memory.
  private mutating func otherHeaps(insteadOf heap: Int) -> [SystemChange] {
    guard !system.heaps[heap].kind.hasArea else { return [] }
    let others = system.heaps.filter(\.kind.hasArea).prefix(Self.otherHeapsMax)
    return others.filter { other in
      var changed = system
      changed.heaps[heap].area = other.area
      changed.heaps[heap].kind = other.kind
      return fits(changed)
    }.map { .otherHeap(heap: system.heaps[heap].name, instead: $0.name) }
  }

  /// Which of those beside the heaps stands in the way, and whether swap would make room.
  private mutating func changesOfPressure() -> [SystemChange] {
    guard let given = pressure else { return [] }
    defer { pressure = given }
    var changes: [SystemChange] = []
    for place in given.holders.indices {
      var less = given
      let name = less.holders.remove(at: place).name
      pressure = less
      if fits(system) { changes.append(.withoutHolder(name)) }
    }
    let memory = given.memory.ranges.reduce(0) { $0 + min($1.count, PageMap.pagesMax) }
    if given.memory.swapPages == 0, let size = system.machine.geometry.bytes(ofPages: memory / 4) {
      pressure = given
      var more = system
      more.machine.memory?.swapPages = memory / 4
      if fits(more) { changes.append(.swap(ByteCount(size))) }
    }
    return changes
  }

  /// The smallest size of an area, in whole pageblocks and not below its own, with which the plan fits.
  ///
  /// Found by halving between its own size and one that holds every buffer twice; where a larger area can fit less than
  /// a smaller one (alignment can make it so) it is a size that fits, and one pageblock less does not. An area that has
  /// no room to grow at its place is tried elsewhere in the memory of the machine.
  ///
  /// - Parameter name: of the area.
  /// - Returns: nil where the area is unknown, no size fits, or the events are used up.
  public mutating func smallestArea(named name: String) -> ByteCount? {
    let geometry = system.machine.geometry
    guard let place = system.machine.areas.firstIndex(where: { $0.name == name }) else { return nil }
    let area = system.machine.areas[place]
    if fits(system) { return geometry.bytes(ofPages: area.pages).map(ByteCount.init) }
    let block = geometry.pageblockPages
    let demand = peakDemand(onArea: name)
    let enough = demand.multipliedReportingOverflow(by: 2)
    let twice = enough.overflow ? UInt64.max : enough.partialValue
    let sum = twice.addingReportingOverflow(area.pages)
    let room = AreaRoom(of: area, on: system.machine, beside: room)
    let most = min(sum.overflow ? UInt64.max : sum.partialValue, PageMap.pagesMax, room.pagesMax)
    var failing = area.pages / block
    var fitting = most / block
    guard fitting > failing, fits(resizing: place, in: room, toPages: fitting * block) else { return nil }
    while fitting - failing > 1 {
      let middle = failing + (fitting - failing) / 2
      if fits(resizing: place, in: room, toPages: middle * block) {
        fitting = middle
      } else {
        failing = middle
      }
    }
    return isExhausted ? nil : geometry.bytes(ofPages: fitting * block).map(ByteCount.init)
  }

  /// The pages that the buffers of all heaps on an area hold at most at one time, each rounded up to whole pageblocks
  /// and whole chunks.
  private func peakDemand(onArea name: String) -> UInt64 {
    var now: UInt64 = 0
    var peak: UInt64 = 0
    for (_, event) in timeline.events {
      switch event {
      case .allocate(let number):
        let (sum, overflow) = now.addingReportingOverflow(demand(of: number, onArea: name))
        if overflow { return .max }
        now = sum
        peak = max(peak, now)
      case .free(let number):
        now -= demand(of: number, onArea: name)
      }
    }
    return peak
  }

  private func demand(of number: Int, onArea name: String) -> UInt64 {
    let instance = timeline.instances[number]
    let heap = system.heaps[instance.heap]
    guard heap.area == name else { return 0 }
    let geometry = system.machine.geometry
    let chunk = heap.kind.chunkPages(geometry)
    let pages = geometry.blocks(holding: instance.size.bytes, order: 0)
    // Page counts are below 2^52, so that two roundings up cannot overflow.
    let inChunks = (pages + chunk - 1) / chunk * chunk
    return (inChunks + geometry.pageblockPages - 1) / geometry.pageblockPages * geometry.pageblockPages
  }

  private func nearestOrders(to order: Int) -> [Int] {
    let highest = max(system.machine.geometry.maxOrder - 1, system.machine.geometry.pageblockOrder)
    return (0...highest).filter { $0 != order }.sorted { (abs($0 - order), $0) < (abs($1 - order), $1) }
  }

  private mutating func fits(replacing heap: Int, with kind: HeapKind) -> Bool {
    var changed = system
    changed.heaps[heap].kind = kind
    return fits(changed)
  }

  /// Tries the plan with an area of another size at a place that has room for it.
  private mutating func fits(resizing place: Int, in room: AreaRoom, toPages pages: UInt64) -> Bool {
    guard let base = room.place(ofPages: pages) else { return false }
    var changed = system
    changed.machine.areas[place].pages = pages
    changed.machine.areas[place].base = base
    let old = system.machine.areas[place]
    if base != old.base, let left = PageRange(first: old.base, count: old.pages) {
      changed.machine.memory?.ranges.append(left)
    }
    return fits(changed)
  }

  /// Runs the plan up to the first buffer that is refused, or until the events are used up, which is no fit.
  private mutating func fits(_ candidate: HeapSystemConfiguration) -> Bool {
    guard !isExhausted, let start = try? HeapSystem(candidate) else { return false }
    var run = SimulationRun(
      timeline: timeline, start: PreparedStart(start, pressure), meter: WorkMeter(start, limit: workLeft),
      seed: seed, keepsReports: false)
    defer { workLeft = run.meter.left }
    while run.failure == nil {
      guard eventsLeft > 0 else { return false }
      eventsLeft -= 1
      guard run.step() else { return run.isComplete }
    }
    return false
  }
}
