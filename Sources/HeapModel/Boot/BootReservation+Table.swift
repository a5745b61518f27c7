/// The region table: its order, its overlap check, and the walk over it.
extension BootReservation {
  /// The way of 6.1: sort, check, then place and initialise in the table's order.
  ///
  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, fdt_init_reserved_mem.
  mutating func initialiseSortedTable() {
    if table.count >= 2 {
      kernelHeapsort(&table) { ($0.base, $0.size) < ($1.base, $1.size) }
      checkOverlaps()
    }
    for index in table.indices {
      if table[index].size == 0 {
        guard let placed = place(table[index]) else { continue }
        table[index] = placed
      }
      initialise(table[index])
    }
  }

  /// The way of 6.12 with a dynamic region: in tree order, each at once; one that has no place is not in the table.
  ///
  /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem, fdt_reserved_mem_save_node.
  mutating func placeAndInitialise(_ entry: RegionEntry) {
    guard let placed = place(entry) else { return }
    initialise(placed)
    table.append(placed)
  }

  /// The way of 6.12 with static regions: a second scan, after the page tables.
  ///
  /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes.
  mutating func initialiseStatics() {
    guard let container = board.reservedMemory else {
      if profile.wording.noticesMissingContainer {
        log("OF: reserved mem: Reserved memory: No reserved-memory node in the DT")
      }
      return
    }
    guard isSupported(container) else { return refuseContainer() }
    for revisit in revisits {
      switch revisit {
      case .malformed(let child, let row): refuseReg(container.children[child], row)
      case .region(let entry, let extraPairs):
        if extraPairs > 0 { noticeExtraPairs(entry, extraPairs) }
        guard entry.size != 0 else { continue }
        initialise(entry)
        table.append(entry)
      }
    }
    // Here the kernel sorts with the node's offset as the last key, so that the order is the same for any algorithm.
    table.sort { ($0.base, $0.size, $0.child) < ($1.base, $1.size, $1.child) }
    checkOverlaps()
  }

  private mutating func noticeExtraPairs(_ entry: RegionEntry, _ count: Int) {
    guard profile.wording.noticesExtraPairs else { return }
    map.regions[entry.row].note(.extraRegIgnored)
    log(
      "OF: reserved mem: fdt_scan_reserved_mem_reg_nodes() ignores \(count) regions in node "
        + "'\(map.regions[entry.row].name)'")
  }

  /// Neighbours in the table that share memory; the message names the lower one first.
  ///
  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, __rmem_check_for_overlap.
  private mutating func checkOverlaps() {
    for (lower, upper) in zip(table, table.dropFirst())
    where (lower.base &+ lower.size) & profile.addressMask > upper.base {
      map.regions[lower.row].note(.overlap)
      map.regions[lower.row].overlappedNode = map.regions[upper.row].node
      // The names follow on a line of their own, without the prefix.
      log("OF: reserved mem: OVERLAP DETECTED!")
    }
  }
}

/// Sorts as the kernel does: a heapsort, not stable, whose order of equal elements is part of its behaviour.
///
/// A max-heap is built from the middle down; on the way down the larger child goes up, the left one of two equals, as
/// long as it is larger than the element that sinks.
///
/// - Parameters:
///   - elements: the elements.
///   - isLess: a strict weak order.
/// - Complexity: O(*n* log *n*).
/// - Source: Linux 6.1 lib/sort.c, sort_r.
func kernelHeapsort<Element>(_ elements: inout [Element], by isLess: (Element, Element) -> Bool) {
  func sink(_ start: Int, _ count: Int) {
    var parent = start
    while 2 * parent + 1 < count {
      var child = 2 * parent + 1
      if child + 1 < count, isLess(elements[child], elements[child + 1]) { child += 1 }
      guard isLess(elements[parent], elements[child]) else { return }
      elements.swapAt(parent, child)
      parent = child
    }
  }
  for start in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(start, elements.count) }
  for last in stride(from: elements.count - 1, to: 0, by: -1) {
    elements.swapAt(0, last)
    sink(0, last)
  }
}
