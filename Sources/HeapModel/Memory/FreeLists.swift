/// The kinds of free pages, which are kept apart so that the movable ones stay together.
///
/// - Source: Linux 6.1 include/linux/mmzone.h, enum migratetype.
public enum MigrateType: UInt8, Hashable, Sendable, CaseIterable {
  /// For pages that nothing can move.
  case unmovable
  /// For pages that can be copied elsewhere.
  case movable
  /// For pages of the kernel that can be had back.
  case reclaimable
  /// Of a contiguous area.
  case cma
  /// Nobody may have them, and no list holds them: a range over them is being allocated.
  case isolated
}

/// The lists of free blocks, by type and order, in the order in which the kernel would take them.
///
/// The links lie in one word for each pair of pages, for of two neighbours that share a larger block at most one begins
/// a block of one page; the words of a unit exist while it has blocks smaller than the unit.
struct FreeLists: Sendable {
  /// A unit is 2^`unitOrder` pages, and no block is larger.
  let unitOrder: Int

  private struct Ends {
    var head = FreeLists.none
    var tail = FreeLists.none
  }

  /// One block, packed: what follows and precedes it as numbers of pairs of pages, its order, whether it begins with
  /// the second page of its pair, and its type plus 1. A word of 0 is no block.
  private struct Link {
    var word: UInt64

    init(word: UInt64) { self.word = word }

    init(order: Int, isOdd: Bool, type: MigrateType) {
      word = UInt64(order) << 57 | (isOdd ? 1 << 56 : 0) | UInt64(type.rawValue + 1) << 61
      next = FreeLists.none
      previous = FreeLists.none
    }

    var next: UInt64 {
      get { word & FreeLists.none }
      set { word = word & ~FreeLists.none | newValue }
    }
    var previous: UInt64 {
      get { word >> 28 & FreeLists.none }
      set { word = word & ~(FreeLists.none << 28) | newValue << 28 }
    }
    var order: Int { Int(word >> 57 & 15) }
    var isOdd: Bool { word >> 56 & 1 == 1 }
    var type: MigrateType? { word == 0 ? nil : MigrateType(rawValue: UInt8(word >> 61) - 1) }
  }

  /// No block.
  private static let none: UInt64 = (1 << 28) - 1
  /// The most pages: the number of the last pair stays below ``none``.
  static let pagesMax = Int(none) * 2

  /// Whole units that are free, by unit.
  private var whole: [UInt64]
  /// The links of smaller blocks, by unit; nothing where there are none.
  private var parts: [[UInt64]]
  /// The smaller blocks of each unit.
  private var partCounts: [UInt16]
  private var ends: [Ends]
  /// The free pages of each type.
  private(set) var pages: [Int]
  /// The free pages of all types.
  private(set) var allPages = 0

  /// Lists without a block.
  init(pageCount: Int, unitOrder: Int) {
    self.unitOrder = unitOrder
    let units = (pageCount + (1 << unitOrder) - 1) >> unitOrder
    whole = [UInt64](repeating: 0, count: units)
    parts = [[UInt64]](repeating: [], count: units)
    partCounts = [UInt16](repeating: 0, count: units)
    ends = [Ends](repeating: Ends(), count: MigrateType.allCases.count * (unitOrder + 1))
    pages = [Int](repeating: 0, count: MigrateType.allCases.count)
  }

  /// Whether a block of an order begins at a page, and of which type it is.
  func type(ofBlockAt page: Int, order: Int) -> MigrateType? {
    let unit = page >> unitOrder
    if order == unitOrder { return Link(word: whole[unit]).type }
    guard !parts[unit].isEmpty else { return nil }
    let link = Link(word: parts[unit][pair(page)])
    return link.order == order && link.isOdd == (page & 1 == 1) ? link.type : nil
  }

