/// The default CMA area of `cma=` or of the configuration.
extension BootReservation {
  /// The end of the DMA zone.
  ///
  /// - Source: Linux 6.1 and 6.12 arch/arm64/mm/init.c, zone_sizes_init, max_zone_phys.
  mutating func findDMAZone() {
    let start = memblock.start
    let most: UInt64 = 0xffff_ffff
    let bus = board.busLimits.map(\.value).min() ?? .max
    var last: UInt64
    switch profile.dmaZoneRule {
    case .lowMemory: last = lowMemoryEnd &- 1
    case .wholeBits:
      let bits = min(32, UInt64.bitWidth - bus.leadingZeroBitCount)
      last = (1 << UInt64(bits)) - 1
      if start > most { last = .max } else if start > last { last = most }
    case .exact: last = start < most ? min(bus, most) : bus
    }
    dmaZoneLimit = min(last, memblock.end - 1) &+ 1
    map.dmaZoneEnd = PhysicalAddress(dmaZoneLimit &- 1)
  }

  /// Makes the default area unless a node did.
  ///
  /// - Source: Linux 6.1 kernel/dma/contiguous.c, dma_contiguous_reserve.
  mutating func reserveDefaultArea() {
    var plan = AreaPlan(
      base: 0, size: profile.defaultCMASize.bytes, limit: areaLimit, isFixed: false, origin: .builtIn)
    if let request = commandLine.contiguous {
      plan.size = request.size
      plan.base = request.base
      plan.limit = [request.limit, areaLimit].filter { $0 != 0 }.min() ?? 0
      plan.isFixed = request.isFixed(mask: profile.addressMask)
      plan.origin = .commandLine
    }
    guard plan.size != 0, defaultArea == nil else { return }
    let asked = plan
    let base = declareArea(&plan)
    map.regions.append(
      ReservedRegion(
        name: "reserved", pair: 0, origin: plan.origin, type: .cma, base: base.map(PhysicalAddress.init),
        size: ByteCount(base == nil ? asked.size : plan.size), noMap: false, reusable: true,
        state: base == nil ? .unplaced : .ready))
    guard let base else { return }
    defaultArea = map.pools.count
    areas.append(Area(pool: map.pools.count, row: map.regions.count - 1))
    map.pools.append(
      MemoryPool(
        name: "reserved", type: .cma, base: PhysicalAddress(base), size: ByteCount(plan.size), builtIn: true))
    log("cma: Reserved \(mebibytes(plan.size)) MiB at \(text(base))\(profile.wording.cmaSuffix)")
  }

  /// The limit that the architecture passes: the end of its DMA zone, or the whole address space on 32-bit arm.
  private var areaLimit: UInt64 { profile.dmaZoneRule == .lowMemory ? profile.addressMask : dmaZoneLimit }

  /// What is asked of CMA.
  private struct AreaPlan {
    var base: UInt64
    var size: UInt64
    var limit: UInt64
    var isFixed: Bool
    var origin: ReservedRegion.Origin
  }

  /// Checks the plan, finds room and takes a slot.
  ///
  /// - Returns: the base, or nil after the failure has been reported; the plan's numbers are then those of the kernel.
  /// - Source: Linux 6.1 mm/cma.c, cma_declare_contiguous_nid.
  private mutating func declareArea(_ plan: inout AreaPlan) -> UInt64? {
    guard areas.count < profile.cmaAreaCount else {
      log("cma: Not enough slots for CMA reserved regions!")
      report(.cmaSlots)
      return nil
    }
    let alignment = profile.cmaAlignment
    let mask = profile.addressMask
    if plan.isFixed, plan.base & (alignment - 1) != 0 {
      log("cma: Region at \(text(plan.base)) must be aligned to \(text(alignment)) bytes")
      return failArea(plan, .defaultCMABadArguments)
    }
    plan.base = (plan.base &+ (alignment - 1)) & ~(alignment - 1) & mask
    plan.size = (plan.size &+ (alignment - 1)) & ~(alignment - 1) & mask
    plan.limit &= ~(alignment - 1)
    if plan.base == 0 { plan.isFixed = false }
    let end = (plan.base &+ plan.size) & mask
    if plan.isFixed, plan.base < lowMemoryEnd, end > lowMemoryEnd {
      log("cma: Region at \(text(plan.base)) defined on low/high memory boundary (\(text(lowMemoryEnd)))")
      return failArea(plan, .defaultCMABadArguments)
    }
    if plan.limit == 0 || plan.limit > memblock.end { plan.limit = memblock.end }
    if end > plan.limit {
      log(
        "cma: Size (\(text(plan.size))) of region at \(text(plan.base)) exceeds limit (\(text(plan.limit)))")
      return failArea(plan, nil)
    }
    guard let base = plan.isFixed ? takeFixed(plan) : findArea(plan) else { return failArea(plan, nil) }
    guard case .ready = initArea(base, plan.size) else {
      _ = memblock.reserved.remove(base, plan.size)
      return failArea(plan, nil)
    }
    return base
  }

  private mutating func failArea(_ plan: AreaPlan, _ problem: BootProblem?) -> UInt64? {
    if let problem { report(problem) }
    report(.defaultCMAFailed)
    log("cma: Failed to reserve \(mebibytes(plan.size)) MiB\(profile.wording.cmaSuffix)")
    return nil
  }

  /// A fixed place must be free of reservations; whether it is mapped is not asked.
  private mutating func takeFixed(_ plan: AreaPlan) -> UInt64? {
    guard !memblock.reserved.overlaps(plan.base, plan.size) else { return nil }
    return memblock.reserved.add(plan.base, plan.size) ? plan.base : nil
  }

  /// High memory first, then from 4 GiB upwards, then below the limit from the top.
  private mutating func findArea(_ plan: AreaPlan) -> UInt64? {
    var request = Memblock.Request(size: plan.size, alignment: profile.cmaAlignment, end: plan.limit)
    var found: UInt64?
    if plan.base < lowMemoryEnd, plan.limit > lowMemoryEnd {
      request.start = lowMemoryEnd
      found = memblock.allocate(request)
      request.end = lowMemoryEnd
    }
    let fourGiB: UInt64 = 1 << 32
    if profile.addressMask > fourGiB, memblock.end >= fourGiB &+ plan.size {
      request.start = fourGiB
      request.isBottomUp = true
      found = memblock.allocate(request)
      request.isBottomUp = false
    }
    request.start = plan.base
    return found ?? memblock.allocate(request)
  }
}
