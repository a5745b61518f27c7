@testable import HeapModel

/// Free pages as plain lists of blocks, one list for each type and order, in the order in which they are taken.
///
/// Pages are freed and taken one by one; nothing is summed up, and a block is found by looking through the lists.
struct ReferenceBuddy {
  let orderMax: Int
  let blockOrder: Int
  /// The type of each pageblock, written down for each page.
  var types: [MigrateType]
  /// The pages that nobody may have while a range over them is made.
  var isolated: Range<Int> = 0..<0
  /// The first pages of the free blocks: `lists[type][order]`.
  private(set) var lists: [[[Int]]]

  init(pages: Int, orderMax: Int, blockOrder: Int) {
    self.orderMax = orderMax
    self.blockOrder = blockOrder
    types = [MigrateType](repeating: .movable, count: pages)
    lists = MigrateType.allCases.map { _ in [[Int]](repeating: [], count: orderMax + 1) }
  }

  func type(of page: Int) -> MigrateType { isolated.contains(page) ? .isolated : types[page] }

  /// The free pages of a type.
  func pages(_ type: MigrateType) -> Int {
    lists[Int(type.rawValue)].enumerated().reduce(0) { $0 + $1.element.count << $1.offset }
  }

  private mutating func insert(_ block: Int, order: Int, type: MigrateType, atTail: Bool = false) {
    let list = Int(type.rawValue)
    lists[list][order].insert(block, at: atTail ? lists[list][order].count : 0)
  }

  private mutating func remove(_ block: Int, order: Int) -> MigrateType? {
    for type in MigrateType.allCases {
      if let place = lists[Int(type.rawValue)][order].firstIndex(of: block) {
        lists[Int(type.rawValue)][order].remove(at: place)
        return type
      }
    }
    return nil
  }

  /// Frees one page: it is joined with its buddy, and what they make with theirs, while those are free.
  ///
  /// From a pageblock on, those of an area and isolated ones are joined with their own kind alone.
  mutating func free(_ page: Int, atTail: Bool = false) {
    var block = page
    var order = 0
    while order < orderMax {
      let buddy = block ^ (1 << order)
      guard buddy < types.count else { break }
      let kinds = [type(of: block), type(of: buddy)]
      if order >= blockOrder, kinds[0] != kinds[1], kinds.contains(.cma) || kinds.contains(.isolated) {
        break
      }
      guard remove(buddy, order: order) != nil else { break }
      block = min(block, buddy)
      order += 1
    }
    insert(block, order: order, type: type(of: block), atTail: atTail)
  }

  /// Takes the first page of the smallest block of a type; the halves that are left lie behind it.
  private mutating func takePage(_ type: MigrateType) -> (page: Int, blockEnd: Int)? {
    for order in 0...orderMax {
      guard let block = lists[Int(type.rawValue)][order].first else { continue }
      lists[Int(type.rawValue)][order].removeFirst()
      for half in (0..<order).reversed() { insert(block + 1 << half, order: half, type: type) }
      return (block, block + 1 << order)
    }
    return nil
  }

  /// Takes pages one by one while they lie in the block of the first.
  mutating func take(_ type: MigrateType, limit: Int) -> [Int] {
    guard limit > 0, let (first, end) = takePage(type) else { return [] }
    var pages = [first]
    while pages.count < limit, first + pages.count < end, let (page, _) = takePage(type) {
      pages.append(page)
    }
    return pages
  }

  /// Brings the largest block of another type to a list that has run out.
  ///
  /// A whole pageblock changes its type; a part of one brings all that is free of it when that is at least half, or
  /// when the kernel's own pages need it, and itself alone otherwise.
  mutating func steal(for type: MigrateType) -> Bool {
    let others: [MigrateType] = type == .movable ? [.reclaimable, .unmovable] : [.reclaimable, .movable]
    for order in (0...orderMax).reversed() {
      for other in others {
        guard let block = lists[Int(other.rawValue)][order].first else { continue }
        _ = remove(block, order: order)
        insert(block, order: order, type: type)
        if order >= blockOrder {
          for page in block..<block + 1 << order { types[page] = type }
          return true
        }
        let size = 1 << blockOrder
        let pageblock = block / size * size..<block / size * size + size
        let parts = blocks(in: pageblock)
        guard type != .movable || parts.reduce(0, { $0 + 1 << $1.order }) * 2 >= size else { return true }
        for page in pageblock where page < types.count { types[page] = type }
        for part in parts where part.block != block {
          _ = remove(part.block, order: part.order)
          insert(part.block, order: part.order, type: type, atTail: true)
        }
        return true
      }
    }
    return false
  }

  private func blocks(in range: Range<Int>) -> [(block: Int, order: Int)] {
    range.flatMap { page in
      (0...orderMax).filter { order in lists.contains { $0[order].contains(page) } }.map { (page, $0) }
    }
  }

  /// Takes the free pages of a range out of the lists; what lies outside of blocks that reach over its ends stays.
  mutating func takeOut(_ range: Range<Int>) -> [Int] {
    var blocks: [Range<Int>] = []
    for order in 0...orderMax {
      let first = range.lowerBound & ~(1 << order - 1)
      blocks += stride(from: first, to: range.upperBound, by: 1 << order).filter { start in
        lists.contains { $0[order].contains(start) }
      }.map { $0..<$0 + 1 << order }
    }
    var pages: [Int] = []
    for block in blocks.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let type = remove(block.lowerBound, order: block.count.trailingZeroBitCount) else { continue }
      pages += block.filter { range.contains($0) }
      keep(block.lowerBound..<max(block.lowerBound, range.lowerBound), type)
      keep(min(block.upperBound, range.upperBound)..<block.upperBound, type)
    }
    return pages
  }

  /// Puts what is left of a block back, in the largest blocks that it is made of.
  private mutating func keep(_ rest: Range<Int>, _ type: MigrateType) {
    var page = rest.lowerBound
    while page < rest.upperBound {
      var order = 0
      while page % (2 << order) == 0, page + 2 << order <= rest.upperBound { order += 1 }
      insert(page, order: order, type: type)
      page += 1 << order
    }
  }

  /// Keeps the free pages of whole pageblocks from everyone.
  mutating func isolate(_ range: Range<Int>) {
    let pages = takeOut(range)
    isolated = range
    for page in pages { free(page) }
  }

  /// Gives them back, behind what is in the lists.
  mutating func restore() {
    let pages = takeOut(isolated)
    isolated = 0..<0
    for page in pages { free(page, atTail: true) }
  }
}
