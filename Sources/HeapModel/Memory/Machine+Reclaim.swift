/// How the reclaimer makes pages free, in the order in which it prefers them.
private enum ReclaimWay {
  case drop
  case write
  case swap

  var queue: ReclaimQueues.Kind { self == .swap ? .swapBacked : .files }

  func takes(_ lot: PageLot) -> Bool {
    switch self {
    case .drop: lot.canBeDropped && !lot.isKept
    case .write: lot.canBeWritten
    case .swap: lot.canBeSwapped
    }
  }
}

extension Machine {
  /// Lets the background reclaimer work where too few pages are free.
  mutating func balance(for request: PageRequest) {
    zone.aimReclaim(at: request)
    while let missing = zone.missingPages(for: request) {
      guard reclaim(max(missing, 32), isBackground: true) > 0 else { return }
    }
  }

  /// Drops clean pages, then asks pools of heaps, then writes dirty pages to their files, then swaps others out where
  /// there is room, of each kind those first that were lent first.
  ///
  /// - Returns: the pages that became free.
  /// - Source: the order in which Linux 6.1 mm/vmscan.c prefers pages.
  mutating func reclaim(_ count: Int, isBackground: Bool) -> Int {
    var freed = reclaim(count, .drop, isBackground: isBackground)
    let fromPools = freed < count ? shrinkPools(count - freed) : 0
    freed += fromPools
    if freed < count { freed += reclaim(count - freed, .write, isBackground: isBackground) }
    if !isBackground { work.add(.directReclaim, freed - fromPools) }
    if freed < count { freed += reclaim(count - freed, .swap, isBackground: isBackground) }
    return freed
  }

  private mutating func reclaim(_ count: Int, _ way: ReclaimWay, isBackground: Bool) -> Int {
    guard pages.lots.holds(where: way.takes) else { return 0 }
    var freed = 0
    // Pages that stay go to the end of the queue, and are not met again.
    var unseen = zone.queues[way.queue].pages
    while freed < count, unseen > 0 {
      let room = way == .swap ? zone.swap.room : .max
      let limit = min(count - freed, room, unseen)
      guard limit > 0, let run = zone.queues[way.queue].takeFirst(limit) else { break }
      unseen -= run.count
      background.add(.followRequest)
      freed += reclaim(run, way, isBackground: isBackground)
    }
    return freed
  }

  /// Makes the oldest pages free, or the newest where they stay.
  ///
  /// - Returns: the pages that became free, without those that swap in memory took for them.
  private mutating func reclaim(_ oldest: Range<Int>, _ way: ReclaimWay, isBackground: Bool) -> Int {
    var freed = 0
    var start = oldest.lowerBound
    while start < oldest.upperBound {
      let (number, end) = pages.lots.run(from: start, limit: oldest.upperBound)
      let part = zone.reclaimablePart(of: start..<end)
      let run = start..<part.end
      start = part.end
      guard number != .none else { continue }
      let lot = pages.lots[number]
      if way.takes(lot), part.isReclaimable {
        freed += run.count - free(run, of: number, way, isBackground: isBackground)
      } else if ReclaimQueues.Kind(lot.pageClass) == way.queue {
        zone.queues[way.queue].append(run)
      }
    }
    return freed
  }

  /// Makes pages free.
  ///
  /// - Returns: the pages that swap in memory took for them.
  private mutating func free(
    _ run: Range<Int>, of lot: LotNumber, _ way: ReclaimWay, isBackground: Bool
  ) -> Int {
    switch way {
    case .drop:
      freePages(run, of: lot)
      background.add(.reclaimPage, run.count)
      keepDropped(run.count)
      return 0
    case .write:
      freePages(run, of: lot)
      background.add(.writeOut, run.count)
      return 0
    case .swap: return swapOut(run, of: lot, isBackground: isBackground)
    }
  }

  /// Writes pages to swap.
  ///
  /// - Returns: the pages that swap in memory took for them.
  private mutating func swapOut(_ run: Range<Int>, of lot: LotNumber, isBackground: Bool) -> Int {
    let kind = zone.swap.kind
    freePages(run, of: lot)
    let needed = zone.swap.add(run.count, of: lot)
    background.add(kind == .disk ? .swapOut : .compressOut, run.count)
    // A caller that has isolated a range waits until its targets are there, and does a part of the writing itself.
    let share = kind == .disk ? MemoryStep.directReclaim : .directCompress
    if isBackground, zone.buddy.isolated.isEmpty {
      background.add(share, run.count)
    } else {
      work.add(share, run.count)
    }
    return needed == 0 ? 0 : keepCompressed(needed)
  }

  /// Takes pages for what swap in memory keeps, down to the last one: the reclaimer may.
  private mutating func keepCompressed(_ count: Int) -> Int {
    guard let lot = pages.lots.number(of: Swap.compressed) else { return 0 }
    var missing = count
    while missing > 0, let run = zone.takeRun(for: PageRequest(.compressed), limit: missing) {
      pages.take(run, for: lot)
      missing -= run.count
    }
    return count - missing
  }

  /// Gives the place in swap back that so many pages of a lot have, as when a process ends.
  mutating func forgetSwapped(_ count: Int, of lot: LotNumber) {
    var missing = zone.swap.remove(count, of: lot)
    guard missing > 0, let kept = pages.lots.number(of: Swap.compressed) else { return }
    while missing > 0, let run = pages.lots.nextRun(of: kept, from: 0, limit: missing) {
      freePages(run, of: kept)
      missing -= run.count
    }
  }

  /// The clean pages that a guaranteed area keeps.
  static let keptLot: PageLot = {
    var lot = PageLot(.cleanFile, holder: "kept page cache")
    lot.isKept = true
    return lot
  }()

  /// Keeps pages that were dropped in the free pages of areas, where the policy does so.
  private mutating func keepDropped(_ count: Int) {
    guard zone.policy.keepsDroppedPages,
      let lot = pages.lots.number(of: Self.keptLot)
    else { return }
    var missing = count
    while missing > 0, let run = zone.buddy.takeRun(.cma, limit: missing) {
      pages.take(run, for: lot)
      missing -= run.count
    }
  }
}
