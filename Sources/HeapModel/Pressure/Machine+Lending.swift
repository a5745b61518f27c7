extension Machine {
  /// The pages that someone may have at this moment, of areas too; 0 on a machine without memory.
  public var freePages: Int { zone.buddy.freePages }

  /// The free pages that are of no area; 0 on a machine without memory.
  public var freePagesOutsideAreas: Int { zone.outsideFree }

  /// Lends pages to a holder.
  ///
  /// - Parameters:
  ///   - count: in pages, from 0.
  ///   - lot: what they are used for; beyond 255 lots nothing is lent.
  ///   - isLongTerm: whether they will be pinned for long, so that no area may lend them.
  ///   - inArea: whether to look in areas first, whatever the policy.
  /// - Returns: the runs of pages, by number.
  mutating func lend(
    _ count: Int, for lot: PageLot, isLongTerm: Bool = false, inArea: Bool = false
  ) -> [Range<Int>] {
    guard count > 0, lendsPages, let number = pages.lots.number(of: lot) else { return [] }
    var request = PageRequest(lot.pageClass, isLongTerm: isLongTerm)
    request.prefersArea = inArea
    // More than there is would only push itself out.
    let runs = allocatePages(min(count, pages.pageCount), for: request, lot: number)
    background.add(.allocatePage, runs.reduce(0) { $0 + $1.count })
    return runs
  }

  /// Gives pages of a lot back, from a random place on; of those that were swapped out as large a part.
  mutating func giveBack(_ count: Int, of lot: PageLot, random: inout SplitMix64) {
    guard let number = pages.lots.number(of: lot) else { return }
    var missing = count - forgetSwappedPart(count, of: number)
    while missing > 0, let run = randomRun(of: number, limit: min(missing, 256), random: &random) {
      freePages(run, of: number)
      background.add(.freePage, run.count)
      missing -= run.count
    }
  }

  /// Gives back so large a part of what was swapped out as of the pages of the lot, where `count` of both go.
  ///
  /// - Returns: how many pages that were.
  mutating func forgetSwappedPart(_ count: Int, of number: LotNumber) -> Int {
    let swapped = zone.swap.count(of: number)
    let all = swapped + pages.lots.totals[Int(number.number) - 1]
    // Both factors are below 2^31.
    let part = swapped > 0 ? min(count, all) * swapped / all : 0
    forgetSwapped(part, of: number)
    return part
  }

  /// Gives all pages of every lot of a holder back, as when a process ends or a file system is unmounted.
  ///
  /// - Complexity: O(the holder's runs).
  mutating func giveBackAll(of holder: String) {
    for (place, lot) in pages.lots.table.enumerated() where lot.holder == holder {
      let number = LotNumber(number: UInt8(place + 1))
      while let run = pages.lots.nextRun(of: number, from: 0, limit: .max) { freePages(run, of: number) }
      forgetSwapped(zone.swap.count(of: number), of: number)
    }
  }

  /// Makes pages of one lot pages of another, from a random place on.
  ///
  /// - Returns: the runs that changed.
  @discardableResult
  mutating func change(
    _ count: Int, of lot: PageLot, to other: PageLot, random: inout SplitMix64
  ) -> [Range<Int>] {
    guard let old = pages.lots.number(of: lot), let new = pages.lots.number(of: other) else { return [] }
    var runs: [Range<Int>] = []
    var missing = count
    while missing > 0, let run = randomRun(of: old, limit: missing, random: &random) {
      pages.lots.replace(run, old, with: new)
      runs.append(run)
      missing -= run.count
    }
    return runs
  }

  /// Makes the pages of a run that are of one lot pages of another.
  mutating func change(_ run: Range<Int>, of lot: PageLot, to other: PageLot) {
    guard let old = pages.lots.number(of: lot), let new = pages.lots.number(of: other) else { return }
    var page = run.lowerBound
    while page < run.upperBound {
      let (number, end) = pages.lots.run(from: page, limit: run.upperBound)
      if number == old { pages.lots.replace(page..<end, old, with: new) }
      page = end
    }
  }

  /// The pages of a lot.
  func count(of lot: PageLot) -> Int {
    pages.lots.table.firstIndex(of: lot).map { pages.lots.totals[$0] } ?? 0
  }

  /// The pages of a lot that are swapped out.
  func swappedCount(of lot: PageLot) -> Int {
    pages.lots.table.firstIndex(of: lot).map { zone.swap.count(of: LotNumber(number: UInt8($0 + 1))) } ?? 0
  }

  /// A run of pages of a lot that begins with one of them as likely as with another, or nearly so where the lot is a
  /// large part of memory.
  mutating func randomRun(of lot: LotNumber, limit: Int, random: inout SplitMix64) -> Range<Int>? {
    // What is looked through for it, beside the run itself.
    background.add(.followRequest, 1 + pages.pageCount >> 18)
    let total = pages.lots.totals[Int(lot.number) - 1]
    guard total > 0 else { return nil }
    guard total < pages.pageCount / 8 else {
      let start = Int.random(in: 0..<pages.pageCount, using: &random)
      return pages.lots.nextRun(of: lot, from: start, limit: limit)
        ?? pages.lots.nextRun(of: lot, from: 0, limit: limit)
    }
    let place = Int.random(in: 0..<total, using: &random)
    return pages.lots.page(place, of: lot).flatMap { pages.lots.nextRun(of: lot, from: $0, limit: limit) }
  }
}
