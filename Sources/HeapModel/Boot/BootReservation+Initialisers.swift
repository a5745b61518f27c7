/// Who takes a region into service, and what happens when nobody does.
///
/// - Source: Linux 6.1 and 6.12 drivers/of/of_reserved_mem.c, __reserved_mem_init_node.
extension BootReservation {
  /// Tries the initialisers whose compatible string the node has, and gives the region back when all refuse.
  mutating func initialise(_ entry: RegionEntry) {
    guard let child = child(entry) else { return }
    switch runInitialisers(entry, child) {
    case .ready(let compatible):
      map.regions[entry.row].state = .ready
      log("OF: reserved mem: initialized node \(child.name), compatible id \(compatible)")
    case .none: break
    case .refused:
      giveBack(entry, child)
      return
    }
    guard profile.wording.listsRegions else { return }
    let last = entry.base &+ entry.size &- 1
    let words = "\(child.noMap ? "nomap" : "map") \(child.reusable ? "reusable" : "non-reusable")"
    log(
      "OF: reserved mem: \(text(entry.base))..\(text(last)) (\(entry.size >> 10) KiB) \(words) \(child.name)")
  }

  private enum Outcome {
    /// One took it; the compatible string that it goes by.
    case ready(String)
    /// There is none for this node.
    case none
    /// All refused.
    case refused
  }

  /// The initialisers in the order in which they are linked; the first that takes the region ends the search.
  private mutating func runInitialisers(_ entry: RegionEntry, _ child: RegionNode) -> Outcome {
    var wasTried = false
    if child.isSharedPool {
      wasTried = true
      if initialiseCMA(entry, child) || initialiseCoherent(entry, child) { return .ready("shared-dma-pool") }
    }
    if profile.hasChunkHeap {
      for compatible in RegionNode.chunkCompatibles where isCompatible(child.compatible, with: compatible) {
        wasTried = true
        if initialiseChunkHeap(entry) { return .ready(compatible) }
      }
    }
    return wasTried ? .refused : .none
  }

  /// - Source: Linux 6.1 kernel/dma/contiguous.c, rmem_cma_setup.
  private mutating func initialiseCMA(_ entry: RegionEntry, _ child: RegionNode) -> Bool {
    if child.cmaDefault, commandLine.contiguous != nil {
      map.regions[entry.row].note(.cmaBypassed)
      log("Reserved memory: bypass \(child.name) node, using cmdline CMA params instead")
      return false
    }
    guard child.reusable, !child.noMap else { return false }
    guard (entry.base | entry.size) & (profile.cmaAlignment - 1) == 0 else {
      map.regions[entry.row].note(.misalignedCMA)
      log("Reserved memory: incorrect alignment of CMA region")
      return false
    }
    guard makeArea(entry, .cma) else { return false }
    if child.cmaDefault { defaultArea = map.pools.count - 1 }
    log("Reserved memory: created CMA memory pool at \(text(entry.base)), size \(mebibytes(entry.size)) MiB")
    return true
  }

  /// - Source: Linux 6.1 kernel/dma/coherent.c, rmem_dma_setup.
  private mutating func initialiseCoherent(_ entry: RegionEntry, _ child: RegionNode) -> Bool {
    guard !child.reusable else { return false }
    if profile.coherentNeedsNoMap, !child.noMap {
      map.regions[entry.row].note(.coherentNeedsNoMap)
      log("Reserved memory: regions without no-map are not yet supported")
      return false
    }
    addPool(entry, .coherent)
    log("Reserved memory: created DMA memory pool at \(text(entry.base)), size \(mebibytes(entry.size)) MiB")
    return true
  }

  /// - Source: the chunk heap of January 2021 (form 2), as booted on Linux 6.1.192.
  private mutating func initialiseChunkHeap(_ entry: RegionEntry) -> Bool {
    guard (entry.base | entry.size) & (profile.cmaAlignment - 1) == 0 else {
      map.regions[entry.row].note(.misalignedCMA)
      return false
    }
    return makeArea(entry, .chunk)
  }

  /// Makes a CMA area of a region in the next free slot, or says why not.
  private mutating func makeArea(_ entry: RegionEntry, _ kind: MemoryPool.Kind) -> Bool {
    switch initArea(entry.base, entry.size) {
    case .noSlot: map.regions[entry.row].note(.cmaSlots)
    case .invalid: break
    case .ready:
      areas.append(Area(pool: map.pools.count, row: entry.row))
      addPool(entry, kind)
      return true
    }
    map.regions[entry.row].note(.cmaSetupFailed)
    log("Reserved memory: unable to setup CMA region")
    return false
  }

  /// What the core of CMA says to an area.
  enum AreaOutcome {
    /// It may have a slot.
    case ready
    /// All slots are used.
    case noSlot
    /// It is empty, not aligned, or no byte of it is reserved.
    case invalid
  }

  /// - Source: Linux 6.1 mm/cma.c, cma_init_reserved_mem.
  mutating func initArea(_ base: UInt64, _ size: UInt64) -> AreaOutcome {
    guard areas.count < profile.cmaAreaCount else {
      log("cma: Not enough slots for CMA reserved regions!")
      return .noSlot
    }
    guard size > 0, memblock.reserved.overlaps(base, size) else { return .invalid }
    return (base | size) & (profile.cmaAlignment - 1) == 0 ? .ready : .invalid
  }

  private mutating func addPool(_ entry: RegionEntry, _ kind: MemoryPool.Kind) {
    map.pools.append(
      MemoryPool(
        name: map.regions[entry.row].name, type: kind, base: PhysicalAddress(entry.base),
        size: ByteCount(entry.size), builtIn: false, node: map.regions[entry.row].node))
  }

  /// Frees what the initialisers refused, whoever else counts on it; a no-map region loses its mark alone.
  private mutating func giveBack(_ entry: RegionEntry, _ child: RegionNode) {
    map.regions[entry.row].note(.initFailed)
    map.regions[entry.row].state = .rejected
    map.regions[entry.row].givenBack = true
    log("OF: reserved mem: node \(child.name) compatible matching fail")
    if child.noMap {
      _ = memblock.memory.setNoMap(entry.base, entry.size, false)
    } else {
      _ = memblock.reserved.remove(entry.base, entry.size)
    }
  }
}
