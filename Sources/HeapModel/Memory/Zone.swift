/// The memory of a machine beside what its heaps hold: the page allocator, per-CPU lists, watermarks and swap.
///
/// That of an idle machine has no pages.
struct Zone: Sendable {
  /// The free pages.
  var buddy: BuddyAllocator
  /// Free pages that CPUs keep.
  var perCPU: PerCPULists
  /// Free pages of areas that CPUs keep, where they have lists of their own.
  var areaLists: PerCPULists
  /// Free huge pages that CPUs keep.
  var huge: HugePageLists
  /// When reclaim begins; where areas are a zone of their own, outside them.
  let watermarks: Watermarks
  /// When reclaim begins for those who may use areas, where areas are a zone of their own.
  let areaWatermarks: Watermarks
  /// Who may use the free pages of areas.
  let policy: any LendingPolicy
  /// The pages of areas, in ascending order; areas that share pages or touch are one range.
  let areas: [Range<Int>]
  /// What can be swapped out, and what has been.
  var swap: Swap
  /// The lent pages that may be reclaimed, by age.
  var queues = ReclaimQueues()
  /// Whether the reclaimer leaves the pages of areas alone, for they do not help whoever waits.
  private(set) var sparesAreas = false

  /// A zone without a free page.
  init(
    _ memory: MemoryConfiguration, pages: Int, mapped: Int, areas: [Range<Int>], geometry: MemoryGeometry
  ) {
    buddy = BuddyAllocator(pageCount: mapped, geometry: geometry)
    let areas = areas.joinedRanges()
    for area in areas { buddy.setArea(area) }
    self.areas = areas
    policy = memory.policy.policy
    let all = Watermarks(pages: pages, pageSizeBytes: geometry.pageSizeBytes)
    let areaPages = areas.reduce(0) { $0 + $1.count }
    watermarks = policy.isOwnZone ? all.share(of: pages - areaPages, in: pages) : all
    areaWatermarks = all.share(of: areaPages, in: pages)
    // One CPU's lists may hold as many pages as lie below the low watermark; several share them.
    let high = memory.cpus > 0 ? max(all.low, 63 * 4) : 0
    perCPU = PerCPULists(high: high)
    // The pages of guaranteed areas are none of the page allocator's.
    areaLists = PerCPULists(high: policy.sharesPerCPULists || policy.keepsDroppedPages ? 0 : high)
    huge = HugePageLists(
      order: geometry.hugePageOrder, high: high, isShared: policy.sharesHugeLists)
    swap = Swap(memory)
  }

  /// The zone of an idle machine.
  init(idle geometry: MemoryGeometry) {
    self.init(
      MemoryConfiguration(ranges: [], cpus: 0), pages: 0, mapped: 0, areas: [], geometry: geometry)
  }

  // MARK: Watermarks

  /// Whether a request may have pages of areas at all (ALLOC_CMA).
  private func mayUseAreas(_ request: PageRequest) -> Bool { sources(for: request).order != .own }

  /// The free pages that count for a request above the lowest watermark.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, __zone_watermark_unusable_free.
  func room(for request: PageRequest) -> Int {
    guard mayUseAreas(request) else { return outsideFree - watermarks.min }
    guard policy.isOwnZone else { return buddy.freePages - watermarks.min }
    return max(outsideFree - watermarks.min, buddy.freeAreaPages - areaWatermarks.min)
  }

  /// The free pages that are of no area: all that counts for the background reclaimer.
  ///
  /// - Source: Linux 6.1 mm/vmscan.c, pgdat_balanced, which asks without ALLOC_CMA.
  var outsideFree: Int { buddy.freePages - buddy.freeAreaPages }

  /// The pages that the background reclaimer has to free; nil where it sleeps.
  ///
  /// Where areas are a zone of their own, whoever may use them wakes it only when they are used up too.
  func missingPages(for request: PageRequest) -> Int? {
    guard outsideFree < watermarks.low else { return nil }
    if policy.isOwnZone, buddy.freeAreaPages >= areaWatermarks.low, mayUseAreas(request) { return nil }
    return watermarks.high - outsideFree
  }

  /// The pages that can be given out before the background reclaimer wakes.
  func roomAboveLow(for request: PageRequest) -> Int {
    let outside = outsideFree - watermarks.low
    guard policy.isOwnZone, mayUseAreas(request) else { return outside }
    return max(outside, buddy.freeAreaPages - areaWatermarks.low)
  }

