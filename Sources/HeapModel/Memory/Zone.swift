/// The memory of a machine beside what its heaps hold: the page allocator, per-CPU lists, watermarks and swap.
struct Zone: Sendable {
  /// The free pages.
  var buddy: BuddyAllocator
  /// Free pages that CPUs keep.
  var perCPU: PerCPULists
  /// When reclaim begins.
  let watermarks: Watermarks
  /// Who may use the free pages of areas.
  let policy: any LendingPolicy
  /// Pages that swap has room for.
  var swapLeft: Int
  /// Where the reclaimer goes on.
  var reclaimCursor = 0

  /// A zone without a free page.
  init(_ memory: MemoryConfiguration, pages: Int, mapped: Int, geometry: MemoryGeometry) {
    buddy = BuddyAllocator(pageCount: mapped, geometry: geometry)
    watermarks = Watermarks(pages: pages, pageSizeBytes: geometry.pageSizeBytes)
    // One CPU's lists may hold as many pages as lie below the low watermark; several share them.
    perCPU = PerCPULists(high: memory.cpus > 0 ? max(watermarks.low, 63 * 4) : 0)
    policy = memory.policy.policy
    swapLeft = Int(min(memory.swapPages, UInt64(Int32.max)))
  }

  /// The free pages that count for a request above the lowest watermark.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, __zone_watermark_unusable_free.
  func room(for request: PageRequest) -> Int {
    let mayUseArea = request.type == .movable && !request.isLongTerm && !policy.isOwnZone
    return (mayUseArea ? buddy.freePages : outsideFree) - watermarks.min
  }

  /// The free pages that are of no area: all that counts for the background reclaimer.
  ///
  /// - Source: Linux 6.1 mm/vmscan.c, pgdat_balanced, which asks without ALLOC_CMA.
  var outsideFree: Int { buddy.freePages - buddy.freeAreaPages }

  /// The pages that the background reclaimer has to free; nil where it sleeps.
  var missingPages: Int? { outsideFree < watermarks.low ? watermarks.high - outsideFree : nil }

  /// The pages that can be given out before the background reclaimer wakes.
  var roomAboveLow: Int { outsideFree - watermarks.low }

  /// Whether the first pages of a run that is freed go past the per-CPU lists, and how many pages share that way.
  func wayOfFirst(of run: Range<Int>) -> (bypassesLists: Bool, pages: Range<Int>) {
    if buddy.isolated.overlaps(run) { return (true, run) }
    guard !policy.sharesPerCPULists else { return (false, run) }
    let isArea = buddy.type(of: run.lowerBound) == .cma
    var end = run.lowerBound
    while end < run.upperBound, (buddy.type(of: end) == .cma) == isArea {
      end = (end >> buddy.blockOrder + 1) << buddy.blockOrder
    }
    return (isArea, run.lowerBound..<min(end, run.upperBound))
  }

  /// Takes free pages that lie behind each other, from the lists that a request may use.
  mutating func takeRun(for request: PageRequest, limit: Int) -> Range<Int>? {
    let free = FreePageCounts(all: buddy.freePages, area: buddy.freeAreaPages)
    let sources =
      request.prefersArea ? PageSources(.areaThenOwn) : policy.sources(for: request, free: free)
    // A CPU fetches pages in batches, so that the rule is asked once for so many.
    let limit = min(limit, max(sources.pages, perCPU.batch / 2))
    let own = request.type
    switch sources.order {
    case .own: break
    case .ownThenArea:
      if let run = buddy.takeRun(own, limit: limit) ?? buddy.takeRun(.cma, limit: limit) { return run }
    case .areaThenOwn:
      if let run = buddy.takeRun(.cma, limit: limit) { return run }
    }
    if let run = buddy.takeRun(own, limit: limit) { return run }
    return buddy.steal(for: own, order: 0) ? buddy.takeRun(own, limit: limit) : nil
  }

  /// Takes the page that was freed last, where the request may have it.
  mutating func takeCached(for request: PageRequest) -> Int? {
    guard request.type == .movable else { return nil }
    return perCPU.take { page in
      switch buddy.type(of: page) {
      case .movable: true
      case .cma: !request.isLongTerm
      case .unmovable, .reclaimable, .isolated: false
      }
    }
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

  /// Keeps the parts as they are; ``Machine/init(_:)`` checks them.
  public init(
    ranges: [PageRange], cpus: Int = 1, policy: LendingPolicyKind = .halfFree, swapPages: UInt64 = 0
  ) {
    self.ranges = ranges
    self.cpus = cpus
    self.policy = policy
    self.swapPages = swapPages
  }
}
