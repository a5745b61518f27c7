/// The settings of a pool of compound pages.
public struct CompoundPagePoolSettings: Hashable, Sendable {
  /// A compound page is 2^`order` pages.
  public var order: Int
  /// Below so many compound pages the worker fills the pool.
  public var low: Int
  /// So many it fills it to.
  public var fill: Int
  /// Above so many it gives freed compound pages back to the kernel.
  public var high: Int

  /// Keeps the parts; the defaults are those of the Juno board.
  public init(order: Int = 9, low: Int = 8, fill: Int = 64, high: Int = 128) {
    self.order = order
    self.low = low
    self.fill = fill
    self.high = high
  }

  /// The highest mark that the model takes.
  public static let markMax = 1 << 16

  /// Whether the order is one of the page allocator's, and the marks rise from 0 to ``markMax``.
  func isValid(on geometry: MemoryGeometry) -> Bool {
    (0..<min(geometry.maxOrder, MemoryGeometry.orderMax)).contains(order) && 0 <= low && low <= fill
      && fill <= high && high <= Self.markMax
  }
}

/// The cleared compound pages that a pool holds beside those of its buffers.
///
/// They belong to the machine, because its reclaimer takes them when memory runs short.
public struct CompoundPagePool: Sendable {
  /// A compound page is 2^`order` pages.
  let order: Int
  /// The first pages of the compound pages; the last is taken first.
  private(set) var blocks: [Int] = []
  /// The most compound pages that were there at one time.
  private(set) var most = 0
  /// The compound pages that the reclaimer took.
  private(set) var reclaimed: UInt64 = 0

  init(order: Int) { self.order = order }

  /// Puts compound pages in front of the others.
  mutating func add(_ pages: some BidirectionalCollection<Int>) {
    blocks.append(contentsOf: pages.reversed())
    most = max(most, blocks.count)
  }

  /// Takes the first compound page.
  mutating func take() -> Range<Int>? { blocks.popLast().map { $0..<$0 + 1 << order } }

  /// Takes the first compound page for the reclaimer.
  mutating func shrink() -> Range<Int>? {
    guard let block = take() else { return nil }
    reclaimed += 1
    return block
  }
}

extension Machine {
  /// The compound pages that the shrinker of a pool gives at a time.
  private static let shrinkBatch = 2

  /// Lets pools give compound pages to the reclaimer until so many pages are free, or none is left.
  ///
  /// - Returns: the pages that became free.
  /// - Source: ion_compound_page.c of 2015, cpa_shrink_scan.
  mutating func shrinkPools(_ count: Int) -> Int {
    var freed = 0
    for place in pools.indices {
      while freed < count, !pools[place].blocks.isEmpty {
        for _ in 0..<Self.shrinkBatch {
          guard let block = pools[place].shrink() else { break }
          giveBackPages(block)
          freed += block.count
        }
      }
    }
    return freed
  }
}
