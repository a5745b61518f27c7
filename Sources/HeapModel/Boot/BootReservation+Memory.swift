/// Which memory there is, and what is taken before the tree is looked at.
extension BootReservation {
  /// Memory nodes, caps, `mem=`, and what the boot loader and the kernel's image occupy.
  mutating func scanMemory() {
    for bank in board.memory { addBank(bank.base.value, bank.size.bytes) }
    capToUsableMemory()
    if commandLine.hasBareContiguous { log("cma: Config string not provided") }
    let occupied = board.occupied ?? (memblock.memory.entries.isEmpty ? [] : [assumedImage()])
    map.occupied = occupied
    switch profile.architecture {
    case .arm64: limitMemoryArm64(occupied)
    case .arm: limitMemoryArm()
    }
    for range in occupied { _ = memblock.reserved.add(range.range.base.value, range.range.size.bytes) }
    map.memory = memblock.memory.entries.mergedRanges { _ in true }
  }

  /// Whole pages of a bank become memory.
  ///
  /// - Source: Linux 6.1 drivers/of/fdt.c, early_init_dt_add_memory_arch.
  private mutating func addBank(_ bankBase: UInt64, _ bankSize: UInt64) {
    var (base, size) = (bankBase, bankSize)
    guard size > 0 else { return }
    let page = profile.pageSize.bytes
    let head = page - (base & (page - 1))
    guard size >= head else { return ignore("block", base, base &+ size) }
    if head != page {
      size -= head
      base = base &+ head
    }
    size &= ~(page - 1)
    let highest = profile.addressMask
    guard base <= highest else { return ignore("block", base, base &+ size) }
    if base &+ size &- 1 > highest {
      ignore("range", highest &+ 1, base &+ size)
      size = highest - base &+ 1
    }
    _ = memblock.memory.add(base, size)
  }

  private mutating func ignore(_ what: String, _ start: UInt64, _ end: UInt64) {
    log("OF: fdt: Ignoring memory \(what) 0x\(String(start, radix: 16)) - 0x\(String(end, radix: 16))")
  }

  /// - Source: Linux 6.1 drivers/of/fdt.c, early_init_dt_check_for_usable_mem_range.
  private mutating func capToUsableMemory() {
    guard let first = board.usableMemory.first else { return }
    let mask = profile.addressMask
    memblock.capMemory(first.base.value & mask, first.size.bytes & mask)
    for range in board.usableMemory.dropFirst().prefix(1) {
      _ = memblock.memory.add(range.base.value & mask, range.size.bytes & mask)
    }
  }

  /// - Source: Linux 6.1 arch/arm64/mm/init.c, arm64_memblock_init, early_mem.
  private mutating func limitMemoryArm64(_ occupied: [OccupiedRange]) {
    // 48 bits of physical address; the linear map covers half of 48 bits of virtual address.
    _ = memblock.memory.remove(1 << 48, .max)
    let linearEnd = (memblock.start & ~((1 << 30) - 1)) &+ (1 << 47)
    _ = memblock.memory.remove(linearEnd, .max)
    if let option = commandLine.memory.last {
      limitMemory(toTotal: option.size & ~(profile.pageSize.bytes - 1))
      for range in occupied where range.kind == .kernelImage {
        _ = memblock.memory.add(range.range.base.value, range.range.size.bytes)
      }
    }
    let page = profile.pageSize.bytes
    for range in occupied where range.kind == .initialRamdisk {
      let base = range.range.base.value & ~(page - 1)
      let size = (range.range.base.value &+ range.range.size.bytes &+ (page - 1)) & ~(page - 1) &- base
      _ = memblock.memory.add(base, size)
      _ = memblock.reserved.add(base, size)
    }
    lowMemoryEnd = memblock.end
  }

  /// Keeps so many bytes of memory, counted from the bottom; 0 is no limit.
  ///
  /// - Source: Linux 6.1 mm/memblock.c, memblock_mem_limit_remove_map, __find_max_addr.
  private mutating func limitMemory(toTotal limit: UInt64) {
    guard limit > 0 else { return }
    var left = limit
    for entry in memblock.memory.entries {
      let size = entry.end - entry.base
      if left <= size { return memblock.capMemory(0, entry.base + left) }
      left -= size
    }
  }

  /// - Source: Linux 6.1 arch/arm/kernel/setup.c, early_mem, arm_add_memory.
  private mutating func limitMemoryArm() {
    let start = memblock.start
    if !commandLine.memory.isEmpty { _ = memblock.memory.remove(start, memblock.end - start) }
    let page = profile.pageSize.bytes
    for option in commandLine.memory {
      let wanted = option.start ?? start
      let base = (wanted &+ (page - 1)) & ~(page - 1)
      guard base <= profile.addressMask else { continue }
      let size = min(option.size &- (wanted & (page - 1)), profile.addressMask - base) & ~(page - 1)
      _ = memblock.memory.add(base, size)
    }
    findLowMemory()
  }

  /// Where low memory ends, and with it the search that names no end.
  ///
  /// - Source: Linux 6.1 arch/arm/mm/mmu.c, adjust_lowmem_bounds.
  mutating func findLowMemory() {
    let block: UInt64 = 2 << 20
    let start = memblock.start
    if start % block != 0 { _ = memblock.memory.setNoMap(start, block - start % block, true) }
    let most = start &+ (profile.lowMemoryMax?.bytes ?? .max - start)
    lowMemoryEnd = 0
    var limit: UInt64?
    for entry in memblock.memory.entries where !entry.isNoMap && entry.base < most {
      lowMemoryEnd = max(lowMemoryEnd, min(entry.end, most))
      if limit == nil, entry.base % block != 0 { limit = entry.base }
      if limit == nil, entry.end % block != 0 { limit = lowMemoryEnd }
    }
    memblock.currentLimit = (limit ?? lowMemoryEnd) & ~(block - 1)
  }

  /// The first of the lists that a result shows.
  mutating func listMemory() {
    map.notMapped = memblock.memory.entries.mergedRanges { $0.isNoMap }
    map.reserved = memblock.reserved.entries.mergedRanges { _ in true }
  }
}

extension [MemblockList.Entry] {
  /// The entries that a test accepts, as ranges, neighbours merged.
  fileprivate func mergedRanges(_ isIncluded: (Element) -> Bool) -> [AddressRange] {
    var merged: [Element] = []
    for entry in self where isIncluded(entry) {
      if let last = merged.last, last.end == entry.base {
        merged[merged.count - 1].end = entry.end
      } else {
        merged.append(entry)
      }
    }
    return merged.map { AddressRange(base: $0.base, size: $0.end - $0.base) }
  }
}
