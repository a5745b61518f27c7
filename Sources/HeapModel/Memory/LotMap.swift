/// The lot of every page, one byte a page and only where neighbours differ, with a summary for each unit of pages.
///
/// A unit whose pages are all of one lot has no bytes of its own. The summary counts the pages of each lot, so that a
/// search for pages of a lot passes over the units that have none.
struct LotMap: Sendable {
  /// A unit is 2^`unitOrder` pages.
  let unitOrder: Int
  /// The number of pages.
  let count: Int
  /// The lots in the order of their registration; the number of a lot is its place plus 1.
  private(set) var table: [PageLot] = []
  /// The lot of the pages of a unit without bytes.
  private var uniform: [UInt8] = []
  /// The lots of the pages of a unit, or nothing.
  private var bytes: [[UInt8]] = []
  /// The pages of each lot in each unit, by lot.
  private var counts: [[UInt16]] = []
  /// The units with pages of a lot, by lot.
  private var units: [WordIndex] = []
  /// The pages of each lot.
  private(set) var totals: [Int] = []
  /// The pages with a lot in each unit.
  private var lent: [UInt16] = []

  /// A map of pages without a lot, which takes no memory until one is registered.
  init(count: Int, unitOrder: Int) {
    self.count = count
    self.unitOrder = unitOrder
  }

  private var unitPages: Int { 1 << unitOrder }

  /// Whether no lot is known.
  var isEmpty: Bool { table.isEmpty }

  /// The number of a lot, which is registered when it is new.
  ///
  /// - Returns: nil where 255 others are known.
  mutating func number(of lot: PageLot) -> LotNumber? {
    if let place = table.firstIndex(of: lot) { return LotNumber(number: UInt8(place + 1)) }
    guard table.count < 255 else { return nil }
    let unitCount = (count + unitPages - 1) >> unitOrder
    if table.isEmpty {
      uniform = [UInt8](repeating: 0, count: unitCount)
      bytes = [[UInt8]](repeating: [], count: unitCount)
      lent = [UInt16](repeating: 0, count: unitCount)
    }
    table.append(lot)
    counts.append([UInt16](repeating: 0, count: unitCount))
    units.append(WordIndex(capacity: unitCount, full: false))
    totals.append(0)
    return LotNumber(number: UInt8(table.count))
  }

  /// The lot of a number other than 0.
  subscript(number: LotNumber) -> PageLot { table[Int(number.number) - 1] }

  /// Whether any page is of a lot with a property.
  func holds(where matches: (PageLot) -> Bool) -> Bool {
    table.indices.contains { totals[$0] > 0 && matches(table[$0]) }
  }

  /// Whether a page of a range within one unit has a lot.
  func holdsLent(in range: Range<Int>) -> Bool {
    guard !isEmpty, !range.isEmpty, lent[range.lowerBound >> unitOrder] > 0 else { return false }
    var page = range.lowerBound
    while page < range.upperBound {
      let (lot, end) = run(from: page, limit: range.upperBound)
      if lot != .none { return true }
      page = end
    }
    return false
  }

  /// The number of the lot of a page.
  subscript(page: Int) -> LotNumber {
    guard !isEmpty else { return .none }
    let unit = page >> unitOrder
    return LotNumber(
      number: bytes[unit].isEmpty ? uniform[unit] : bytes[unit][page & (unitPages - 1)])
  }

  /// The run of pages of one lot that begins at a page, up to a limit behind it.
  ///
  /// - Complexity: O(1) for each unit without bytes, O(pages) elsewhere.
  func run(from page: Int, limit: Int) -> (lot: LotNumber, end: Int) {
    let lot = self[page]
    guard !isEmpty else { return (lot, limit) }
    var page = page
    while page < limit {
      let unit = page >> unitOrder
      let end = min(limit, (unit + 1) << unitOrder)
      if bytes[unit].isEmpty {
        guard uniform[unit] == lot.number else { return (lot, page) }
        page = end
        continue
      }
      let base = unit << unitOrder
      let stop = bytes[unit].withUnsafeBufferPointer { bytes in
        var index = page - base
        while index < end - base, bytes[index] == lot.number { index += 1 }
        return index + base
      }
      guard stop == end else { return (lot, stop) }
      page = end
    }
    return (lot, limit)
  }

