/// The scan of the container: static regions are taken, dynamic ones noted.
///
/// - Source: Linux 6.1 and 6.12 fdt_scan_reserved_mem, __reserved_mem_reserve_reg.
extension BootReservation {
  /// Regions and `/memreserve/` entries, in the profile's order.
  mutating func scanReservedMemory() {
    if profile.reservesEntriesFirst { reserveEntries() }
    let dynamics = scanContainer()
    if profile.regionOrder == .dynamicThenStatic {
      for entry in dynamics { placeAndInitialise(entry) }
    }
    if !profile.reservesEntriesFirst { reserveEntries() }
    for node in board.strayNodes { map.regions.append(row(of: node, state: .ignored)) }
    for entry in board.memoryReservations.prefix(while: { $0.size.bytes != 0 }) {
      map.regions.append(
        ReservedRegion(
          name: "memreserve", pair: 0, origin: .memoryReservation, type: .reserved, base: entry.base,
          size: entry.size, noMap: false, reusable: false, state: .reserved))
    }
  }

  /// - Source: Linux 6.1 drivers/of/fdt.c, early_init_fdt_scan_reserved_mem.
  private mutating func reserveEntries() {
    for entry in board.memoryReservations.prefix(while: { $0.size.bytes != 0 }) {
      _ = memblock.reserved.add(
        entry.base.value & profile.addressMask, entry.size.bytes & profile.addressMask)
    }
  }

  /// Walks the children.
  ///
  /// - Returns: the dynamic regions that are kept for a kernel that places them straight away.
  private mutating func scanContainer() -> [RegionEntry] {
    guard let container = board.reservedMemory else { return [] }
    guard isSupported(container) else {
      refuseContainer()
      for child in container.children { map.regions.append(row(of: child, state: .ignored)) }
      return []
    }
    var dynamics: [RegionEntry] = []
    for (index, child) in container.children.enumerated() {
      guard isAvailable(status: child.status) else {
        map.regions.append(row(of: child, state: .ignored))
        continue
      }
      if let reg = child.reg {
        scanStatic(child, index, reg)
      } else if child.size != nil {
        noteDynamic(child, index, into: &dynamics)
      } else {
        map.regions.append(row(of: child, state: .invalid))
      }
    }
    return dynamics
  }

  /// - Source: Linux 6.1 drivers/of/fdt.c, __reserved_mem_check_root.
  func isSupported(_ container: ReservedMemoryNode) -> Bool {
    container.cells.size == sizeCells && container.cells.address == addressCells && container.hasRanges
  }

  mutating func refuseContainer() {
    report(.badRootFormat)
    log("\(profile.wording.scanPrefix)Reserved memory: unsupported node format, ignoring")
  }

  private mutating func noteDynamic(_ child: RegionNode, _ index: Int, into dynamics: inout [RegionEntry]) {
    map.regions.append(row(of: child, state: .unplaced))
    let row = map.regions.count - 1
    let entry = RegionEntry(child: index, row: row, base: 0, size: 0)
    switch profile.regionOrder {
    case .sortedTable: save(entry)
    case .dynamicThenStatic:
      if let most = profile.dynamicRegionsMax, dynamics.count >= most {
        map.regions[row].state = .overLimit
        map.regions[row].note(.tooManyDynamic)
        log("OF: reserved mem: too many defined dynamic regions, skip '\(child.name)'")
      } else {
        countedRegions += 1
        dynamics.append(entry)
      }
    }
  }

  /// Takes every pair of `reg`; the first one is the region.
  private mutating func scanStatic(_ child: RegionNode, _ index: Int, _ reg: [UInt8]) {
    let pairBytes = (Int(addressCells) + Int(sizeCells)) * 4
    guard !reg.isEmpty, pairBytes > 0, reg.count % pairBytes == 0 else {
      map.regions.append(row(of: child, state: .invalid))
      // The kernel passes an empty property; 6.12 then reads what lies behind it, which nobody can predict.
      guard !reg.isEmpty else { return }
      let row = map.regions.count - 1
      refuseReg(child, row)
      revisits.append(.malformed(child: index, row: row))
      return
    }
    var cells = PropertyCells(reg)
    let first = map.regions.count
    var pair = 0
    while let base = cells.next(cells: addressCells), let size = cells.next(cells: sizeCells) {
      reservePair(child, pair, base & profile.addressMask, size & profile.addressMask)
      // The table takes it before the other pairs are looked at.
      if pair == 0 { saveStatic(child, index, row: first, extraPairs: reg.count / pairBytes - 1) }
      pair += 1
    }
  }

