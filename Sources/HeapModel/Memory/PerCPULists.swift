/// Free pages that a CPU keeps for itself: freed one by one, and not joined with their neighbours.
///
/// A page on such a list is in nobody's use and yet makes a contiguous range over it busy.
///
/// - Source: Linux 6.1 mm/page_alloc.c, free_unref_page, zone_highsize, zone_batchsize.
struct PerCPULists: Sendable {
  /// The most pages that the lists keep, over all CPUs; 0 for lists that are off.
  let high: Int
  /// Pages that go back at a time.
  let batch: Int
  /// The pages in the order in which they were freed.
  private(set) var pages: [Int] = []

  /// Empty lists.
  init(high: Int, batch: Int = 63) {
    self.high = max(high, 0)
    self.batch = max(batch, 1)
  }

  /// Takes in the pages of a run that is freed, one by one: with each page above ``high`` a batch goes back.
  ///
  /// - Returns: the runs that go to the page allocator, the oldest first.
  mutating func free(_ run: Range<Int>) -> [Range<Int>] {
    guard high > 0 else { return [run] }
    let sum = pages.count + run.count
    guard sum > high else {
      pages.append(contentsOf: run)
      return []
    }
    // The first page above the limit leaves as many as the limit without a batch; each further round takes as many.
    let round = min(batch, high) + 1
    let leaving = (sum - high + round - 1) / round * round
    let old = min(leaving, pages.count)
    var passed = pages[..<old].map { $0..<$0 + 1 }
    pages.removeFirst(old)
    if leaving > old { passed.append(run.lowerBound..<run.lowerBound + leaving - old) }
    pages.append(contentsOf: run.lowerBound + leaving - old..<run.upperBound)
    return passed
  }

  /// Takes the page that was freed last and that may be used.
  mutating func take(where isUsable: (Int) -> Bool) -> Int? {
    guard let page = pages.last, isUsable(page) else { return nil }
    return pages.removeLast()
  }

  /// Empties the lists.
  mutating func drain() -> [Int] {
    defer { pages.removeAll(keepingCapacity: true) }
    return pages
  }
}
