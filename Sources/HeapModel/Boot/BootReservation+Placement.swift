/// Where a dynamic region goes.
///
/// - Source: Linux 6.1 and 6.12 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size.
extension BootReservation {
  /// Places a dynamic region by its properties and keeps the place in its row.
  ///
  /// - Returns: the entry with its place, or nil where the node is malformed or there is no room.
  mutating func place(_ entry: RegionEntry) -> RegionEntry? {
    guard let child = child(entry), let sizeBytes = child.size else { return nil }
    guard let size = number(sizeBytes, cells: sizeCells) else {
      return refuse(entry, .badSizeProperty, "invalid size property in '\(child.name)' node.")
    }
    map.regions[entry.row].size = ByteCount(size)
    var alignment: UInt64 = 0
    if let bytes = child.alignment {
      guard let value = number(bytes, cells: addressCells) else {
        return refuse(entry, .badAlignmentProperty, "invalid alignment property in '\(child.name)' node.")
      }
      alignment = value
    }
    if child.isSharedPool, child.reusable, !child.noMap { alignment = max(alignment, profile.cmaAlignment) }
    let pairBytes = (Int(addressCells) + Int(sizeCells)) * 4
    if let ranges = child.allocRanges, pairBytes == 0 || ranges.count % pairBytes != 0 {
      return refuse(
        entry, .badAllocRanges, "invalid alloc-ranges property in '\(child.name)', skipping node.")
    }
    guard let base = findPlace(size, alignment, child) else {
      let amount = profile.wording.failureNamesSize ? ": size \(mebibytes(size)) MiB" : ""
      _ = refuse(entry, .allocFailed, "failed to allocate memory for node '\(child.name)'\(amount)")
      map.regions[entry.row].state = .unplaced
      return nil
    }
    var placed = entry
    (placed.base, placed.size) = (base, size)
    map.regions[entry.row].base = PhysicalAddress(base)
    map.regions[entry.row].state = .reserved
    return placed
  }

  /// The node of an entry.
  func child(_ entry: RegionEntry) -> RegionNode? { board.reservedMemory?.children[entry.child] }

  /// A property that must have exactly so many cells, cut to the width of an address.
  private func number(_ bytes: [UInt8], cells: UInt32) -> UInt64? {
    guard bytes.count == Int(cells) * 4 else { return nil }
    var reader = PropertyCells(bytes)
    return reader.next(cells: cells).map { $0 & profile.addressMask }
  }

  private mutating func refuse(_ entry: RegionEntry, _ problem: BootProblem, _ message: String)
    -> RegionEntry?
  {
    map.regions[entry.row].state = .invalid
    map.regions[entry.row].note(problem)
    log("OF: reserved mem: \(message)")
    return nil
  }

  /// The first window of `alloc-ranges` with room, or anywhere without the property.
  private mutating func findPlace(_ size: UInt64, _ alignment: UInt64, _ child: RegionNode) -> UInt64? {
    // SMP_CACHE_BYTES is 64 on all profiles.
    var request = Memblock.Request(
      size: size, alignment: alignment == 0 ? 64 : alignment, end: profile.addressMask)
    guard let ranges = child.allocRanges else { return take(request, noMap: child.noMap) }
    var cells = PropertyCells(ranges)
    while let start = cells.next(cells: addressCells), let length = cells.next(cells: sizeCells) {
      // An end of 0 means no end; a sum beyond the width of an address wraps.
      let end = (start &+ length) & profile.addressMask
      request.start = start & profile.addressMask
      request.end = end == 0 ? profile.addressMask : end
      request.isBottomUp = profile.fillsWindowsFromNeighbours && isFilledFromBelow(request.start, end)
      if let base = take(request, noMap: child.noMap) { return base }
    }
    return nil
  }

  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, early_init_dt_alloc_reserved_memory_arch.
  private mutating func take(_ request: Memblock.Request, noMap: Bool) -> UInt64? {
    guard let base = memblock.allocate(request) else { return nil }
    if noMap, !memblock.memory.setNoMap(base, request.size, true) {
      _ = memblock.reserved.remove(base, request.size)
      return nil
    }
    return base
  }

  /// Whether a window begins at a region of the table and does not end at one.
  ///
  /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_in_range.
  private func isFilledFromBelow(_ start: UInt64, _ end: UInt64) -> Bool {
    var (touchesBelow, touchesAbove) = (false, false)
    for entry in table where entry.size != 0 {
      let last = (entry.base &+ entry.size) & profile.addressMask
      if start >= entry.base, start <= last { touchesBelow = true }
      if end >= entry.base, end <= last { touchesAbove = true }
    }
    return touchesBelow && !touchesAbove
  }
}
