/// Counts the work of a run, so that a plan or a trace made to run for ever is ended instead.
///
/// A unit is a step of a search, a run of allocated pages that a search may pass, or
/// 1024 pages that change hands, or a page that is moved or reclaimed: 5 to 100 ns each.
struct WorkMeter: Sendable {
  /// The most work of a run: a minute or less.
  static let workMax: UInt64 = 500_000_000

  /// What is left.
  private(set) var left: UInt64
  /// Whether each heap has an area, in which it searches.
  private let hasArea: [Bool]
  /// The runs of pages that are given out or pinned: what a search from the area's start may have to pass.
  private var ranges: UInt64 = 0

  /// A meter for the heaps of a system.
  init(_ system: HeapSystem, limit: UInt64 = workMax) {
    left = limit
    hasArea = system.heaps.map { $0.area != nil }
  }

  /// Whether the work is used up.
  var isExhausted: Bool { left == 0 }

  /// Charges a request to a heap; a block of the page allocator is as much work as four tries.
  mutating func charge(_ answer: HeapAnswer, onHeapAt heap: Int) {
    var pages = MergedPageRanges()
    if case .success(let buffer) = answer.outcome { pages = buffer.pages }
    guard hasArea[heap] else {
      for amount in [min(answer.effort.attempts, .max / 4) * 4, answer.effort.passed, pages.pages >> 10, 1] {
        spend(amount)
      }
      return
    }
    charge(answer.effort.rangeCalls, pages)
  }

  /// Charges a request that tried ranges and got pages, or none.
  mutating func charge(_ tries: UInt64, _ pages: MergedPageRanges) {
    let passed = (tries >> 6).multipliedReportingOverflow(by: ranges)
    spend(passed.overflow ? .max : passed.partialValue)
    for amount in [tries, ranges, pages.pages >> 10, 1] { spend(amount) }
    ranges += UInt64(pages.ranges.count)
  }

  /// Charges what the machine did to get pages back, for a request or for those beside the heaps.
  mutating func charge(_ work: MemoryWork) {
    for step in [
      MemoryStep.isolatePage, .evictPage, .reclaimPage, .writeOut, .swapOut, .compressOut, .isolateBlock,
      .attempt, .followRequest,
    ] {
      spend(work[step])
    }
    // Pages come and go in runs, some of them short.
    spend((work[.allocatePage] >> 2) + (work[.freePage] >> 2))
  }

  /// Charges ranges that a machine tried, at most all that it may: each can meet all that is pinned anew, and takes as
  /// long as many steps of a search.
  mutating func chargeTries(_ tries: UInt64) {
    spend(tries * (Self.workMax / Machine.triesMax))
  }

  /// Charges a look at all runs of an area.
  mutating func chargeLook(atPages pages: UInt64) { spend(pages >> 6) }

  /// Charges a page that is pinned.
  mutating func chargePin() {
    spend(1)
    ranges += 1
  }

  private mutating func spend(_ amount: UInt64) { left -= min(left, amount) }

  /// Charges blocks of pages that a heap's thread moved.
  mutating func chargeBlocks(_ blocks: UInt64) { spend(blocks) }

  /// Charges a release to a heap, or to an area itself: of all that is held, or up to what is left.
  mutating func chargeRelease(
    of pages: MergedPageRanges, leaving left: MergedPageRanges = MergedPageRanges(), toHeapAt heap: Int? = nil
  ) {
    let count = UInt64(pages.ranges.count - left.ranges.count)
    for amount in [count, (pages.pages - left.pages) >> 10, 1] { spend(amount) }
    guard heap.map({ hasArea[$0] }) ?? true else { return }
    ranges -= min(ranges, count)
  }
}
