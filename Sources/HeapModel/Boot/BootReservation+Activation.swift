/// What happens to the CMA areas when the page allocator is up, and where the kernel dies of them.
///
/// - Source: Linux 6.1 mm/cma.c, cma_init_reserved_areas, cma_activate_area.
extension BootReservation {
  /// Walks the areas in the order of their slots, until the kernel dies.
  mutating func activateAreas() {
    var shared = overlappingAreas()
    var released: [Range<UInt64>] = []
    for (slot, area) in areas.enumerated() {
      let pool = map.pools[area.pool]
      let range = pool.base.value..<memblock.memory.end(of: pool.base.value, pool.size.bytes)
      defer { if map.pools[area.pool].isActive { released.append(range) } }
      switch fate(of: pool) {
      case .active: break
      case .crossesZones:
        deactivate(area)
        shared.remove(slot)
      case .outsideMemory: return die(.poolOutsideMemory(pool: pool.name, node: pool.node))
      }
      guard shared.contains(slot) else { continue }
      note(.badPage, area)
      if !profile.livesWithOverlappingAreas, releasesHead(range, after: released) {
        return die(.overlappingPools(pool: pool.name, node: pool.node))
      }
    }
  }

  /// Whether an area releases a pageblock again that heads a block on the allocator's lists.
  ///
  /// A pageblock that has been merged into the block of its lower neighbour heads nothing: released once more, it goes
  /// on a list of its own, and nothing is found wrong as long as nobody has both. The neighbour is the one with which
  /// it makes an aligned pair; two pageblocks in a row always include a lower one.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, init_cma_reserved_pageblock, __free_one_page.
  private func releasesHead(_ range: Range<UInt64>, after released: [Range<UInt64>]) -> Bool {
    let block = profile.cmaAlignment
    return released.contains { earlier in
      let shared = earlier.clamped(to: range)
      guard !shared.isEmpty else { return false }
      guard shared.upperBound - shared.lowerBound <= block, shared.lowerBound & block != 0 else {
        return true
      }
      let lower = shared.lowerBound - block
      return !released.contains { $0.contains(lower) }
    }
  }

  private enum Fate {
    case active
    case crossesZones
    case outsideMemory
  }

  /// The first thing that the walk over the area's pages meets: the next zone, a page without a descriptor, or neither.
  private func fate(of pool: MemoryPool) -> Fate {
    let base = pool.base.value
    let end = memblock.memory.end(of: base, pool.size.bytes)
    let covered = coveredEnd(from: base)
    let boundary = zoneBoundaries.first { base < $0 && $0 < end }
    if let boundary, boundary < covered { return .crossesZones }
    return covered < end ? .outsideMemory : .active
  }

  /// Where the page descriptors of the DRAM that holds an address end; the address itself where none holds it.
  ///
  /// With a sparse map there are descriptors for whole subsections of 2 MiB (include/linux/mmzone.h, SUBSECTION_SHIFT).
  private func coveredEnd(from address: UInt64) -> UInt64 {
    var end = address
    for entry in memblock.memory.entries[memblock.memory.countEnding(atOrBelow: address)...] {
      guard entry.base <= end else { break }
      end = entry.end
    }
    guard end > address, profile.architecture == .arm64 else { return end }
    let subsection: UInt64 = 2 << 20
    return end > .max - subsection ? .max : (end + subsection - 1) & ~(subsection - 1)
  }

  /// Where a zone begins, in rising order: DMA32 and normal memory on arm64, high memory on 32-bit arm.
  private var zoneBoundaries: [UInt64] {
    switch profile.dmaZoneRule {
    case .lowMemory: [lowMemoryEnd]
    case .wholeBits, .exact: [dmaZoneLimit, 1 << 32].sorted()
    }
  }

  /// An area across two zones gets no service, and its pages go to the page allocator.
  private mutating func deactivate(_ area: Area) {
    map.pools[area.pool].isActive = false
    log("cma: CMA area \(map.pools[area.pool].areaName) could not be activated")
    note(.cmaNotActivated, area)
    map.regions[area.row].state = .rejected
  }

  /// The default area's problems belong to the whole tree.
  private mutating func note(_ problem: BootProblem, _ area: Area) {
    if map.regions[area.row].node == nil {
      report(problem)
    } else {
      map.regions[area.row].note(problem)
    }
  }

  /// The slots whose area shares memory with the area of an earlier slot.
  private func overlappingAreas() -> Set<Int> {
    var shared: Set<Int> = []
    var latest: (end: UInt64, slot: Int)?
    let ordered = areas.indices.sorted { first, second in
      let (a, b) = (map.pools[areas[first].pool].base, map.pools[areas[second].pool].base)
      return a == b ? first < second : a < b
    }
    for slot in ordered {
      let pool = map.pools[areas[slot].pool]
      let end = memblock.memory.end(of: pool.base.value, pool.size.bytes)
      if let previous = latest, pool.base.value < previous.end { shared.insert(max(previous.slot, slot)) }
      if end > latest?.end ?? 0 { latest = (end, slot) }
    }
    return shared
  }
}

extension MemoryPool {
  /// The name that the area carries: at most 63 bytes of the region's (CMA_MAX_NAME is 64).
  var areaName: String { String(decoding: name.utf8.prefix(63), as: UTF8.self) }
}
