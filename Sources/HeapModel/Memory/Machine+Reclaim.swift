/// How the reclaimer makes pages free, in the order in which it prefers them.
private enum ReclaimWay: CaseIterable {
  case drop
  case write
  case swap

  var queue: ReclaimQueues.Kind { self == .swap ? .swapBacked : .files }

  var step: MemoryStep {
    switch self {
    case .drop: .reclaimPage
    case .write: .writeOut
    case .swap: .swapOut
    }
  }

  func takes(_ lot: PageLot) -> Bool {
    switch self {
    case .drop: lot.canBeDropped
    case .write: lot.canBeWritten
    case .swap: lot.canBeSwapped
    }
  }
}

extension Machine {
  /// Lets the background reclaimer work where too few pages are free.
  mutating func balance() {
    while let missing = zone.missingPages {
      guard reclaim(max(missing, 32), isBackground: true) > 0 else { return }
    }
  }

  /// Drops clean pages, then asks pools of heaps, then writes dirty pages to their files, then swaps others out where
  /// there is room, of each kind those first that were lent first.
  ///
  /// - Returns: the pages that became free.
  /// - Source: the order in which Linux 6.1 mm/vmscan.c prefers pages.
  mutating func reclaim(_ count: Int, isBackground: Bool) -> Int {
    var freed = 0
    var fromPools = 0
    for way in ReclaimWay.allCases where freed < count {
      freed += reclaim(count - freed, way)
      guard way == .drop, freed < count else { continue }
      fromPools = shrinkPools(count - freed)
      freed += fromPools
    }
    if !isBackground { work.add(.directReclaim, freed - fromPools) }
    return freed
  }

  private mutating func reclaim(_ count: Int, _ way: ReclaimWay) -> Int {
    guard pages.lots.holds(where: way.takes) else { return 0 }
    let limit = way == .swap ? min(count, zone.swapLeft) : count
    var freed = 0
    // Pages that stay go to the end of the queue, and are not met again.
    var entries = zone.queues[way.queue].count
    while freed < limit, entries > 0, let run = zone.queues[way.queue].takeFirst() {
      entries -= 1
      freed += reclaim(run, limit: limit - freed, way)
    }
    if way == .swap { zone.swapLeft -= freed }
    return freed
  }

  /// Makes pages of an entry free; what is beyond the limit stays the oldest.
  private mutating func reclaim(_ entry: Range<Int>, limit: Int, _ way: ReclaimWay) -> Int {
    let isolated = zone.buddy.isolated
    var freed = 0
    var start = entry.lowerBound
    while start < entry.upperBound {
      guard freed < limit else {
        zone.queues[way.queue].putBack(start..<entry.upperBound)
        break
      }
      let (number, end) = pages.lots.run(from: start, limit: entry.upperBound)
      var run = start..<end
      if number != .none {
        let lot = pages.lots[number]
        if way.takes(lot), !isolated.overlaps(run) {
          run = start..<min(end, start + limit - freed)
          freePages(run, of: number)
          background.add(way.step, run.count)
          if way == .drop { keepDropped(run.count) }
          freed += run.count
        } else if ReclaimQueues.Kind(lot.pageClass) == way.queue {
          zone.queues[way.queue].append(run)
        }
      }
      start = run.upperBound
    }
    return freed
  }

  /// Keeps pages that were dropped in the free pages of areas, where the policy does so.
  private mutating func keepDropped(_ count: Int) {
    guard zone.policy.keepsDroppedPages,
      let lot = pages.lots.number(of: PageLot(.cleanFile, holder: "kept page cache"))
    else { return }
    var missing = count
    while missing > 0, let run = zone.buddy.takeRun(.cma, limit: missing) {
      pages.take(run, for: lot)
      missing -= run.count
    }
  }
}
