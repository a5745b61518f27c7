/// The DMA-BUF heaps, in the order in which the kernel registers them: CMA, then the chunk heaps by form.
extension BootReservation {
  /// All heaps that the pools and the devices give.
  mutating func registerHeaps() {
    // The system heap is always there, and its name is taken.
    var names: Set<String> = ["system"]
    registerCMAHeaps(&names)
    guard profile.hasChunkHeap else { return }
    registerRegionHeaps(&names)
    let pools = areaByNode()
    for user in board.users where isAvailable(status: user.status) {
      if user.isPoolUser { registerPoolUser(user, pools, &names) }
      if user.isProductHeap { registerProductHeap(user, pools, &names) }
    }
  }

  /// Adds a heap unless its name is taken.
  ///
  /// - Source: Linux 6.1 drivers/dma-buf/dma-heap.c, dma_heap_add.
  private mutating func add(_ heap: HeapInstance, _ names: inout Set<String>) {
    if names.insert(heap.name).inserted {
      map.heaps.append(heap)
    } else {
      fail(heap.name, heap.node, heap.variant, .nameTaken)
    }
  }

  private mutating func fail(
    _ name: String?, _ node: Int?, _ variant: HeapInstance.Variant?, _ reason: HeapFailure.Reason
  ) {
    map.heapFailures.append(HeapFailure(name: name, node: node, variant: variant, reason: reason))
  }

  /// - Source: Linux 6.1 drivers/dma-buf/heaps/cma_heap.c, add_default_cma_heap.
  private mutating func registerCMAHeaps(_ names: inout Set<String>) {
    guard profile.hasCMAHeap else { return }
    if let defaultArea {
      let pool = map.pools[defaultArea]
      let isByName = profile.cmaHeapNaming == .defaultAreaByName
      addCMAHeap(isByName ? pool.areaName : "default_cma_region", pool, &names)
    }
    guard profile.cmaHeapNaming == .everyReusablePool else { return }
    for area in areas where area.pool != defaultArea && map.pools[area.pool].type == .cma {
      addCMAHeap(map.pools[area.pool].areaName, map.pools[area.pool], &names)
    }
  }

  private mutating func addCMAHeap(_ name: String, _ pool: MemoryPool, _ names: inout Set<String>) {
    add(
      HeapInstance(
        name: name, type: .cma, region: pool.name, base: pool.base, size: pool.size, node: pool.node), &names)
  }

  /// Form 2: a region of its own, named by its node.
  private mutating func registerRegionHeaps(_ names: inout Set<String>) {
    let nodes = board.reservedMemory?.children ?? []
    var orders: [Int: [UInt8]] = [:]
    for node in nodes where node.isChunkHeap { orders[node.identifier] = node.chunkOrder }
    for pool in map.pools where pool.type == .chunk {
      let bytes = pool.node.flatMap { orders[$0] }
      // Absent: 4, as in the driver.
      guard let order = bytes == nil ? 4 : PropertyCells.firstCell(bytes).map(Int.init) else {
        fail(pool.name, pool.node, .failfast, .noChunkSize)
        continue
      }
      addChunkHeap(pool.name, pool, order, .failfast, node: pool.node, &names)
    }
  }

  /// Form 1: a device on a CMA area, with the chunk's bytes as `alignment`.
  private mutating func registerPoolUser(
    _ user: RegionUser, _ pools: [Int: MemoryPool], _ names: inout Set<String>
  ) {
    guard let pool = area(of: user, pools, nil, .pageblockScan) else { return }
    guard let bytes = PropertyCells.firstCell(user.alignment) else {
      return fail(pool.name, user.identifier, .pageblockScan, .noChunkSize)
    }
    let order = chunkOrder(holding: UInt64(bytes))
    addChunkHeap(pool.name, pool, order, .pageblockScan, node: user.identifier, &names)
  }

  /// Form 3: a device with a name of its own and, unless it is secure, an uncached twin.
  private mutating func registerProductHeap(
    _ user: RegionUser, _ pools: [Int: MemoryPool], _ names: inout Set<String>
  ) {
    let name = String(decoding: (user.heapName ?? []).prefix { $0 != 0 }, as: UTF8.self)
    guard !name.isEmpty else { return fail(nil, user.identifier, .halving, .noName) }
    if user.secure, PropertyCells.firstCell(user.protectionID) ?? 0 == 0 {
      return fail(name, user.identifier, .halving, .noProtection)
    }
    guard let pool = area(of: user, pools, name, .halving) else { return }
    let bytes = PropertyCells.firstCell(user.heapAlignment) ?? 0
    let order = min(chunkOrder(holding: UInt64(bytes)), profile.maxOrder)
    for suffix in user.secure ? ["-secure"] : ["", "-uncached"] {
      addChunkHeap(name + suffix, pool, order, .halving, node: user.identifier, &names) { heap in
        heap.isSecure = user.secure
        heap.isUncached = suffix == "-uncached"
        heap.flags = user.flags
      }
    }
  }

  private mutating func addChunkHeap(
    _ name: String, _ pool: MemoryPool, _ order: Int, _ variant: HeapInstance.Variant, node: Int?,
    _ names: inout Set<String>, _ change: (inout HeapInstance) -> Void = { _ in }
  ) {
    guard (0...profile.maxOrder).contains(order) else {
      return fail(name, node, variant, .chunkTooLarge)
    }
    let chunk = profile.pageSize.bytes << UInt64(order)
    var heap = HeapInstance(
      name: name, type: .chunk, variant: variant, region: pool.name, base: pool.base, size: pool.size,
      chunkOrder: order, chunkSize: ByteCount(chunk), chunks: pool.size.bytes / chunk, node: node)
    change(&heap)
    add(heap, &names)
  }

  /// The order of the smallest block that holds so many bytes; a single page for none (get_order).
  private func chunkOrder(holding bytes: UInt64) -> Int {
    let pages = bytes >> UInt64(profile.pageSize.shift) + (bytes & (profile.pageSize.bytes - 1) == 0 ? 0 : 1)
    return pages <= 1 ? 0 : UInt64.bitWidth - (pages - 1).leadingZeroBitCount
  }

  /// The CMA areas that belong to nodes.
  private func areaByNode() -> [Int: MemoryPool] {
    var result: [Int: MemoryPool] = [:]
    for area in areas {
      let pool = map.pools[area.pool]
      if let node = pool.node, pool.type == .cma { result[node] = pool }
    }
    return result
  }

  /// The area that a device's first `memory-region` leads to, or the failure.
  ///
  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_idx.
  private mutating func area(
    of user: RegionUser, _ pools: [Int: MemoryPool], _ name: String?, _ variant: HeapInstance.Variant
  ) -> MemoryPool? {
    guard let first = user.memoryRegions.first, let node = first else {
      fail(name, user.identifier, variant, .noRegion)
      return nil
    }
    guard let pool = pools[node] else {
      fail(name, user.identifier, variant, .noArea)
      return nil
    }
    return pool
  }
}

extension RegionUser {
  /// Whether the device is a chunk heap of the first form.
  var isPoolUser: Bool { RegionNode.chunkCompatibles.contains { isCompatible(compatible, with: $0) } }

  /// Whether the device is a chunk heap of the third form.
  var isProductHeap: Bool { isCompatible(compatible, with: "samsung,dma-heap-chunk") }
}