  /// The free block that holds a page.
  ///
  /// - Complexity: O(unit order).
  func block(holding page: Int) -> (page: Int, order: Int)? {
    for order in 0...unitOrder {
      let start = page & ~((1 << order) - 1)
      if type(ofBlockAt: start, order: order) != nil { return (start, order) }
    }
    return nil
  }

  private func pair(_ page: Int) -> Int { (page & ((1 << unitOrder) - 1)) >> 1 }

  private subscript(number: UInt64) -> Link {
    get {
      let page = Int(number) << 1
      let unit = page >> unitOrder
      // The first pair of a unit is a whole unit, or begins a smaller block: never both.
      if page & ((1 << unitOrder) - 1) == 0, whole[unit] != 0 { return Link(word: whole[unit]) }
      return Link(word: parts[unit][pair(page)])
    }
    set {
      let page = Int(number) << 1
      let unit = page >> unitOrder
      if newValue.order == unitOrder {
        whole[unit] = newValue.word
      } else {
        parts[unit][pair(page)] = newValue.word
      }
    }
  }

  /// Adds a block to a list.
  ///
  /// - Parameters:
  ///   - page: a multiple of 2^`order`, of pages that are in no list.
  ///   - order: from 0 to ``unitOrder``.
  ///   - type: of the list.
  ///   - atTail: whether it is taken last, as what was isolated is.
  mutating func insert(_ page: Int, order: Int, type: MigrateType, atTail: Bool = false) {
    let unit = page >> unitOrder
    if order < unitOrder {
      if partCounts[unit] == 0 { parts[unit] = [UInt64](repeating: 0, count: max(1, 1 << (unitOrder - 1))) }
      partCounts[unit] += 1
    }
    let number = UInt64(page >> 1)
    let list = list(type, order)
    var link = Link(order: order, isOdd: page & 1 == 1, type: type)
    let old = ends[list]
    if old.head == Self.none {
      ends[list] = Ends(head: number, tail: number)
    } else if atTail {
      link.previous = old.tail
      self[old.tail].next = number
      ends[list].tail = number
    } else {
      link.next = old.head
      self[old.head].previous = number
      ends[list].head = number
    }
    self[number] = link
    pages[Int(type.rawValue)] += 1 << order
    allPages += 1 << order
  }

  /// Takes a block off its list.
  ///
  /// - Returns: the type of the list; nil where no block of the order begins there.
  @discardableResult
  mutating func remove(_ page: Int, order: Int) -> MigrateType? {
    guard let type = type(ofBlockAt: page, order: order) else { return nil }
    let number = UInt64(page >> 1)
    let link = self[number]
    let list = list(type, order)
    if link.previous == Self.none {
      ends[list].head = link.next
    } else {
      self[link.previous].next = link.next
    }
    if link.next == Self.none {
      ends[list].tail = link.previous
    } else {
      self[link.next].previous = link.previous
    }
    let unit = page >> unitOrder
    if order == unitOrder {
      whole[unit] = 0
    } else {
      partCounts[unit] -= 1
      if partCounts[unit] == 0 { parts[unit] = [] } else { parts[unit][pair(page)] = 0 }
    }
    pages[Int(type.rawValue)] -= 1 << order
    allPages -= 1 << order
    return type
  }

  /// The block that is taken next from a list.
  func first(_ type: MigrateType, order: Int) -> Int? {
    let head = ends[list(type, order)].head
    guard head != Self.none else { return nil }
    return Int(head) << 1 + (self[head].isOdd ? 1 : 0)
  }

  /// The blocks of a list, in order, for a checker.
  func blocks(_ type: MigrateType, order: Int) -> [Int] {
    var result: [Int] = []
    var number = ends[list(type, order)].head
    while number != Self.none {
      result.append(Int(number) << 1 + (self[number].isOdd ? 1 : 0))
      number = self[number].next
    }
    return result
  }

  private func list(_ type: MigrateType, _ order: Int) -> Int {
    Int(type.rawValue) * (unitOrder + 1) + order
  }
}
