extension KernelProfile {
  /// The kernels that have a profile, oldest first.
  public static let names = ["5.10", "6.1", "6.12", "6.17", "6.19"]

  /// The profile of a kernel on an architecture.
  ///
  /// - Parameters:
  ///   - name: one of ``names``.
  ///   - architecture: 32-bit arm has `6.1` alone.
  /// - Returns: nil where there is none.
  public static func named(_ name: String, _ architecture: Architecture) -> KernelProfile? {
    switch (name, architecture) {
    case ("5.10", .arm64): linux510Arm64
    case ("6.1", .arm64): linux61Arm64
    case ("6.12", .arm64): linux612Arm64
    case ("6.17", .arm64): linux617Arm64
    case ("6.19", .arm64): linux619Arm64
    case ("6.1", .arm): linux61Arm
    default: nil
    }
  }

  /// The kernels that have a profile on an architecture, oldest first.
  public static func names(_ architecture: Architecture) -> [String] {
    names.filter { named($0, architecture) != nil }
  }

  /// The newest kernel on an architecture that is verified by boots.
  public static func `default`(_ architecture: Architecture) -> KernelProfile {
    switch architecture {
    case .arm64: linux612Arm64
    case .arm: linux61Arm
    }
  }

  /// Linux 6.1 on arm64, as Debian builds it (6.1.176): 4 KiB pages, HUGETLB, 20 CMA slots, 64 MiB default area.
  public static let linux61Arm64 = KernelProfile(
    name: "6.1", architecture: .arm64, isVerified: true,
    pageSize: .kib4, pageblockOrder: 9, maxOrder: 10, cmaAreaCount: 20,
    defaultCMASize: ByteCount(64 << 20), hasChunkHeap: true,
    regionOrder: .sortedTable, reservesEntriesFirst: true, defaultCMATime: .afterMemoryMap,
    regionTableMax: 64, dynamicRegionsMax: nil, reservedEntriesMax: 385, memoryEntriesMax: 1024,
    commandLineMax: 2048,
    fillsWindowsFromNeighbours: false, placesEmptyStatics: true, dmaZoneRule: .wholeBits, lowMemoryMax: nil,
    cmaAlignmentRule: .pageblock,
    coherentNeedsNoMap: false, survivesOverlappingAreas: false, cmaHeapNaming: .defaultAreaByName,
    wording: Wording(
      scanPrefix: "OF: fdt: ", cmaSuffix: "", listsRegions: false, noticesMissingContainer: false,
      noticesExtraPairs: false, failureNamesSize: true),
    bootDemand: BootDemand(
      kernelTablePages: 1, initialTables: 5 << 12, virtualBits: 48, regionEntry: nil, deviceNode: 208,
      property: 96,
      distanceTable: 256, nodeData: 11392, cpuMask: 0, pageDescriptor: 64, sectionShift: 27,
      descriptorTablePages: 2))

  /// Linux 6.12 on arm64, as Debian builds it (6.12.115): as 6.1, with 641 entries in memblock's first list.
  public static let linux612Arm64: KernelProfile = {
    var profile = linux61Arm64
    profile.name = "6.12"
    profile.isVerified = true
    profile.regionOrder = .dynamicThenStatic
    profile.configurationRules = ConfigurationRules(
      areasBeyondCount: 0, orderIsExclusive: false, pageblockFollowsTransparentHugePages: true)
    profile.reservesEntriesFirst = false
    profile.regionTableMax = nil
    profile.dynamicRegionsMax = 64
    profile.reservedEntriesMax = 641
    profile.fillsWindowsFromNeighbours = true
    profile.placesEmptyStatics = false
    profile.dmaZoneRule = .exact
    profile.survivesOverlappingAreas = true
    profile.wording = Wording(
      scanPrefix: "OF: reserved mem: ", cmaSuffix: " on node -1", listsRegions: true,
      noticesMissingContainer: true, noticesExtraPairs: true, failureNamesSize: true)
    profile.bootDemand = BootDemand(
      kernelTablePages: -14, initialTables: 0, virtualBits: 48, regionEntry: 48, deviceNode: 208,
      property: 104,
      distanceTable: 0, nodeData: 14144, cpuMask: 64, pageDescriptor: 64, sectionShift: 27,
      descriptorTablePages: 2)
    return profile
  }()

  /// Linux 6.1 on 32-bit arm, as Debian builds it (6.1.176 armmp): 8 MiB pageblocks, no LPAE, 16 MiB default area.
  public static let linux61Arm: KernelProfile = {
    let base = linux61Arm64
    var profile = KernelProfile(
      name: base.name, architecture: .arm, isVerified: true,
      pageSize: .kib4, pageblockOrder: 11, maxOrder: 11, cmaAreaCount: 8,
      defaultCMASize: ByteCount(16 << 20), hasChunkHeap: true,
      regionOrder: base.regionOrder, reservesEntriesFirst: base.reservesEntriesFirst,
      defaultCMATime: .afterRegions,
      regionTableMax: base.regionTableMax, dynamicRegionsMax: nil, reservedEntriesMax: 128,
      memoryEntriesMax: 128, commandLineMax: 1024,
      fillsWindowsFromNeighbours: false, placesEmptyStatics: true, dmaZoneRule: .lowMemory,
      lowMemoryMax: ByteCount(768 << 20), cmaAlignmentRule: .pageblock,
      coherentNeedsNoMap: true, survivesOverlappingAreas: false, cmaHeapNaming: base.cmaHeapNaming,
      wording: base.wording, bootDemand: base.bootDemand)
    profile.bootDemand.sectionShift = 28
    return profile
  }()

  /// Linux 5.10 on arm64, not verified by boots.
  ///
  /// No boot was recorded; it is 6.1 with the two differences known from its source: the CMA minimum is the
  /// allocator's largest block (4 MiB), and a failed placement does not name the size. What its boot takes for itself
  /// is that of 6.1.
  public static let linux510Arm64: KernelProfile = {
    var profile = linux61Arm64
    profile.name = "5.10"
    profile.isVerified = false
    profile.cmaAlignmentRule = .pageblockOrLargestBlock
    profile.wording.failureNamesSize = false
    return profile
  }()

  /// Linux 6.17 on arm64, not verified by boots.
  ///
  /// No boot was recorded; it is 6.12 with the heap's new name.
  public static let linux617Arm64: KernelProfile = {
    var profile = linux612Arm64
    profile.name = "6.17"
    profile.isVerified = false
    profile.cmaHeapNaming = .defaultCMARegion
    return profile
  }()

  /// Linux 6.19 on arm64, not verified by boots.
  ///
  /// No boot was recorded; it is 6.17 with a heap for every reusable pool, as the patches of October 2025 describe it
  /// (drivers/dma-buf/heaps/cma_heap.c).
  public static let linux619Arm64: KernelProfile = {
    var profile = linux617Arm64
    profile.name = "6.19"
    profile.cmaHeapNaming = .everyReusablePool
    return profile
  }()
}
