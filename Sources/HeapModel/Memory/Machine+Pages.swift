extension Machine {
  /// Whether the machine has memory to lend pages out of, and not only areas.
  public var lendsPages: Bool { zone != nil }

  /// Gives pages to a lot, one by one, as faults and file reads do.
  ///
  /// - Parameters:
  ///   - count: in pages.
  ///   - request: what they are for.
  ///   - lot: a registered one.
  /// - Returns: the runs that were given; fewer pages than asked for where memory is used up and nothing can be
  ///   reclaimed.
  /// - Complexity: O(runs) and what the reclaimer does.
  mutating func allocatePages(_ count: Int, for request: PageRequest, lot: LotNumber) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var missing = count
    while missing > 0, let run = takePages(limit: missing, for: request) {
      pages.take(run, for: lot)
      runs.append(run)
      missing -= run.count
    }
    return runs
  }

  /// Takes one run of at most `limit` pages; reclaims where too few are free.
  private mutating func takePages(limit: Int, for request: PageRequest) -> Range<Int>? {
    balance()
    while let room = zone?.room(for: request) {
      if room > 0 {
        if let page = zone?.takeCached(for: request) {
          // A page on a CPU's list is not free in the map.
          pages.free(page..<page + 1)
          return page..<page + 1
        }
        // Not past the point at which the reclaimer wakes, unless it is below it already.
        let step = max(zone?.roomAboveLow ?? 0, 32)
        if let run = zone?.takeRun(for: request, limit: min(limit, room, step)) { return run }
      }
      guard drainLists() > 0 || reclaim(32, isBackground: false) > 0 else { return nil }
    }
    return nil
  }

  /// Takes one block of pages that lie behind each other, of 2^`order`.
  ///
  /// - Returns: nil where there is none and none can be had by dropping pages.
  mutating func allocateBlock(order: Int, for request: PageRequest, lot: LotNumber) -> Range<Int>? {
    guard let room = zone?.room(for: request), room >= 1 << order else { return nil }
    if zone?.buddy.lists.first(request.type, order: order) == nil { _ = drainLists() }
    var page = zone?.buddy.takeBlock(request.type, order: order)
    if page == nil, zone?.buddy.steal(for: request.type, order: order) == true {
      page = zone?.buddy.takeBlock(request.type, order: order)
    }
    guard let page else { return nil }
    work.add(.allocatePage)
    pages.take(page..<page + 1 << order, for: lot)
    return page..<page + 1 << order
  }

  /// Frees pages of a lot, or pages that were given out.
  mutating func freePages(_ run: Range<Int>, of lot: LotNumber) {
    guard zone != nil else {
      pages.free(run, of: lot)
      return
    }
    pages.lots.replace(run, lot, with: .none)
    var rest = run
    // No copy of the zone may live while it changes: its lists would be copied.
    while !rest.isEmpty, let (bypassesLists, first) = zone?.wayOfFirst(of: rest) {
      for passed in bypassesLists ? [first] : zone?.perCPU.free(first) ?? [] { join(passed) }
      rest = first.upperBound..<rest.upperBound
    }
  }

  /// Frees pages to the page allocator itself.
  private mutating func join(_ run: Range<Int>) {
    pages.free(run)
    zone?.buddy.free(run)
  }

  /// Gives the pages of per-CPU lists back to the page allocator.
  ///
  /// - Returns: how many there were.
  @discardableResult
  mutating func drainLists() -> Int {
    guard let drained = zone?.perCPU.drain() else { return 0 }
    for page in drained { join(page..<page + 1) }
    return drained.count
  }

  // MARK: Reclaim

  /// Lets the background reclaimer work where too few pages are free.
  mutating func balance() {
    while let missing = zone?.missingPages {
      guard reclaim(max(missing, 32), isBackground: true) > 0 else { return }
    }
  }

  /// The clean pages that a guaranteed area keeps: a second chance for what was dropped, and no room for anyone else.
  private static let keptLot = PageLot(.cleanFile, holder: "kept page cache")

  /// Drops clean pages, then writes dirty ones to their files, then swaps others out where there is room, round the
  /// memory from where it stopped.
  ///
  /// - Returns: the pages that became free.
  /// - Source: the order in which Linux 6.1 mm/vmscan.c prefers pages, without its lists' ages.
  mutating func reclaim(_ count: Int, isBackground: Bool) -> Int {
    var freed = 0
    let droppable = pages.lots.numbers { $0.canBeDropped && $0 != Self.keptLot }
    while freed < count, let (run, lot) = nextReclaimable(limit: count - freed, droppable) {
      freePages(run, of: lot)
      background.add(.reclaimPage, run.count)
      keepDropped(run.count)
      freed += run.count
    }
    while freed < count, let (run, lot) = nextReclaimable(limit: count - freed, pages.lots.writable) {
      freePages(run, of: lot)
      background.add(.writeOut, run.count)
      freed += run.count
    }
    while freed < count, let room = zone?.swapLeft, room > 0 {
      let limit = min(count - freed, room)
      guard let (run, lot) = nextReclaimable(limit: limit, pages.lots.swappable) else { break }
      freePages(run, of: lot)
      zone?.swapLeft -= run.count
      background.add(.swapOut, run.count)
      freed += run.count
    }
    if !isBackground { work.add(.directReclaim, freed) }
    return freed
  }

  /// The next pages of some lots behind the cursor, which moves behind them; none of them isolated.
  private mutating func nextReclaimable(limit: Int, _ lots: [LotNumber]) -> (Range<Int>, LotNumber)? {
    guard !lots.isEmpty, let first = zone?.reclaimCursor, let isolated = zone?.buddy.isolated else {
      return nil
    }
    for start in [first, 0] {
      var cursor = start
      while let (run, lot) = nextRun(of: lots, from: cursor, limit: limit) {
        if isolated.overlaps(run) {
          if run.lowerBound >= isolated.lowerBound {
            cursor = isolated.upperBound
            continue
          }
          zone?.reclaimCursor = isolated.upperBound
          return (run.lowerBound..<isolated.lowerBound, lot)
        }
        zone?.reclaimCursor = run.upperBound
        return (run, lot)
      }
    }
    return nil
  }

  private func nextRun(of lots: [LotNumber], from cursor: Int, limit: Int) -> (Range<Int>, LotNumber)? {
    var best: (Range<Int>, LotNumber)?
    for lot in lots {
      guard let run = pages.lots.nextRun(of: lot, from: cursor, limit: limit) else { continue }
      if best.map({ run.lowerBound < $0.0.lowerBound }) ?? true { best = (run, lot) }
    }
    return best
  }

  /// Keeps pages that were dropped in the free pages of areas, where the policy does so.
  private mutating func keepDropped(_ count: Int) {
    guard zone?.policy.keepsDroppedPages == true,
      let lot = pages.lots.number(of: Self.keptLot)
    else { return }
    var missing = count
    while missing > 0, let run = zone?.buddy.takeRun(.cma, limit: missing) {
      pages.take(run, for: lot)
      missing -= run.count
    }
  }
}
