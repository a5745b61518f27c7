extension Machine {
  /// Gives pages to a lot, one by one, as faults and file reads do.
  ///
  /// - Parameters:
  ///   - count: in pages.
  ///   - request: what they are for.
  ///   - lot: a registered one.
  /// - Returns: the runs that were given, in the order of giving; fewer pages than asked for where memory is used up
  ///   and nothing can be reclaimed.
  /// - Complexity: O(runs) and what the reclaimer does.
  mutating func allocatePages(_ count: Int, for request: PageRequest, lot: LotNumber) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var missing = count
    while missing > 0, let taken = takePages(limit: missing, for: request, lot: lot) {
      switch taken {
      case .ascending(let run):
        if let last = runs.last, last.upperBound == run.lowerBound {
          runs[runs.count - 1] = last.lowerBound..<run.upperBound
        } else {
          runs.append(run)
        }
      case .descending(let run): runs += run.reversed().map { $0..<$0 + 1 }
      }
      missing -= taken.run.count
    }
    return runs
  }

  /// Pages that lie behind each other, in the order in which they are taken one by one.
  private enum TakenPages {
    /// From the first to the last.
    case ascending(Range<Int>)
    /// From the last to the first, as those of per-CPU lists are.
    case descending(Range<Int>)

    var run: Range<Int> {
      switch self {
      case .ascending(let run), .descending(let run): run
      }
    }
  }

  /// Takes one run of at most `limit` pages; reclaims where too few are free.
  private mutating func takePages(limit: Int, for request: PageRequest, lot: LotNumber) -> TakenPages? {
    balance(for: request)
    while true {
      let room = zone.room(for: request)
      if room > 0 {
        // While the reclaimer has found nothing, every page that is given out may be the one that it finds.
        let batch = zone.missingPages(for: request) == nil ? limit : 1
        if let run = zone.takeCached(for: request, limit: batch) {
          // A page on a CPU's list is not free in the map.
          pages.lots.replace(run, .none, with: lot)
          remember(run, of: request.pageClass)
          return .descending(run)
        }
        // Not past the point at which the reclaimer wakes, unless it is below it already.
        let step = max(zone.roomAboveLow(for: request), 32)
        if let run = zone.takeRun(for: request, limit: min(limit, room, step)) {
          pages.take(run, for: lot)
          remember(run, of: request.pageClass)
          return .ascending(run)
        }
      }
      guard lendsPages, drainLists() > 0 || reclaim(32, isBackground: false) > 0 else { return nil }
    }
  }

  /// Takes one block of pages that lie behind each other, of 2^`order`.
  ///
  /// - Returns: nil where there is none and none can be had by dropping pages.
  mutating func allocateBlock(order: Int, for request: PageRequest, lot: LotNumber) -> Range<Int>? {
    guard lendsPages, zone.room(for: request) >= 1 << order else { return nil }
    if zone.buddy.lists.first(request.type, order: order) == nil { _ = drainLists() }
    var page = zone.buddy.takeBlock(request.type, order: order)
    if page == nil, zone.buddy.steal(for: request.type, order: order) {
      page = zone.buddy.takeBlock(request.type, order: order)
    }
    guard let page else { return nil }
    work.add(.allocatePage)
    pages.take(page..<page + 1 << order, for: lot)
    remember(page..<page + 1 << order, of: request.pageClass)
    return page..<page + 1 << order
  }

  /// Makes pages that have just been lent the newest of the reclaimer's.
  mutating func remember(_ run: Range<Int>, of pageClass: PageClass) {
    guard let kind = ReclaimQueues.Kind(pageClass) else { return }
    zone.queues[kind].append(run)
    // Pages that came back by themselves leave entries behind.
    if zone.queues[kind].pages > 2 * pages.pageCount { zone.queues[kind].compact(pageCount: pages.pageCount) }
  }

  /// Frees pages of a lot, or pages that were given out.
  mutating func freePages(_ run: Range<Int>, of lot: LotNumber) {
    guard lendsPages else {
      pages.free(run, of: lot)
      return
    }
    pages.lots.replace(run, lot, with: .none)
    guard !zone.bypassesLists(run) else { return join(run) }
    guard !zone.policy.sharesPerCPULists else { return keep(run, on: .shared) }
    var rest = run
    while !rest.isEmpty {
      let (end, isOfArea) = zone.part(of: rest)
      keep(rest.lowerBound..<end, on: isOfArea ? .areas : .shared)
      rest = end..<rest.upperBound
    }
  }

  /// Frees pages to the page allocator itself.
  mutating func join(_ run: Range<Int>) {
    pages.free(run)
    zone.buddy.free(run)
  }

  /// Gives the pages of per-CPU lists back to the page allocator.
  ///
  /// - Returns: how many there were.
  @discardableResult
  mutating func drainLists() -> Int {
    var count = drain(.shared) + drain(.areas)
    for run in zone.huge.drain() {
      join(run)
      count += run.count
    }
    return count
  }

  /// Gives the pages of some lists back, in the order in which they were freed.
  private mutating func drain(_ lists: Zone.CPULists) -> Int {
    let count = zone[lists].count
    while let run = zone[lists].takeOldest(count) { join(run) }
    return count
  }

  /// Puts pages that are freed on the lists of a CPU; what is too much for them goes to the page allocator.
  private mutating func keep(_ run: Range<Int>, on lists: Zone.CPULists) {
    join(zone[lists].keep(run))
    var excess = zone[lists].excess
    while excess > 0, let oldest = zone[lists].takeOldest(excess) {
      join(oldest)
      excess -= oldest.count
    }
  }
}