  /// Gives pages that are all of one lot another one.
  ///
  /// - Complexity: O(pages of units that do not change as a whole).
  mutating func replace(_ range: Range<Int>, _ old: LotNumber, with new: LotNumber) {
    guard old != new, !isEmpty else { return }
    var page = range.lowerBound
    while page < range.upperBound {
      let unit = page >> unitOrder
      let end = min(range.upperBound, (unit + 1) << unitOrder)
      count(end - page, of: old, new, inUnit: unit)
      write(page..<end, new, inUnit: unit)
      page = end
    }
  }

  private mutating func count(_ pages: Int, of old: LotNumber, _ new: LotNumber, inUnit unit: Int) {
    if old != .none {
      let place = Int(old.number) - 1
      counts[place][unit] -= UInt16(pages)
      totals[place] -= pages
      lent[unit] -= UInt16(pages)
      if counts[place][unit] == 0 { units[place].remove(unit) }
    }
    if new != .none {
      let place = Int(new.number) - 1
      if counts[place][unit] == 0 { units[place].insert(unit) }
      counts[place][unit] += UInt16(pages)
      totals[place] += pages
      lent[unit] += UInt16(pages)
    }
  }

  private mutating func write(_ range: Range<Int>, _ lot: LotNumber, inUnit unit: Int) {
    if range.count == unitPages || lent[unit] == 0 {
      bytes[unit] = []
      uniform[unit] = lent[unit] == 0 ? 0 : lot.number
      return
    }
    if bytes[unit].isEmpty { bytes[unit] = [UInt8](repeating: uniform[unit], count: unitPages) }
    let base = unit << unitOrder
    bytes[unit].withUnsafeMutableBufferPointer { bytes in
      for index in range.lowerBound - base..<range.upperBound - base { bytes[index] = lot.number }
    }
  }

  /// The next run of pages of a lot at or behind a page.
  ///
  /// - Parameters:
  ///   - lot: a registered one.
  ///   - page: where the search begins.
  ///   - limit: the most pages of the run.
  /// - Returns: nil where no page follows.
  /// - Complexity: O(log n + pages of one unit).
  func nextRun(of lot: LotNumber, from page: Int, limit: Int) -> Range<Int>? {
    let index = units[Int(lot.number) - 1]
    var start = page
    while start < count, let unit = index.next(from: start >> unitOrder) {
      start = max(start, unit << unitOrder)
      let end = min((unit + 1) << unitOrder, count)
      if bytes[unit].isEmpty { return start..<start + min(end - start, limit) }
      let base = unit << unitOrder
      let first = bytes[unit].withUnsafeBufferPointer { bytes in
        var index = start - base
        while index < end - base, bytes[index] != lot.number { index += 1 }
        return index + base
      }
      if first < end { return first..<run(from: first, limit: first + min(end - first, limit)).end }
      start = end
    }
    return nil
  }

  /// The page of a lot that so many others precede.
  ///
  /// - Complexity: O(units with the lot + pages of one unit).
  func page(_ place: Int, of lot: LotNumber) -> Int? {
    let index = Int(lot.number) - 1
    var rest = place
    var unit = units[index].next(from: 0)
    while let current = unit {
      let pages = Int(counts[index][current])
      guard rest >= pages else {
        var page = current << unitOrder
        while let run = nextRun(of: lot, from: page, limit: rest + 1) {
          guard run.count <= rest else { return run.lowerBound + rest }
          rest -= run.count
          page = run.upperBound
        }
        return nil
      }
      rest -= pages
      unit = units[index].next(from: current + 1)
    }
    return nil
  }

  /// The pages of each lot in a range.
  ///
  /// - Returns: by the number of the lot, without the pages of no lot.
  /// - Complexity: O(units + pages of those with bytes).
  func census(of range: Range<Int>) -> [Int] {
    var result = [Int](repeating: 0, count: table.count)
    guard !isEmpty else { return result }
    var page = range.lowerBound
    while page < range.upperBound {
      let (lot, end) = run(from: page, limit: range.upperBound)
      if lot != .none { result[Int(lot.number) - 1] += end - page }
      page = end
    }
    return result
  }

  /// What the summaries of the units say, for a checker.
  func summary(ofUnit unit: Int) -> (lent: Int, counts: [Int]) {
    isEmpty ? (0, []) : (Int(lent[unit]), counts.map { Int($0[unit]) })
  }
}
