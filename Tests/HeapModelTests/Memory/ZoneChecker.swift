@testable import HeapModel

/// Checks of a machine with memory that use no allocator: every page is looked at, and every sum is counted again.
enum ZoneChecker {
  static func violations(of machine: Machine) -> [String] {
    guard machine.lendsPages else { return [] }
    let zone = machine.zone
    var violations: [String] = []
    if !zone.buddy.isolated.isEmpty {
      violations.append("\(zone.buddy.isolated) is isolated between operations")
    }
    var isFree = [Bool](repeating: false, count: machine.pages.pageCount)
    for type in MigrateType.allCases {
      var pages = 0
      for order in 0...zone.buddy.lists.unitOrder {
        for block in zone.buddy.lists.blocks(type, order: order) {
          pages += 1 << order
          if block % (1 << order) != 0 {
            violations.append("block \(block) of order \(order) is not aligned")
          }
          if order > zone.buddy.orderMax { violations.append("block \(block): order \(order)") }
          for page in block..<block + 1 << order {
            guard page < isFree.count, !isFree[page] else {
              violations.append("page \(page) is twice in the lists, or does not exist")
              continue
            }
            isFree[page] = true
            if type == .cma, zone.buddy.type(of: page) != .cma {
              violations.append("page \(page) of no area is in an area's list")
            }
            if type == .isolated { violations.append("page \(page) is in the list of isolated pages") }
          }
        }
      }
      if pages != zone.buddy.lists.pages[Int(type.rawValue)] { violations.append("free pages of \(type)") }
    }
    let cached = Set(zone.cachedPages)
    if cached.count != zone.cachedPages.count { violations.append("a page is twice on the per-CPU lists") }
    for page in isFree.indices {
      if isFree[page] == machine.pages.taken[page] { violations.append("page \(page): map and lists differ") }
      let lot = machine.pages.lots[page]
      if lot != .none, isFree[page] || machine.pages.pinned[page] {
        violations.append("page \(page) has a lot")
      }
      if cached.contains(page), isFree[page] || lot != .none { violations.append("page \(page) is cached") }
    }
    return violations + lotViolations(of: machine.pages)
  }

  /// What the summaries of the lots say, counted again.
  private static func lotViolations(of map: PageMap) -> [String] {
    var violations: [String] = []
    var totals = [Int](repeating: 0, count: map.lots.table.count)
    var unit = 0
    while unit << map.lots.unitOrder < map.pageCount {
      let first = unit << map.lots.unitOrder
      var counts = [Int](repeating: 0, count: totals.count)
      for page in first..<min(first + 1 << map.lots.unitOrder, map.pageCount) where map.lots[page] != .none {
        counts[Int(map.lots[page].number) - 1] += 1
      }
      let summary = map.lots.summary(ofUnit: unit)
      if summary.counts != counts || summary.lent != counts.reduce(0, +) {
        violations.append("unit \(unit): summary \(summary), counted \(counts)")
      }
      for lot in counts.indices { totals[lot] += counts[lot] }
      unit += 1
    }
    if totals != map.lots.totals { violations.append("totals \(map.lots.totals), counted \(totals)") }
    return violations
  }
}
