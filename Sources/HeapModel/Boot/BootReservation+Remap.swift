/// The page tables that 32-bit arm makes for low memory and the CMA areas, and where the kernel dies of them.
///
/// - Source: Linux 6.1 arch/arm/mm/mmu.c, paging_init, prepare_page_table, map_lowmem;
///   arch/arm/mm/dma-mapping.c, dma_contiguous_remap.
extension BootReservation {
  /// Maps the areas in low memory again, by pages, as the kernel does one by one.
  ///
  /// An area is unmapped before memory for its page tables is found. Where part of it is not reserved, because a region
  /// that shares it has been given back, the tables may land in it, and the kernel faults.
  mutating func remapAreas() {
    guard profile.dmaZoneRule == .lowMemory, map.boots else { return }
    // What is taken from here on is no part of the map.
    let before = memblock
    defer { memblock = before }
    // Regions may have taken memory away: the bounds are found again.
    findLowMemory()
    guard keepsImageMapped() else { return die(.imageInUnmappedMemory) }
    guard memblock.allocateBlocks(lowMapTablePages(), size: profile.pageSize.bytes) == lowMapTablePages()
    else { return die(.noRoomForPageTables) }
    memblock.currentLimit = lowMemoryEnd
    var records: [Range<UInt64>] = []
    for area in areas {
      let pool = map.pools[area.pool]
      let start = pool.base.value
      let end = min(memblock.memory.end(of: start, pool.size.bytes), lowMemoryEnd)
      guard start < end else { continue }
      switch remap(start, end) {
      case .mapped: break
      case .noRoom: return die(.noRoomForPageTables)
      case .faulted: return die(.tablesInUnmappedPool(pool: pool.name, node: pool.node))
      }
      // Two records of one place are a bug for the list of mappings (mm/vmalloc.c, vm_area_add_early).
      if records.contains(where: { $0.overlaps(start..<end) }) {
        return die(.overlappingPools(pool: pool.name, node: pool.node))
      }
      records.append(start..<end)
    }
  }

  /// Whether the image lies in the first entry of memory: the kernel forgets all mappings behind it, mapped or not.
  private func keepsImageMapped() -> Bool {
    guard let first = memblock.memory.entries.first else { return true }
    return !map.occupied.contains {
      $0.kind == .kernelImage && $0.range.base.value &+ $0.range.size.bytes > first.end
    }
  }

  private enum RemapOutcome {
    case mapped
    case noRoom
    case faulted
  }

  /// Takes the record of the mapping and a table for every 2 MiB, in the order of their use.
  private mutating func remap(_ base: UInt64, _ end: UInt64) -> RemapOutcome {
    var start = base
    var request = Memblock.Request(size: 40, alignment: 4, end: 0)
    while start < end {
      guard let place = memblock.allocate(request) else { return .noRoom }
      if place < end, place &+ request.size > start { return .faulted }
      // The first allocation is the record alone.
      if request.alignment != 4 { start += Self.tableSpan }
      request = Memblock.Request(size: profile.pageSize.bytes, alignment: profile.pageSize.bytes, end: 0)
    }
    return .mapped
  }

  /// Bytes that one page of page tables maps.
  private static let tableSpan: UInt64 = 2 << 20

  /// Page tables of low memory itself: one for each 2 MiB in which a piece is not whole sections of 1 MiB.
  private func lowMapTablePages() -> UInt64 {
    let section: UInt64 = 1 << 20
    var count: UInt64 = 0
    var last: UInt64?
    for entry in memblock.memory.entries where !entry.isNoMap && entry.base < lowMemoryEnd {
      for edge in [entry.base, min(entry.end, lowMemoryEnd)] where edge % section != 0 {
        if last != edge / Self.tableSpan { count += 1 }
        last = edge / Self.tableSpan
      }
    }
    return count
  }
}
