/// What happens to the CMA areas when the page allocator is up, and where the kernel dies of them.
///
/// - Source: Linux 6.1 mm/cma.c, cma_init_reserved_areas, cma_activate_area.
extension BootReservation {
  /// Walks the areas in the order of their slots, until the kernel dies.
  mutating func activateAreas() {
    var shared = overlappingAreas()
    for index in areas {
      let pool = map.pools[index]
      switch fate(of: pool) {
      case .active: break
      case .crossesZones:
        deactivate(index)
        shared.remove(index)
      case .outsideMemory: return die(.poolOutsideMemory(pool: pool.name, node: pool.node))
      }
      guard shared.contains(index) else { continue }
      note(.badPage, pool)
      if !profile.livesWithOverlappingAreas {
        return die(.overlappingPools(pool: pool.name, node: pool.node))
      }
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

  /// Where the DRAM that holds an address ends; the address itself where none holds it.
  private func coveredEnd(from address: UInt64) -> UInt64 {
    var end = address
    for entry in memblock.memory.entries[memblock.memory.countEnding(atOrBelow: address)...] {
      guard entry.base <= end else { break }
      end = entry.end
    }
    return end
  }

  /// Where a zone begins, in rising order: DMA32 and normal memory on arm64, high memory on 32-bit arm.
  private var zoneBoundaries: [UInt64] {
    switch profile.dmaZoneRule {
    case .lowMemory: [lowMemoryEnd]
    case .wholeBits, .exact: [dmaZoneLimit, 1 << 32].sorted()
    }
  }

  /// An area across two zones gets no service, and its pages go to the page allocator.
  private mutating func deactivate(_ index: Int) {
    let pool = map.pools[index]
    map.pools[index].isActive = false
    // The area keeps its name in a buffer of 64 bytes (CMA_MAX_NAME).
    log("cma: CMA area \(pool.areaName) could not be activated")
    note(.cmaNotActivated, pool)
    for row in map.regions.indices where map.regions[row].isRequest(for: pool) {
      map.regions[row].state = .rejected
    }
  }

  private mutating func note(_ problem: BootProblem, _ pool: MemoryPool) {
    guard pool.node != nil else { return report(problem) }
    for row in map.regions.indices where map.regions[row].isRequest(for: pool) {
      map.regions[row].note(problem)
    }
  }

  /// The areas, as indices into the pools, that share memory with one of an earlier slot.
  private func overlappingAreas() -> Set<Int> {
    var shared: Set<Int> = []
    var latest: (end: UInt64, slot: Int)?
    let ordered = areas.enumerated().sorted { first, second in
      let (a, b) = (map.pools[first.element].base, map.pools[second.element].base)
      return a == b ? first.offset < second.offset : a < b
    }
    for (slot, index) in ordered {
      let pool = map.pools[index]
      let end = memblock.memory.end(of: pool.base.value, pool.size.bytes)
      if let previous = latest, pool.base.value < previous.end {
        shared.insert(areas[max(previous.slot, slot)])
      }
      if end > latest?.end ?? 0 { latest = (end, slot) }
    }
    return shared
  }
}

extension MemoryPool {
  /// The name that the area carries: at most 63 bytes of the region's.
  var areaName: String { String(decoding: name.utf8.prefix(63), as: UTF8.self) }
}

extension ReservedRegion {
  /// Whether a pool was made of this row.
  fileprivate func isRequest(for pool: MemoryPool) -> Bool {
    node == pool.node && base == pool.base && pair == 0
      && (node != nil || origin == .builtIn || origin == .commandLine)
  }
}
