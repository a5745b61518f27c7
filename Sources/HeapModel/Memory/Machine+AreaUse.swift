/// What a page is to someone who wants it.
enum PageUse {
  /// Nobody has it.
  case free
  /// Someone has borrowed it, and it can be had back: dropped, or copied elsewhere.
  case lent
  /// It is given out, pinned, or of someone who keeps it.
  case taken
}

extension PageLot {
  /// Whether a range allocation can have the pages back, as far as those who use them are concerned.
  var canBeHadBack: Bool { reference == .none && pageClass != .unmovable }
}

extension Machine {
  /// Goes through the pages of a range, run by run, in ascending order.
  ///
  /// - Parameters:
  ///   - range: of numbers of pages.
  ///   - body: is called with every run and its use; neighbouring runs can have the same.
  /// - Complexity: O(runs log n), and O(pages) where pages of several lots lie among each other.
  func forEachRun(in range: Range<Int>, _ body: (Range<Int>, PageUse) -> Void) {
    // Pages on a CPU's list are marked as taken, and nobody has them.
    let cached = Set(zone.cachedPages)
    var start = range.lowerBound
    while start < range.upperBound {
      let (lot, end) = pages.lots.run(from: start, limit: range.upperBound)
      if lot == .none {
        forEachRunWithoutLot(in: start..<end, cached: cached, body)
      } else {
        body(start..<end, pages.lots[lot].canBeHadBack ? .lent : .taken)
      }
      start = end
    }
  }

  private func forEachRunWithoutLot(
    in range: Range<Int>, cached: Set<Int>, _ body: (Range<Int>, PageUse) -> Void
  ) {
    var start = range.lowerBound
    while start < range.upperBound {
      let isFree = !pages.taken[start]
      let next = isFree ? pages.taken.nextSet(from: start) : pages.taken.nextClear(from: start)
      let end = min(next ?? range.upperBound, range.upperBound)
      if isFree || cached.isEmpty {
        body(start..<end, isFree ? .free : .taken)
      } else {
        for page in start..<end { body(page..<page + 1, cached.contains(page) ? .free : .taken) }
      }
      start = end
    }
  }

  /// The longest run of pages of an area that are free or can be had back; without an area, of those outside areas that
  /// are free.
  func longestRun(in area: AreaIndex?) -> UInt64 {
    guard let area else { return longestFreeRunOutsideAreas }
    guard pages.holdsLent else { return pages.longestFreeRun(in: self[area].pages).count }
    guard let range = pages.numbers(of: self[area].pages) else { return 0 }
    var longest = LongestRun()
    forEachRun(in: range) { longest.add($0, $1) }
    return UInt64(longest.count)
  }
}

/// The longest run of pages that are not taken, among runs in ascending order.
struct LongestRun {
  private(set) var count = 0
  private var current = 0

  mutating func add(_ run: Range<Int>, _ use: PageUse) {
    current = use == .taken ? 0 : current + run.count
    count = max(count, current)
  }
}
