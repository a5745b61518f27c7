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
      lend(run, to: lot, of: request.pageClass)
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
    lend(page..<page + 1 << order, to: lot, of: request.pageClass)
    return page..<page + 1 << order
  }

  /// Writes down that pages are of a lot now, the newest of the reclaimer's.
  private mutating func lend(_ run: Range<Int>, to lot: LotNumber, of pageClass: PageClass) {
    pages.take(run, for: lot)
    guard let kind = ReclaimQueues.Kind(pageClass) else { return }
    zone?.queues[kind].append(run)
    // Pages that came back by themselves leave entries behind.
    if let queued = zone?.queues[kind].pages, queued > 2 * pages.pageCount {
      zone?.queues[kind].compact(pageCount: pages.pageCount)
    }
  }

  /// Frees pages of a lot, or pages that were given out.
  mutating func freePages(_ run: Range<Int>, of lot: LotNumber) {
    // No copy of the zone may live while it changes: its lists would be copied.
    guard let bypasses = zone?.bypassesLists(run) else {
      pages.free(run, of: lot)
      return
    }
    pages.lots.replace(run, lot, with: .none)
    for passed in bypasses ? [run] : zone?.perCPU.free(run) ?? [] { join(passed) }
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
}
