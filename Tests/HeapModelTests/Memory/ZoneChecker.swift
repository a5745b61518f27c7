@testable import HeapModel

/// Checks of a machine that use no allocator: every page is looked at, and every sum is counted again.
enum ZoneChecker {
  /// What is wrong between two operations.
  ///
  /// - Parameters:
  ///   - machine: with or without memory.
  ///   - owned: the ranges that buffers and others hold; nil where nobody has kept count, so that lost pages are not
  ///     found.
  /// - Complexity: O(pages).
  static func violations(of machine: Machine, owned: [PageRange]? = nil) -> [String] {
    var check = ZoneCheck(machine)
    if machine.lendsPages { check.lists(of: machine.zone) }
    if let owned { check.mark(owned) }
    check.states(knowsOwners: owned != nil)
    check.lots()
    return check.violations
  }
}

/// One look at a machine.
private struct ZoneCheck {
  private struct Mark: OptionSet {
    let rawValue: UInt8
    static let free = Mark(rawValue: 1)
    static let cached = Mark(rawValue: 2)
    static let owned = Mark(rawValue: 4)
  }

  private let machine: Machine
  private var marks: [Mark]
  private(set) var violations: [String] = []

  init(_ machine: Machine) {
    self.machine = machine
    marks = [Mark](repeating: [], count: machine.pages.pageCount)
  }

  /// The free lists and the per-CPU lists: no page twice, every block aligned and in its own list, every sum right.
  mutating func lists(of zone: Zone) {
    for type in MigrateType.allCases {
      var pages = 0
      for order in 0...zone.buddy.lists.unitOrder {
        for block in zone.buddy.lists.blocks(type, order: order) {
          pages += 1 << order
          mark(block, order: order, type: type, of: zone)
        }
      }
      if pages != zone.buddy.lists.pages[Int(type.rawValue)] { violations.append("free pages of \(type)") }
    }
    if !zone.buddy.isolated.isEmpty {
      violations.append("\(zone.buddy.isolated) is isolated between operations")
    }
    for page in zone.cachedPages {
      if marks[page].contains(.cached) { violations.append("page \(page) is twice on the per-CPU lists") }
      marks[page].insert(.cached)
    }
    if !zone.policy.sharesPerCPULists {
      for page in zone.perCPU.pages where zone.buddy.type(of: page) == .cma {
        violations.append("page \(page) of an area is on the lists of movable pages")
      }
      for page in zone.areaLists.pages where zone.buddy.type(of: page) != .cma {
        violations.append("page \(page) of no area is on the lists of areas")
      }
    }
    if zone.perCPU.pages.count > zone.perCPU.high { violations.append("the per-CPU lists are too long") }
  }

  private mutating func mark(_ block: Int, order: Int, type: MigrateType, of zone: Zone) {
    if block % (1 << order) != 0 { violations.append("block \(block) of order \(order) is not aligned") }
    if order > zone.buddy.orderMax { violations.append("block \(block): order \(order)") }
    if type == .isolated { violations.append("block \(block) is isolated between operations") }
    let buddy = block ^ (1 << order)
    if order < min(zone.buddy.blockOrder, zone.buddy.orderMax),
      zone.buddy.lists.type(ofBlockAt: buddy, order: order) != nil
    {
      violations.append("blocks \(block) and \(buddy) of order \(order) are not joined")
    }
    for page in block..<block + 1 << order {
      guard marks.indices.contains(page), !marks[page].contains(.free) else {
        violations.append("page \(page) is twice in the lists, or does not exist")
        continue
      }
      marks[page].insert(.free)
      if (type == .cma) != (zone.buddy.type(of: page) == .cma) {
        violations.append("page \(page) is in a list of \(type), its pageblock is not")
      }
    }
  }

  /// The pages that someone has been given: no page twice, none outside memory.
  mutating func mark(_ owned: [PageRange]) {
    for range in owned {
      guard let numbers = machine.pages.numbers(of: range) else {
        violations.append("range \(range) is given and not there")
        continue
      }
      for page in numbers {
        if marks[page].contains(.owned) { violations.append("page \(page) is given twice") }
        marks[page].insert(.owned)
      }
    }
  }

  /// Every page is one thing: free, on a per-CPU list, lent, pinned or given.
  mutating func states(knowsOwners: Bool) {
    let hasLists = machine.lendsPages
    for extent in machine.pages.extentPages {
      for page in extent {
        let isTaken = machine.pages.taken[page]
        if hasLists, marks[page].contains(.free) == isTaken {
          violations.append("page \(page): map and lists differ")
        }
        var uses = 0
        if !isTaken { uses += 1 }
        if marks[page].contains(.cached) { uses += 1 }
        if marks[page].contains(.owned) { uses += 1 }
        if machine.pages.pinned[page] { uses += 1 }
        if machine.pages.lots[page] != .none { uses += 1 }
        guard uses > 1 || knowsOwners && uses == 0 else { continue }
        violations.append(
          "page \(page): taken \(isTaken), marks \(marks[page].rawValue), pinned \(machine.pages.pinned[page]), "
            + "lot \(machine.pages.lots[page].number)")
      }
    }
  }

  /// What the summaries of the lots say, counted again.
  mutating func lots() {
    let lots = machine.pages.lots
    guard !lots.isEmpty else { return }
    var totals = [Int](repeating: 0, count: lots.table.count)
    var counts = totals
    var unit = 0
    while unit << lots.unitOrder < machine.pages.pageCount {
      let first = unit << lots.unitOrder
      for lot in counts.indices { counts[lot] = 0 }
      var lent = 0
      for page in first..<min(first + 1 << lots.unitOrder, machine.pages.pageCount) {
        let number = Int(lots[page].number)
        guard number > 0 else { continue }
        counts[number - 1] += 1
        lent += 1
      }
      let summary = lots.summary(ofUnit: unit)
      if summary.counts != counts || summary.lent != lent {
        violations.append("unit \(unit): summary \(summary), counted \(counts)")
      }
      for lot in counts.indices { totals[lot] += counts[lot] }
      unit += 1
    }
    if totals != lots.totals { violations.append("totals \(lots.totals), counted \(totals)") }
  }
}
