/// Huge pages: asked for and freed as a whole.
extension Machine {
  /// Pages in a huge page; 0 where the page allocator has no block so large.
  var hugePageSize: Int {
    guard lendsPages, zone.huge.order <= zone.buddy.orderMax else { return 0 }
    return 1 << zone.huge.order
  }

  /// Lends huge pages to a holder.
  ///
  /// - Parameters:
  ///   - count: of huge pages, from 0.
  ///   - lot: what they are used for; beyond 255 lots nothing is lent.
  /// - Returns: how many there were without moving anything; the holder takes small pages for the rest.
  mutating func lendHuge(_ count: Int, for lot: PageLot) -> Int {
    let size = hugePageSize
    guard size > 0, count > 0, let number = pages.lots.number(of: lot) else { return 0 }
    let request = PageRequest(lot.pageClass)
    for lent in 0..<min(count, pages.pageCount / size) {
      balance(for: request)
      guard zone.room(for: request) >= size, let entry = zone.takeHugePage(for: request)
      else { return lent }
      let run = entry.page..<entry.page + size
      // A page on a CPU's list is not free in the map.
      if entry.isCached { pages.free(run) }
      pages.take(run, for: number)
      remember(run, of: lot.pageClass)
      background.add(.allocatePage, size)
    }
    return min(count, pages.pageCount / size)
  }

  /// Gives huge pages of a lot back, from random ones on; what is left of one that was split goes page by page, and of
  /// those that were swapped out as large a part.
  mutating func giveBackHuge(_ count: Int, of lot: PageLot, random: inout SplitMix64) {
    let size = hugePageSize
    guard size > 0, let number = pages.lots.number(of: lot) else { return }
    let swapped = forgetSwappedPart(min(count, pages.pageCount) * size, of: number)
    for _ in 0..<max(0, count - swapped / size) {
      background.add(.freePage, size)
      guard let run = randomRun(of: number, limit: 1, random: &random) else { return }
      let first = run.lowerBound & ~(size - 1)
      let last = first + size
      var page = pages.lots.run(from: first, limit: last).lot == number ? first : run.lowerBound
      let end = pages.lots.run(from: page, limit: last).end
      guard page == first, end == last, !zone.bypassesLists(first..<last) else {
        while page < last, let part = pages.lots.nextRun(of: number, from: page, limit: last - page),
          part.lowerBound < last
        {
          let part = part.clamped(to: first..<last)
          freePages(part, of: number)
          page = part.upperBound
        }
        continue
      }
      pages.lots.replace(first..<last, number, with: .none)
      for passed in zone.keepHugePage(first) { join(passed) }
    }
  }
}
