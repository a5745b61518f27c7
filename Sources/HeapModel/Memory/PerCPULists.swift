/// Free pages that a CPU keeps for itself: freed one by one, and not joined with their neighbours.
///
/// A page on such a list is in nobody's use and yet makes a contiguous range over it busy. Pages that were freed in the
/// order of their numbers are kept as one run.
///
/// - Source: Linux 6.1 mm/page_alloc.c, free_unref_page, zone_highsize, zone_batchsize.
struct PerCPULists: Sendable {
  /// The most pages that the lists keep, over all CPUs; 0 for lists that are off.
  let high: Int
  /// Pages that go back at a time.
  let batch: Int
  /// The number of pages.
  private(set) var count = 0
  /// The pages in the order in which they were freed; what lies before ``oldest`` has gone.
  private var runs: [Range<Int>] = []
  /// The place of the oldest run.
  private var oldest = 0

  /// Empty lists.
  init(high: Int, batch: Int = 63) {
    self.high = max(high, 0)
    self.batch = max(batch, 1)
  }

  /// The pages in the order in which they were freed, for a checker.
  var pages: [Int] { runs[oldest...].flatMap { $0 } }

  /// Takes in the pages of a run that is freed.
  ///
  /// - Returns: the pages that go to the page allocator at once: all where the lists are off.
  mutating func keep(_ run: Range<Int>) -> Range<Int> {
    guard high > 0, !run.isEmpty else { return run }
    if let last = newest, last.upperBound == run.lowerBound {
      runs[runs.count - 1] = last.lowerBound..<run.upperBound
    } else {
      runs.append(run)
    }
    count += run.count
    return run.upperBound..<run.upperBound
  }

  /// The pages that go back because the lists are too long, 0 for lists that are not: as if every page had come by
  /// itself, the first one above ``high`` takes a batch with it, and so does each that is above it again.
  var excess: Int {
    guard count > high else { return 0 }
    let round = min(batch, high) + 1
    return (count - high + round - 1) / round * round
  }

  /// The run that was freed last; its last page is the one that is taken next.
  var newest: Range<Int>? { oldest < runs.count ? runs[runs.count - 1] : nil }

  /// Takes pages off the end of the run that was freed last.
  ///
  /// - Parameter count: from 1, at most the length of ``newest``.
  mutating func takeNewest(_ count: Int) -> Range<Int> {
    let run = runs[runs.count - 1]
    let first = run.upperBound - count
    self.count -= count
    if first > run.lowerBound {
      runs[runs.count - 1] = run.lowerBound..<first
    } else {
      runs.removeLast()
    }
    return first..<run.upperBound
  }

  /// Takes the pages that were freed first, of one run.
  ///
  /// - Parameter limit: the most pages, from 1.
  /// - Returns: nil where the lists are empty.
  /// - Complexity: amortised O(1).
  mutating func takeOldest(_ limit: Int) -> Range<Int>? {
    guard oldest < runs.count else { return nil }
    let run = runs[oldest]
    let end = run.lowerBound + min(run.count, limit)
    count -= end - run.lowerBound
    if end < run.upperBound {
      runs[oldest] = end..<run.upperBound
    } else {
      oldest += 1
      // The places of runs that have gone are used again once they are the larger part.
      if oldest * 2 > runs.count {
        runs.removeSubrange(..<oldest)
        oldest = 0
      }
    }
    return run.lowerBound..<end
  }
}