  /// Makes the reclaimer look where it helps a request.
  mutating func aimReclaim(at request: PageRequest) {
    sparesAreas = policy.isOwnZone && !mayUseAreas(request)
  }

  /// The end of the first part of a run of which the reclaimer may free all pages or none, and which of the two: those
  /// that are isolated stay, and those of areas that it leaves alone.
  func reclaimablePart(of run: Range<Int>) -> (end: Int, isReclaimable: Bool) {
    let (end, isSpared) = sparesAreas ? part(of: run) : (run.upperBound, false)
    let isolated = buddy.isolated
    if isolated.contains(run.lowerBound) { return (min(end, isolated.upperBound), false) }
    return (isolated.lowerBound > run.lowerBound ? min(end, isolated.lowerBound) : end, !isSpared)
  }

  /// The end of the first part of a run that lies in an area, or that does not.
  ///
  /// - Complexity: O(log n) in the number of areas.
  func part(of run: Range<Int>) -> (end: Int, isOfArea: Bool) {
    var (low, high) = (0, areas.count)
    while low < high {
      let middle = (low + high) / 2
      if areas[middle].upperBound <= run.lowerBound { low = middle + 1 } else { high = middle }
    }
    guard low < areas.count, areas[low].lowerBound < run.upperBound else { return (run.upperBound, false) }
    let area = areas[low]
    let isOfArea = area.lowerBound <= run.lowerBound
    return (min(run.upperBound, isOfArea ? area.upperBound : area.lowerBound), isOfArea)
  }

  // MARK: Per-CPU lists

  /// Which lists of single pages.
  enum CPULists {
    /// For all pages, or for those outside areas where areas have lists of their own.
    case shared
    /// For pages of areas, where they have lists of their own.
    case areas
  }

  subscript(lists: CPULists) -> PerCPULists {
    get { lists == .shared ? perCPU : areaLists }
    _modify { if lists == .shared { yield &perCPU } else { yield &areaLists } }
  }

  /// Whether pages that are freed go past the per-CPU lists.
  func bypassesLists(_ run: Range<Int>) -> Bool { buddy.isolated.overlaps(run) }

  /// The pages on the lists of CPUs, in nobody's use.
  var cachedPages: [Int] {
    perCPU.pages + areaLists.pages + huge.pages.flatMap { $0..<$0 + 1 << huge.order }
  }

  /// Takes pages off the end of the per-CPU lists, where the request may have them.
  ///
  /// - Returns: pages that were freed behind each other, to be used from the last to the first.
  mutating func takeCached(for request: PageRequest, limit: Int) -> Range<Int>? {
    guard request.type == .movable else { return nil }
    if !policy.sharesPerCPULists, sources(for: request).order == .areaThenOwn {
      if let run = areaLists.newest {
        // What an attempt isolates is not to be had.
        guard buddy.type(of: run.upperBound - 1) != .isolated else { return nil }
        return areaLists.takeNewest(min(run.count, limit))
      }
      // The other lists are for others, until nothing of areas is left.
      if buddy.freeAreaPages > 0 { return nil }
    }
    guard let run = perCPU.newest else { return nil }
    let last = run.upperBound - 1
    switch buddy.type(of: last) {
    case .movable: break
    case .cma where !request.isLongTerm: break
    case .cma, .unmovable, .reclaimable, .isolated: return nil
    }
    // Pages of one pageblock are all of one type.
    let first = max(run.lowerBound, last & ~(1 << buddy.blockOrder - 1))
    return perCPU.takeNewest(min(run.upperBound - first, limit))
  }

  // MARK: Free pages

  /// Where a page for a request is looked for.
  private func sources(for request: PageRequest) -> PageSources {
    if request.prefersArea { return PageSources(.areaThenOwn) }
    return policy.sources(
      for: request, free: FreePageCounts(all: buddy.freePages, area: buddy.freeAreaPages))
  }

  /// Takes free pages that lie behind each other, from the lists that a request may use.
  mutating func takeRun(for request: PageRequest, limit: Int) -> Range<Int>? {
    let sources = sources(for: request)
    // A CPU fetches pages in batches, so that the rule is asked once for so many.
    let limit = min(limit, max(sources.pages, perCPU.batch / 2))
    if policy.isOwnZone, sources.order == .areaThenOwn {
      return takeRunOfZones(for: request, limit: limit)
    }
    let own = request.type
    switch sources.order {
    case .own: break
    case .ownThenArea:
      if let run = buddy.takeRun(own, limit: limit) ?? buddy.takeRun(.cma, limit: limit) { return run }
    case .areaThenOwn:
      if let run = buddy.takeRun(.cma, limit: limit) { return run }
    }
    return takeOwnRun(own, limit: limit)
  }

