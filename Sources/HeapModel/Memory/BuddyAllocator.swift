/// The page allocator of one zone: free blocks of powers of two pages, kept apart by migrate type.
///
/// - Source: Linux 6.1 mm/page_alloc.c, __rmqueue_smallest, expand, __free_one_page, steal_suitable_fallback.
struct BuddyAllocator: Sendable {
  /// The free blocks.
  private(set) var lists: FreeLists
  /// The largest order of a block, `MAX_ORDER` - 1.
  let orderMax: Int
  /// A pageblock is 2^`blockOrder` pages, at most a unit.
  let blockOrder: Int
  /// The type of each pageblock.
  private(set) var types: [MigrateType]
  /// The pageblocks that are isolated: whole ones around one range at a time. None of their pages is in a list.
  ///
  /// - Source: Linux 6.1 mm/page_isolation.c, start_isolate_page_range.
  var isolated: Range<Int> = 0..<0

  /// An allocator without a free page.
  ///
  /// - Parameters:
  ///   - pageCount: at most ``FreeLists/pagesMax``.
  ///   - geometry: the orders of pageblocks and of blocks.
  init(pageCount: Int, geometry: MemoryGeometry) {
    let unitOrder = geometry.unitOrder
    orderMax = min(geometry.maxOrder - 1, unitOrder)
    blockOrder = max(1, min(geometry.pageblockOrder, unitOrder))
    lists = FreeLists(pageCount: pageCount, unitOrder: unitOrder)
    types = [MigrateType](
      repeating: .movable, count: (pageCount + (1 << blockOrder) - 1) >> blockOrder)
  }

  /// Free pages that someone may have.
  var freePages: Int { lists.allPages }

  /// Free pages of contiguous areas that someone may have.
  var freeAreaPages: Int { lists.pages[Int(MigrateType.cma.rawValue)] }

  /// The type of the list to which a free page belongs.
  func type(of page: Int) -> MigrateType {
    isolated.contains(page) ? .isolated : types[page >> blockOrder]
  }

  /// Makes the pageblocks of a range an area's; nothing of it may be free yet.
  mutating func setArea(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    for block in range.lowerBound >> blockOrder...(range.upperBound - 1) >> blockOrder { types[block] = .cma }
  }

  // MARK: Freeing

  /// Frees a run of pages, all but those that are isolated, in the largest aligned blocks that it is made of.
  ///
  /// The lists are then as they are after the pages were freed one by one in rising order.
  mutating func free(_ run: Range<Int>, atTail: Bool = false) {
    guard isolated.overlaps(run) else { return freeBlocks(of: run, atTail: atTail) }
    freeBlocks(of: run.lowerBound..<max(run.lowerBound, isolated.lowerBound), atTail: atTail)
    freeBlocks(of: min(run.upperBound, isolated.upperBound)..<run.upperBound, atTail: atTail)
  }

  private mutating func freeBlocks(of run: Range<Int>, atTail: Bool) {
    var page = run.lowerBound
    while page < run.upperBound {
      let aligned = page == 0 ? orderMax : min(orderMax, page.trailingZeroBitCount)
      let fitting = (run.upperBound - page).bitWidth - 1 - (run.upperBound - page).leadingZeroBitCount
      var order = min(aligned, fitting)
      // A block must not reach from one kind of pageblock into another.
      if order > blockOrder, !isUniform(page, order: order) { order = blockOrder }
      free(page, order: order, atTail: atTail)
      page += 1 << order
    }
  }

  /// Frees a block and joins it with its free neighbours.
  private mutating func free(_ page: Int, order: Int, atTail: Bool) {
    var page = page
    var order = order
    while order < orderMax {
      let buddy = page ^ (1 << order)
      guard lists.type(ofBlockAt: buddy, order: order) != nil, mayJoin(page, buddy, order: order) else {
        break
      }
      lists.remove(buddy, order: order)
      page &= ~(1 << order)
      order += 1
    }
    lists.insert(page, order: order, type: types[page >> blockOrder], atTail: atTail)
  }

  /// Whole pageblocks of different kinds join only where neither is an area's.
  private func mayJoin(_ page: Int, _ buddy: Int, order: Int) -> Bool {
    guard order >= blockOrder else { return true }
    let (type, other) = (types[page >> blockOrder], types[buddy >> blockOrder])
    return type == other || type != .cma && other != .cma
  }

  private func isUniform(_ page: Int, order: Int) -> Bool {
    let first = types[page >> blockOrder]
    return types[page >> blockOrder..<(page + 1 << order) >> blockOrder].allSatisfy { $0 == first }
  }

  // MARK: Taking