  mutating func refuseReg(_ child: RegionNode, _ row: Int) {
    map.regions[row].note(.badRegProperty)
    log(
      "\(profile.wording.scanPrefix)Reserved memory: invalid reg property in '\(child.name)', skipping node.")
  }

  /// One pair, with a row of its own.
  ///
  /// - Source: Linux 6.1 drivers/of/fdt.c, early_init_dt_reserve_memory.
  private mutating func reservePair(_ child: RegionNode, _ pair: Int, _ base: UInt64, _ size: UInt64) {
    var row = row(of: child, state: .reserved)
    row.pair = pair
    row.base = PhysicalAddress(base)
    row.size = ByteCount(size)
    if size == 0 || !reserve(base, size, noMap: child.noMap) {
      row.state = size == 0 ? .invalid : .rejected
      row.note(.reserveFailed)
      log(
        "\(profile.wording.scanPrefix)Reserved memory: failed to reserve memory for node '\(child.name)': "
          + "base \(text(base)), size \(mebibytes(size)) MiB")
    }
    map.regions.append(row)
  }

  private mutating func reserve(_ base: UInt64, _ size: UInt64, noMap: Bool) -> Bool {
    guard noMap else { return memblock.reserved.add(base, size) }
    if memblock.memory.overlaps(base, size), memblock.reserved.overlaps(base, size) { return false }
    return memblock.memory.setNoMap(base, size, true)
  }

  /// Keeps the first pair for its initialiser.
  private mutating func saveStatic(_ child: RegionNode, _ index: Int, row: Int, extraPairs: Int) {
    guard let base = map.regions[row].base?.value, let size = map.regions[row].size?.bytes else { return }
    var entry = RegionEntry(child: index, row: row, base: base, size: size)
    switch profile.regionOrder {
    case .dynamicThenStatic:
      countedRegions += 1
      revisits.append(.region(entry, extraPairs: extraPairs))
    case .sortedTable:
      if size == 0, profile.placesEmptyStatics, child.size != nil {
        map.regions.append(self.row(of: child, state: .unplaced))
        map.regions[map.regions.count - 1].origin = .dynamic
        entry.row = map.regions.count - 1
      }
      save(entry)
    }
  }

  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, fdt_reserved_mem_save_node.
  private mutating func save(_ entry: RegionEntry) {
    guard table.count < profile.regionTableMax ?? .max else {
      map.regions[entry.row].state = .overLimit
      report(.tooManyRegions)
      log("OF: reserved mem: not enough space for all defined regions.")
      return
    }
    table.append(entry)
  }

  /// A row for a node, with what the node alone says.
  func row(of node: RegionNode, state: ReservedRegion.State) -> ReservedRegion {
    ReservedRegion(
      name: node.name, node: node.identifier, path: node.path, pair: 0,
      origin: node.reg == nil ? .dynamic : .fixed, type: node.purpose, base: nil, size: askedSize(node),
      noMap: node.noMap, reusable: node.reusable, state: state)
  }
}

extension BootReservation {
  /// The size that a well-formed node asks for, in its first pair or in `size`.
  private func askedSize(_ node: RegionNode) -> ByteCount? {
    let (addressBytes, sizeBytes) = (Int(addressCells) * 4, Int(sizeCells) * 4)
    if let reg = node.reg {
      guard addressBytes + sizeBytes > 0, !reg.isEmpty, reg.count % (addressBytes + sizeBytes) == 0 else {
        return nil
      }
      var cells = PropertyCells(reg)
      _ = cells.next(cells: addressCells)
      return cells.next(cells: sizeCells).map { ByteCount($0 & profile.addressMask) }
    }
    guard let size = node.size, size.count == sizeBytes else { return nil }
    var cells = PropertyCells(size)
    return cells.next(cells: sizeCells).map { ByteCount($0 & profile.addressMask) }
  }
}

extension RegionNode {
  /// The compatible strings of the chunk heap's first two forms.
  static let chunkCompatibles = ["linux,dma-heap-chunk", "dma_heap,chunk"]

  /// Whether the node names the chunk heap.
  var isChunkHeap: Bool { Self.chunkCompatibles.contains { isCompatible(compatible, with: $0) } }

  /// Whether the node names the pool that CMA and coherent memory share.
  var isSharedPool: Bool { isCompatible(compatible, with: "shared-dma-pool") }

  /// What the node asks for.
  var purpose: ReservedRegion.Purpose {
    if isSharedPool { return reusable ? .cma : .coherent }
    if isChunkHeap { return .chunk }
    return isCompatible(compatible, with: "restricted-dma-pool") ? .restricted : .reserved
  }
}
