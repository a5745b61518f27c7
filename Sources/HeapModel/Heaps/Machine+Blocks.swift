/// How much the page allocator does for a block of pages that is not free.
public enum BlockEffort: Hashable, Sendable {
  /// Nothing, and the background reclaimer is not woken: `__GFP_RECLAIM` is left out.
  case immediate
  /// One round of reclaim, where so much is free that moving pages is thought worth it: `__GFP_NORETRY`.
  case once
  /// One round of reclaim, then moving pages out of a block: what large blocks get without further flags.
  case moderate
  /// Reclaim until nothing is left to be had, as for single pages.
  case lasting
}

/// Where direct compaction goes on, and when it is not tried again, because it has failed before.
///
/// - Source: Linux 6.1 mm/compaction.c, defer_compaction, compaction_deferred and compaction_defer_reset.
struct CompactionState: Sendable {
  /// The page behind the last block that was emptied.
  private(set) var cursor = 0
  private var considered = 0
  private var shift = 0
  private var failedOrder = Int.max

  /// Whether a try is left out; counts it.
  mutating func skips(order: Int) -> Bool {
    guard order >= failedOrder else { return false }
    considered = min(considered + 1, 1 << shift)
    return considered < 1 << shift
  }

  mutating func noteFailure(order: Int) {
    cursor = 0
    considered = 0
    shift = min(shift + 1, 6)
    failedOrder = min(failedOrder, order)
  }

  mutating func noteSuccess(order: Int, behind page: Int) {
    cursor = page
    considered = 0
    shift = 0
    if order >= failedOrder { failedOrder = order + 1 }
  }
}

/// Blocks of pages that nothing moves, for heaps without an area.
extension Machine {
  /// The pages of the machine: what the kernel calls all of its RAM.
  public var memoryPages: UInt64 { pages.extentPages.reduce(0) { $0 + UInt64($1.count) } }

  /// The pages that are of no area; 0 on an idle machine of areas alone.
  ///
  /// - Complexity: O((extents + areas) areas).
  public var pagesOutsideAreas: UInt64 { outsideAreas.reduce(0) { $0 + UInt64($1.count) } }

  /// The length of the longest run of free pages outside areas.
  ///
  /// - Complexity: O(r log n) for r runs.
  public var longestFreeRunOutsideAreas: UInt64 {
    outsideAreas.map { UInt64(pages.taken.longestClearRun(in: $0).count) }.max() ?? 0
  }

  /// The pages of no area, by number.
  var outsideAreas: [Range<Int>] {
    areas.compactMap { pages.numbers(of: $0.pages) }.reduce(pages.extentPages) { rest, area in
      rest.flatMap { $0.subtracting(area) }
    }
  }

  /// Takes a block of 2^`order` pages outside areas.
  ///
  /// - Parameters:
  ///   - order: from 0; above the largest of the page allocator there is none.
  ///   - effort: what to do where none is free.
  /// - Returns: the numbers of the pages, or nil.
  /// - Source: Linux 6.1 mm/page_alloc.c, __alloc_pages_slowpath.
  mutating func takeBlock(order: Int, effort: BlockEffort) -> Range<Int>? {
    guard lendsPages, (0...zone.buddy.orderMax).contains(order) else { return nil }
    if effort != .immediate { balance(for: PageRequest(.unmovable)) }
    if let block = freeBlock(order) { return block }
    switch effort {
    case .immediate: return nil
    case .once: return isCompactionSuitable(order) ? reclaimedBlock(order) : nil
    case .moderate: return reclaimedBlock(order) ?? compactedBlock(order)
    case .lasting:
      while drainLists() > 0 || reclaim(32, isBackground: false) > 0 {
        if let block = freeBlock(order) { return block }
      }
      return nil
    }
  }

  private mutating func freeBlock(_ order: Int) -> Range<Int>? {
    allocateBlock(order: order, for: PageRequest(.unmovable), lot: .none)
  }

  /// Reclaims once as much as a block and a half again hold, and asks again.
  private mutating func reclaimedBlock(_ order: Int) -> Range<Int>? {
    let freed = reclaim(max(32, 2 << order), isBackground: false)
    guard drainLists() + freed > 0 else { return nil }
    return freeBlock(order)
  }

  /// Gives pages back that ``takeBlock(order:effort:)`` gave out; large blocks go past the per-CPU lists.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, free_the_page and PAGE_ALLOC_COSTLY_ORDER.
  mutating func giveBackPages(_ run: Range<Int>) {
    guard run.count > 8 else {
      work.add(.freePage, run.count)
      return freePages(run, of: .none)
    }
    work.add(.freePage)
    pages.free(run)
    zone.buddy.free(run)
  }

  /// Gives a range of frames back.
  mutating func giveBackPages(_ range: PageRange) {
    guard let numbers = pages.numbers(of: range), !numbers.isEmpty else { return }
    giveBackPages(numbers)
  }

  // MARK: Compaction

  /// Whether enough is free to copy pages to.
  ///
  /// - Source: Linux 6.1 mm/compaction.c, __compaction_suitable.
  private func isCompactionSuitable(_ order: Int) -> Bool {
    zone.buddy.freePages > zone.watermarks.low + 2 << order
  }

  /// The blocks that are tried before compaction gives up.
  private static let compactedBlocksMax = 8

  /// Moves the pages out of a block outside areas that holds none but movable ones: the first behind the last.
  ///
  /// - Source: Linux 6.1 mm/compaction.c, try_to_compact_pages; the block is emptied as a contiguous range is.
  private mutating func compactedBlock(_ order: Int) -> Range<Int>? {
    guard order > 0, pages.holdsLent, !zone.policy.keepsDroppedPages, isCompactionSuitable(order),
      !compaction.skips(order: order)
    else { return nil }
    let cursor = compaction.cursor
    let ranges = outsideAreas
    let rounds =
      ranges.map { $0.clamped(to: cursor..<max(cursor, $0.upperBound)) }
      + ranges.map { $0.clamped(to: 0..<cursor) }
    var tries = 0
    for range in rounds where !range.isEmpty {
      var start = (range.lowerBound + 1 << order - 1) & ~(1 << order - 1)
      while start + 1 << order <= range.upperBound, tries < Self.compactedBlocksMax {
        let block = start..<start + 1 << order
        start = block.upperBound
        guard isVacatable(block) else { continue }
        tries += 1
        guard case .claimed = claim(pages.frames(of: block), mode: .noRetry) else { continue }
        compaction.noteSuccess(order: order, behind: block.upperBound)
        return block
      }
    }
    compaction.noteFailure(order: order)
    return nil
  }

  /// Whether every page of a block is free or can be moved.
  private func isVacatable(_ block: Range<Int>) -> Bool {
    var page = block.lowerBound
    while page < block.upperBound {
      let (number, end) = pages.lots.run(from: page, limit: block.upperBound)
      if number == .none {
        if let taken = pages.taken.nextSet(from: page), taken < end { return false }
      } else {
        let lot = pages.lots[number]
        guard lot.canBeIsolated, lot.reference == .none, lot.pageClass != .writeback else { return false }
      }
      page = end
    }
    return true
  }
}
