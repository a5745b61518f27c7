extension Machine {
  /// Tries one range of pages behind the back of the area's bitmap.
  ///
  /// - Parameters:
  ///   - range: from 1 page; a frame that the map does not know is busy.
  ///   - mode: how hard to try.
  /// - Returns: claimed, or what was in the way. An attempt that fails has still moved what it could.
  /// - Complexity: O(log n + pages / 64) on a machine that lends nothing; else what the steps touch.
  /// - Source: Linux 6.1 mm/page_alloc.c, alloc_contig_range.
  public mutating func claim(_ range: PageRange, mode: any RangeMode) -> RangeAnswer {
    guard triesMade < Self.triesMax else {
      return .busy(BusyRange(first: range.first, last: range.first, lot: nil))
    }
    triesMade += 1
    work.add(.attempt)
    guard lendsPages else { return pages.claim(range) }
    guard let numbers = pages.numbers(of: range), !numbers.isEmpty else {
      return .busy(BusyRange(first: range.first, last: range.first, lot: nil))
    }
    if zone.policy.keepsDroppedPages { return evict(numbers) }
    isolate(blocks(around: numbers))
    if mode.lists != .kept {
      drainLists()
      work.add(.drainLists)
      work.add(.drainBatches)
    }
    let evacuation = evacuate(numbers, mode)
    let answer: RangeAnswer
    if case .noMemory(let page) = evacuation {
      answer = .noMemory(busy(from: page, in: numbers))
    } else if let busy = pages.busyPages(in: numbers) {
      answer = .busy(busy)
    } else {
      take(numbers)
      answer = .claimed
    }
    restore()
    return answer
  }

  private func busy(from page: Int, in range: Range<Int>) -> BusyRange {
    pages.busyPages(in: page..<range.upperBound)
      ?? BusyRange(first: pages.frame(of: page), last: pages.frame(of: page), lot: nil)
  }

  /// The whole pageblocks around a range.
  private func blocks(around range: Range<Int>) -> Range<Int> {
    let mask = 1 << zone.buddy.blockOrder - 1
    return range.lowerBound & ~mask..<(range.upperBound + mask) & ~mask
  }

  private mutating func isolate(_ blocks: Range<Int>) {
    let limit = min(blocks.upperBound, pages.pageCount)
    takeOut(blocks.lowerBound..<limit)
    zone.buddy.isolated = blocks
    let order = zone.buddy.blockOrder
    work.add(.isolateFirstBlock)
    work.add(.isolateBlock, blocks.count >> order - 1)
    guard !pages.lots.isEmpty else { return }
    var lent = 0
    for first in stride(from: blocks.lowerBound, to: limit, by: 1 << order)
    where pages.lots.holdsLent(in: first..<min(first + 1 << order, limit)) {
      lent += 1
    }
    work.add(.isolateFirstLentBlock, min(lent, 1))
    work.add(.isolateLentBlock, max(lent - 1, 0))
  }

  /// Gives the isolated pageblocks back to their lists, behind what is there.
  private mutating func restore() {
    let blocks = zone.buddy.isolated
    zone.buddy.isolated = 0..<0
    let limit = min(blocks.upperBound, pages.pageCount)
    var page = blocks.lowerBound
    while let run = pages.nextFreeRun(from: page, limit: limit) {
      zone.buddy.free(run, atTail: true)
      page = run.upperBound
    }
    work.add(.restoreBlock, blocks.count >> zone.buddy.blockOrder)
  }

  /// Takes the free pages of a range off their lists; they stay free in the map.
  mutating func takeOut(_ range: Range<Int>) {
    var page = range.lowerBound
    while let run = pages.nextFreeRun(from: page, limit: range.upperBound) {
      zone.buddy.takeOut(run, splittingAt: range)
      page = run.upperBound
    }
  }

  /// Leaves the free lists as attempts do that are counted and not made: at a range and at those behind it up to an
  /// end, none of which moves a page. What they isolate goes to the end of its lists, the highest block last.
  mutating func passOver(_ range: PageRange, to end: UInt64) {
    guard lendsPages, end > range.frames.upperBound, !zone.policy.keepsDroppedPages,
      let numbers = pages.numbers(of: PageRange(range.frames.lowerBound..<end))
    else { return }
    let before = work
    isolate(blocks(around: numbers))
    restore()
    work = before
  }

  /// Takes an isolated range whose pages are all free; what is left of split blocks behind it is freed page by page.
  private mutating func take(_ range: Range<Int>) {
    let end = pages.endOfFreeBlock(
      holding: range.upperBound - 1, within: zone.buddy.isolated, orderMax: zone.buddy.orderMax)
    pages.take(range)
    work.add(.takePage, range.count)
    work.add(.returnTail, max(0, end - range.upperBound))
  }

  // MARK: Evacuation

  private enum Evacuation {
    /// The walk went through the range, or stopped at pages that stay.
    case ended
    /// No page could be had to copy this one to.
    case noMemory(Int)
  }

  /// Pages that are moved together.
  ///
  /// - Source: Linux 6.1 COMPACT_CLUSTER_MAX.
  private static let batch = 32

  /// Empties a range: drops what is clean and copies the rest elsewhere, in batches of at most 32 pages.
  ///
  /// A page that stays ends the walk with its batch; what lies behind it is not looked at. A page that cannot be
  /// isolated is passed over.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, __alloc_contig_migrate_range.
  private mutating func evacuate(_ range: Range<Int>, _ mode: any RangeMode) -> Evacuation {
    guard !pages.lots.isEmpty else { return .ended }
    var isolated = 0
    var isStuck = false
    defer {
      work.add(.isolatePage, isolated)
      work.add(.round, max(1, (isolated + Self.batch - 1) / Self.batch))
    }
    var page = range.lowerBound
    while let start = pages.taken.nextSet(from: page), start < range.upperBound {
      let (number, end) = pages.lots.run(from: start, limit: range.upperBound)
      page = end
      guard number != .none else { continue }
      let lot = pages.lots[number]
      guard lot.canBeIsolated else { continue }
      let attempts = mode.attempts(on: lot)
      var first = start
      while first < end {
        if isStuck, isolated % Self.batch == 0 { return .ended }
        let toBatchEnd = Self.batch - isolated % Self.batch
        let last = isStuck || attempts != nil ? min(end, first + toBatchEnd) : end
        if let attempts {
          work.add(.failedAttempt, (last - first) * attempts)
          isStuck = true
        } else if let stopped = clear(first..<last, number, lot) {
          isolated += stopped - first
          return .noMemory(stopped)
        }
        isolated += last - first
        first = last
      }
    }
    return .ended
  }

  /// Drops or copies pages of one lot.
  ///
  /// - Returns: nil when all are gone, else the first that could not be copied.
  private mutating func clear(_ range: Range<Int>, _ number: LotNumber, _ lot: PageLot) -> Int? {
    if lot.canBeDropped {
      work.add(lot.dropStep, range.count)
      freePages(range, of: number)
      return nil
    }
    if lot.pageClass == .writeback {
      // One wait lets the rest of the batch finish too.
      work.add(.waitForWriteback, (range.count + Self.batch - 1) / Self.batch)
      work.add(.failedAttempt, range.count * 3)
    }
    var request = PageRequest(lot.pageClass)
    request.isCopy = true
    let targets = allocatePages(range.count, for: request, lot: number)
    let moved = targets.reduce(0) { $0 + $1.count }
    freePages(range.lowerBound..<range.lowerBound + moved, of: number)
    work.add(lot.migrationStep, moved)
    return moved == range.count ? nil : range.lowerBound + moved
  }

  /// Evicts the clean pages that an area keeps in a range, and takes it.
  ///
  /// - Source: "mm: introduce GCMA", version 2, 26 October 2025, gcma_alloc_range.
  private mutating func evict(_ range: Range<Int>) -> RangeAnswer {
    drainLists()
    work.add(.walkPage, range.count)
    var page = range.lowerBound
    while let start = pages.taken.nextSet(from: page), start < range.upperBound {
      let (number, end) = pages.lots.run(from: start, limit: range.upperBound)
      page = end
      guard number != .none, pages.lots[number].canBeDropped else { continue }
      work.add(.evictPage, end - start)
      pages.free(start..<end, of: number)
      zone.buddy.free(start..<end)
    }
    if let busy = pages.busyPages(in: range) { return .busy(busy) }
    takeOut(range)
    pages.take(range)
    return .claimed
  }
}