  private mutating func takeOwnRun(_ type: MigrateType, limit: Int) -> Range<Int>? {
    if let run = buddy.takeRun(type, limit: limit) { return run }
    return buddy.steal(for: type, order: 0) ? buddy.takeRun(type, limit: limit) : nil
  }

  /// Takes pages of the first zone in which enough are free, down to the low watermark of each and then to the lowest.
  ///
  /// - Source: Linux 4.6 mm/page_alloc.c, get_page_from_freelist over the list of zones.
  private mutating func takeRunOfZones(for request: PageRequest, limit: Int) -> Range<Int>? {
    for (areaMark, mark) in [
      (areaWatermarks.low, watermarks.low), (areaWatermarks.min, watermarks.min),
    ] {
      let inAreas = min(limit, buddy.freeAreaPages - areaMark)
      if inAreas > 0, let run = buddy.takeRun(.cma, limit: inAreas) { return run }
      let outside = min(limit, outsideFree - mark)
      if outside > 0, let run = takeOwnRun(request.type, limit: outside) { return run }
    }
    return nil
  }

  // MARK: Huge pages

  /// Takes a huge page: off a CPU's list, or from the page allocator.
  ///
  /// - Source: Linux 6.12 mm/page_alloc.c, rmqueue; a page that is fetched ahead for the list is left out.
  mutating func takeHugePage(for request: PageRequest) -> HugePageLists.Entry? {
    guard request.type == .movable, !request.isLongTerm else { return nil }
    let order = sources(for: request).order
    let entry = findHugePage(order)
    huge.note(entry, wantsArea: order == .areaThenOwn)
    return entry
  }

  private mutating func findHugePage(_ order: PageSources.Order) -> HugePageLists.Entry? {
    let wantsArea = order == .areaThenOwn
    if let entry = huge.take(inAreas: wantsArea) { return entry }
    if wantsArea {
      if let page = buddy.takeBlock(.cma, order: huge.order) {
        return HugePageLists.Entry(page: page, isOfArea: true)
      }
      if let entry = huge.take(inAreas: false) { return entry }
    }
    if let page = buddy.takeBlock(.movable, order: huge.order) {
      return HugePageLists.Entry(page: page, isOfArea: false)
    }
    if order == .ownThenArea, let page = buddy.takeBlock(.cma, order: huge.order) {
      return HugePageLists.Entry(page: page, isOfArea: true)
    }
    guard buddy.steal(for: .movable, order: huge.order) else { return nil }
    return buddy.takeBlock(.movable, order: huge.order).map {
      HugePageLists.Entry(page: $0, isOfArea: false)
    }
  }

  /// Puts a huge page that is freed on the list of a CPU.
  ///
  /// - Returns: the huge pages that go to the page allocator.
  mutating func keepHugePage(_ page: Int) -> [Range<Int>] {
    huge.free(page, isOfArea: buddy.type(of: page) == .cma)
  }
}

/// The memory of a board, in which pages are lent out.
public struct MemoryConfiguration: Hashable, Sendable {
  /// The page frames of all memory that the kernel has; what an area covers belongs to it too.
  public var ranges: [PageRange]
  /// The CPUs whose lists keep free pages; 0 for a machine without such lists.
  public var cpus: Int
  /// Who may use the free pages of areas.
  public var policy: LendingPolicyKind
  /// Pages that can be swapped out.
  public var swapPages: UInt64
  /// Where they go.
  public var swapKind: SwapKind
  /// The pages that are compressed into one where they stay in memory, from 1 to ``SwapKind/compressionMax``.
  public var swapCompression: Int

  /// Keeps the parts as they are; ``Machine/init(_:)`` checks them.
  public init(
    ranges: [PageRange], cpus: Int = 1, policy: LendingPolicyKind = .halfFree, swapPages: UInt64 = 0,
    swapKind: SwapKind = .disk, swapCompression: Int = SwapKind.compression
  ) {
    self.ranges = ranges
    self.cpus = cpus
    self.policy = policy
    self.swapPages = swapPages
    self.swapKind = swapKind
    self.swapCompression = swapCompression
  }
}
