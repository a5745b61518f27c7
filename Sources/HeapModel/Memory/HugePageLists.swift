/// Free huge pages that CPUs keep: on one list for all that can be moved, or on one for those of areas and one for the
/// others.
///
/// - Source: Linux 6.12 mm/page_alloc.c, order_to_pindex; J. Yescas and A. Tyagi, "mm/page_alloc: Add PCP list for THP
///   CMA", 25 July 2025.
struct HugePageLists: Sendable {
  /// What became of requests for huge pages.
  struct Use: Hashable, Sendable {
    /// Requests that look in areas first, and got a page of one.
    var areaServed = 0
    /// Requests that look in areas first, and got no page of one.
    var areaRefused = 0
    /// Pages of areas that requests got which do not ask for them.
    var areaStrayed = 0
    /// Requests that do not ask for areas and got a page off a list.
    var movableCached = 0
    /// Requests that do not ask for areas and found their list empty.
    var movableUncached = 0
  }

  /// A huge page.
  struct Entry: Hashable, Sendable {
    /// The first page.
    let page: Int
    /// Whether it is of an area.
    let isOfArea: Bool
    /// Whether it comes off a list, and so is not free in the map.
    var isCached = false
  }

  /// A huge page is 2^`order` pages.
  let order: Int
  /// The most huge pages on each list; 0 where they are off.
  let high: Int
  /// Whether there is one list for all.
  let isShared: Bool
  /// What became of requests so far.
  private(set) var use = Use()
  private var movable: [Entry] = []
  private var areas: [Entry] = []

  /// Empty lists.
  ///
  /// - Parameters:
  ///   - order: of a huge page.
  ///   - high: the most pages on the lists of the CPUs; with any, a list holds one huge page at least.
  ///   - isShared: whether there is one list for all.
  init(order: Int, high: Int, isShared: Bool) {
    self.order = order
    self.high = high > 0 ? max(high >> order, 1) : 0
    self.isShared = isShared
  }

  /// The first pages of those on the lists.
  var pages: [Int] { (movable + areas).map(\.page) }

  /// Takes the huge page that was freed last.
  ///
  /// - Parameter inAreas: whether off the list of areas; with one list for all there is no difference.
  mutating func take(inAreas: Bool) -> Entry? { inAreas && !isShared ? areas.popLast() : movable.popLast() }

  /// Counts what a request came to.
  ///
  /// - Parameters:
  ///   - entry: what it got.
  ///   - wantsArea: whether it looks in areas first.
  mutating func note(_ entry: Entry?, wantsArea: Bool) {
    let isOfArea = entry?.isOfArea ?? false
    if wantsArea {
      if isOfArea { use.areaServed += 1 } else { use.areaRefused += 1 }
    } else {
      if isOfArea { use.areaStrayed += 1 }
      if entry?.isCached == true { use.movableCached += 1 } else { use.movableUncached += 1 }
    }
  }

  /// Takes a huge page in.
  ///
  /// - Returns: what goes to the page allocator.
  mutating func free(_ page: Int, isOfArea: Bool) -> [Range<Int>] {
    guard high > 0 else { return [page..<page + 1 << order] }
    let entry = Entry(page: page, isOfArea: isOfArea, isCached: true)
    if isOfArea, !isShared { areas.append(entry) } else { movable.append(entry) }
    var passed: [Int] = []
    if movable.count > high { passed.append(movable.removeFirst().page) }
    if areas.count > high { passed.append(areas.removeFirst().page) }
    return passed.map { $0..<$0 + 1 << order }
  }

  /// Empties the lists.
  mutating func drain() -> [Range<Int>] {
    defer {
      movable = []
      areas = []
    }
    return pages.map { $0..<$0 + 1 << order }
  }
}

extension MemoryGeometry {
  /// A huge page is what one entry of the second level of page tables maps: 2 MiB with pages of 4 KiB.
  var hugePageOrder: Int { pageSizeBytes.trailingZeroBitCount - 3 }
}