  /// Takes up to `limit` pages that lie behind each other from the smallest block of a list.
  ///
  /// What is left of the block goes back to the list, so that the next call goes on behind it, as pages taken one by
  /// one would lie.
  mutating func takeRun(_ type: MigrateType, limit: Int) -> Range<Int>? {
    for order in 0...orderMax {
      guard let page = lists.first(type, order: order) else { continue }
      lists.remove(page, order: order)
      let taken = min(limit, 1 << order)
      putBack(page + taken..<page + 1 << order, type: type)
      return page..<page + taken
    }
    return nil
  }

  /// Takes one block of an order from the smallest larger block of a list.
  mutating func takeBlock(_ type: MigrateType, order: Int) -> Int? {
    guard order <= orderMax else { return nil }
    for larger in order...orderMax {
      guard let page = lists.first(type, order: larger) else { continue }
      lists.remove(page, order: larger)
      putBack(page + 1 << order..<page + 1 << larger, type: type)
      return page
    }
    return nil
  }

  /// Puts the rest of a split block on a list; larger blocks lie behind smaller ones.
  private mutating func putBack(_ rest: Range<Int>, type: MigrateType) {
    var page = rest.lowerBound
    while page < rest.upperBound {
      let fitting = (rest.upperBound - page).bitWidth - 1 - (rest.upperBound - page).leadingZeroBitCount
      let order = min(page.trailingZeroBitCount, fitting)
      lists.insert(page, order: order, type: type)
      page += 1 << order
    }
  }

  /// Brings a block of another type to a list that has run out: the largest there is.
  ///
  /// A pageblock of which at least half is free, or any for pages of the kernel, becomes one of the new type.
  ///
  /// - Returns: whether the list has a block now.
  mutating func steal(for type: MigrateType, order least: Int) -> Bool {
    for order in stride(from: orderMax, through: least, by: -1) {
      for other in Self.fallbacks(of: type) {
        guard let page = lists.first(other, order: order) else { continue }
        if order >= blockOrder {
          lists.remove(page, order: order)
          for block in stride(from: page, to: page + 1 << order, by: 1 << blockOrder) {
            types[block >> blockOrder] = type
          }
          lists.insert(page, order: order, type: type)
        } else {
          convert(page, order: order, to: type)
        }
        return true
      }
    }
    return false
  }

  private mutating func convert(_ page: Int, order: Int, to type: MigrateType) {
    let start = page & ~((1 << blockOrder) - 1)
    let block = start..<start + (1 << blockOrder)
    let blocks = freeBlocks(in: block)
    let free = blocks.reduce(0) { $0 + 1 << $1.order }
    guard type != .movable || free * 2 >= 1 << blockOrder else {
      lists.remove(page, order: order)
      lists.insert(page, order: order, type: type)
      return
    }
    types[start >> blockOrder] = type
    for part in blocks {
      lists.remove(part.page, order: part.order)
      lists.insert(part.page, order: part.order, type: type, atTail: part.page != page)
    }
  }

  private static func fallbacks(of type: MigrateType) -> [MigrateType] {
    switch type {
    case .unmovable: [.reclaimable, .movable]
    case .movable: [.reclaimable, .unmovable]
    case .reclaimable: [.unmovable, .movable]
    case .cma, .isolated: []
    }
  }

  /// The free blocks that begin in a range.
  ///
  /// - Complexity: O(pages of the range that are not free + free blocks).
  func freeBlocks(in range: Range<Int>) -> [(page: Int, order: Int)] {
    var result: [(page: Int, order: Int)] = []
    var page = range.lowerBound
    while page < range.upperBound {
      let alignment = page == 0 ? orderMax : min(orderMax, page.trailingZeroBitCount)
      var order = alignment
      while order >= 0, lists.type(ofBlockAt: page, order: order) == nil { order -= 1 }
      if order >= 0 { result.append((page, order)) }
      page += order >= 0 ? 1 << order : 1
    }
    return result
  }

  // MARK: Ranges

  /// Takes a run of free pages out of their lists; a block that reaches outside a range is split.
  ///
  /// - Parameters:
  ///   - run: free pages, none of them isolated.
  ///   - range: around the run.
  mutating func takeOut(_ run: Range<Int>, splittingAt range: Range<Int>) {
    var page = run.lowerBound
    while page < run.upperBound, let block = lists.block(holding: page) {
      let type = lists.remove(block.page, order: block.order) ?? .movable
      let end = block.page + 1 << block.order
      if block.page < range.lowerBound { putBack(block.page..<range.lowerBound, type: type) }
      if end > range.upperBound { putBack(range.upperBound..<end, type: type) }
      page = end
    }
  }
}

extension MemoryGeometry {
  /// The order of the units in which the model keeps summaries: the larger of a pageblock and the largest block, from 9
  /// to 13.
  var unitOrder: Int { min(13, max(9, pageblockOrder, maxOrder - 1)) }
}
