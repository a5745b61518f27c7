/// What the boot itself takes between the regions and the default CMA area on arm64: it decides where that area lands.
///
/// - Source: Linux 6.1 arch/arm64/mm/mmu.c, paging_init; arch/arm64/mm/init.c, bootmem_init; mm/sparse.c, sparse_init.
extension BootReservation {
  /// The page tables of the kernel image and of all mapped memory, page by page from the top.
  ///
  /// - Returns: false where a page could not be had, of which the kernel dies.
  mutating func allocatePageTables() -> Bool {
    let (linear, kernel) = (linearMapTablePages(), profile.bootDemand.kernelTablePages)
    let pages = kernel < 0 ? linear - min(linear, UInt64(-kernel)) : linear + UInt64(kernel)
    guard memblock.allocateBlocks(pages, size: profile.pageSize.bytes) == pages else { return false }
    freeInitialTables()
    memblock.memory.canGrow = true
    memblock.reserved.canGrow = true
    return true
  }

  /// Gives back the page tables of the first instructions, which end the image.
  ///
  /// - Source: Linux 6.1 arch/arm64/mm/mmu.c, paging_init.
  private mutating func freeInitialTables() {
    let size = profile.bootDemand.initialTables
    for range in board.occupied ?? [] where range.kind == .kernelImage && range.range.size.bytes > size {
      _ = memblock.reserved.remove(range.range.base.value &+ (range.range.size.bytes - size), size)
    }
  }

  /// Pages of page tables for the linear map, which is made of single pages (rodata=full).
  private func linearMapTablePages() -> UInt64 {
    let entryShift = profile.pageSize.shift - 3
    var pages: UInt64 = 0
    var blockShift = profile.pageSize.shift + entryShift
    // Levels below the root table, which is part of the image.
    while blockShift < profile.bootDemand.virtualBits {
      pages += coveredBlocks(shift: blockShift, where: { !$0.isNoMap })
      blockShift += entryShift
    }
    return pages
  }

  /// How many aligned blocks of 2^`shift` bytes the accepted parts of memory touch.
  private func coveredBlocks(shift: Int, where isIncluded: (MemblockList.Entry) -> Bool) -> UInt64 {
    var count: UInt64 = 0
    var next: UInt64 = 0
    for entry in memblock.memory.entries where isIncluded(entry) {
      let first = max(entry.base >> UInt64(shift), next)
      let end = (entry.end - 1) >> UInt64(shift) + 1
      if end > first { count += end - first }
      next = max(next, end)
    }
    return count
  }

  /// The table that 6.12 makes for the regions it has counted, before it initialises the static ones.
  ///
  /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, alloc_reserved_mem_array.
  mutating func allocateRegionTable() {
    guard let entry = profile.bootDemand.regionEntry, countedRegions > 0 else { return }
    take(UInt64(countedRegions) * entry, alignment: 64)
  }

  /// The unflattened tree, the node's data, and the page descriptors.
  mutating func allocateMemoryMap() {
    let (demand, tree) = (profile.bootDemand, board.treeExtent)
    // Four bytes of a mark follow the tree.
    let treeBytes =
      tree.nodes &* demand.deviceNode &+ tree.properties &* demand.property &+ tree.nameBytes &+ 4
    take(treeBytes, alignment: 8)
    take(demand.distanceTable, alignment: profile.pageSize.bytes)
    let nodeData = take(demand.nodeData, alignment: 64)
    take(demand.cpuMask, alignment: 64)
    let sections = allocateSectionTables(near: nodeData ?? 0)
    allocateDescriptors(ofSections: sections)
    _ = memblock.allocateBlocks(demand.descriptorTablePages, size: profile.pageSize.bytes)
  }

  /// Takes room anywhere; where there is none the boot goes on, since only the default CMA area is asked for later.
  @discardableResult
  private mutating func take(_ size: UInt64, alignment: UInt64) -> UInt64? {
    size == 0 ? nil : memblock.allocate(Memblock.Request(size: size, alignment: alignment, end: 0))
  }

  /// The two-level table of sections, and the record of the pageblocks in use, beside the node's data if it fits.
  ///
  /// - Returns: how many sections memory touches.
  /// - Source: Linux 6.1 mm/sparse.c, memory_present, sparse_index_alloc, sparse_early_usemaps_alloc_pgdat_section.
  private mutating func allocateSectionTables(near nodeData: UInt64) -> UInt64 {
    let (page, shift) = (profile.pageSize.bytes, profile.bootDemand.sectionShift)
    // A `struct mem_section` has 32 bytes, and a table of them one page; addresses have 48 bits.
    let tableShift = shift + profile.pageSize.shift - 5
    take((1 << UInt64(48 - tableShift)) * 8, alignment: 64)
    for _ in 0..<coveredBlocks(shift: tableShift, where: { _ in true }) { take(page, alignment: 64) }
    let sections = coveredBlocks(shift: shift, where: { _ in true })
    // Four bits for a pageblock, in whole words, after 24 bytes.
    let blocks = UInt64(1) << UInt64(max(shift - profile.pageSize.shift - profile.pageblockOrder, 0))
    let usage = sections * (24 + (blocks * 4 + 63) / 64 * 8)
    let section = nodeData & ~((1 << UInt64(shift)) - 1)
    let near = Memblock.Request(
      size: usage, alignment: 64, start: section, end: section &+ (1 << UInt64(shift)))
    if memblock.allocate(near) == nil { take(usage, alignment: 64) }
    return sections
  }

  /// The page descriptors: one buffer for all sections, or where there is no such room section by section, or page by
  /// page.
  ///
  /// - Source: Linux 6.1 mm/sparse.c, sparse_buffer_init, sparse_buffer_fini; arch/arm64/mm/mmu.c, vmemmap_populate.
  private mutating func allocateDescriptors(ofSections sections: UInt64) {
    let (demand, page) = (profile.bootDemand, profile.pageSize.bytes)
    let sectionBytes = (1 << UInt64(demand.sectionShift)) / page * demand.pageDescriptor
    // Aligned to what a page table page covers.
    let block = page << UInt64(profile.pageSize.shift - 3)
    let section = (sectionBytes + block - 1) & ~(block - 1)
    let (total, overflow) = sections.multipliedReportingOverflow(by: section)
    guard !overflow else { return }
    if let base = take(total, alignment: section) {
      let used = sections * sectionBytes
      if used < total { _ = memblock.reserved.remove(base + used, total - used) }
      return
    }
    // Blocks are mapped with 4 KiB pages alone; what has no block is mapped by pages.
    let whole = profile.pageSize == .kib4 ? memblock.allocateBlocks(sections, size: section) : 0
    _ = memblock.allocateBlocks((sections - whole) * (sectionBytes / page), size: page)
  }
}
