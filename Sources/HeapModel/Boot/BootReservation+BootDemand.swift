/// What the boot itself takes between the regions and the default CMA area on arm64: it decides where that area lands.
///
/// - Source: Linux 6.1 arch/arm64/mm/mmu.c, paging_init; arch/arm64/mm/init.c, bootmem_init; mm/sparse.c, sparse_init.
extension BootReservation {
  /// The page tables of the kernel image and of all mapped memory, page by page from the top.
  ///
  /// - Returns: false where a page could not be had, of which the kernel dies.
  mutating func allocatePageTables() -> Bool {
    let pages = profile.bootDemand.kernelTablePages + linearMapTablePages()
    guard memblock.allocateBlocks(pages, size: profile.pageSize.bytes) == pages else { return false }
    memblock.memory.canGrow = true
    memblock.reserved.canGrow = true
    return true
  }

  /// Pages of page tables for the linear map, which is made of single pages (rodata=full).
  private func linearMapTablePages() -> UInt64 {
    let entryShift = profile.pageSize.shift - 3
    var pages: UInt64 = 0
    var blockShift = profile.pageSize.shift + entryShift
    // Levels below the root table, which is part of the image; addresses have 48 bits.
    while blockShift < 48 {
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

  /// The unflattened tree, the node's data, and the page descriptors.
  mutating func allocateMemoryMap() {
    let demand = profile.bootDemand
    let page = profile.pageSize.bytes
    let tree = board.unflattenedTree?.bytes ?? demand.unflattenedTree
    _ = memblock.allocate(Memblock.Request(size: tree, alignment: 64, end: 0))
    _ = memblock.allocate(Memblock.Request(size: demand.nodeData, alignment: page, end: 0))
    let sections = coveredBlocks(shift: demand.sectionShift, where: { _ in true })
    let sectionBytes = (1 << UInt64(demand.sectionShift)) / page * demand.pageDescriptor
    // One buffer for all sections, aligned to what a page table page covers.
    let block = page << UInt64(profile.pageSize.shift - 3)
    let section = (sectionBytes + block - 1) & ~(block - 1)
    let (total, overflow) = sections.multipliedReportingOverflow(by: section)
    guard !overflow else { return }
    guard let base = memblock.allocate(Memblock.Request(size: total, alignment: section, end: 0)) else {
      // Without room for the buffer each section gets its own block, as long as there is one.
      _ = memblock.allocateBlocks(sections, size: section)
      return
    }
    let used = sections * sectionBytes
    if used < total { _ = memblock.reserved.remove(base + used, total - used) }
  }
}
