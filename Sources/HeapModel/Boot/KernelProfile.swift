/// A processor architecture whose boot the model knows.
public enum Architecture: String, CaseIterable, Hashable, Sendable {
  /// 64-bit arm.
  case arm64
  /// 32-bit arm without LPAE: addresses and sizes are cut to 32 bits.
  case arm
}

/// Everything in which one kernel's treatment of reserved memory differs from another's.
///
/// The model has no test of a version anywhere: a difference is a field or a method here.
public struct KernelProfile: Hashable, Sendable {
  /// The name that `--kernel` takes, such as `6.1`.
  public internal(set) var name: String
  /// The architecture.
  public let architecture: Architecture
  /// Whether boots of such a kernel confirmed the profile.
  public internal(set) var isVerified: Bool

  // What `--kconfig` and the single options change.

  /// Bytes in a page.
  public internal(set) var pageSize: PageSize
  /// A pageblock is 2^`pageblockOrder` pages.
  public internal(set) var pageblockOrder: Int
  /// The largest order of the page allocator.
  public internal(set) var maxOrder: Int
  /// The total number of CMA slots; 6.1 has one more than its CONFIG_CMA_AREAS, 6.12 as many.
  ///
  /// - Source: Linux 6.1 include/linux/cma.h, MAX_CMA_AREAS.
  public var cmaAreaCount: Int
  /// The size of the default CMA area without `cma=`; 0 for none.
  public var defaultCMASize: ByteCount
  /// Whether the kernel carries the chunk heap driver, in all its forms.
  public var hasChunkHeap: Bool

  // The order of events.

  /// When and in which order regions are placed and initialised.
  public internal(set) var regionOrder: RegionOrder
  /// Whether `/memreserve/` entries are reserved before the regions (6.1) or after the dynamic ones (6.12).
  ///
  /// - Source: Linux 6.1 and 6.12 drivers/of/fdt.c, early_init_fdt_scan_reserved_mem.
  public internal(set) var reservesEntriesFirst: Bool
  /// When the default CMA area is made.
  public internal(set) var defaultCMATime: DefaultCMATime

  // Limits.

  /// The entries of the region table, static and dynamic, or nil where it grows as needed.
  ///
  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, MAX_RESERVED_REGIONS.
  public internal(set) var regionTableMax: Int?
  /// The number of dynamic regions that are kept, or nil where only the table limits them.
  ///
  /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem.
  public internal(set) var dynamicRegionsMax: Int?
  /// Entries of memblock's reserved list while it cannot grow.
  ///
  /// - Source: Linux 6.1 arch/arm64/include/asm/memory.h, INIT_MEMBLOCK_RESERVED_REGIONS (128 + NR_CPUS + 1).
  public internal(set) var reservedEntriesMax: Int
  /// Entries of memblock's memory list while it cannot grow.
  public internal(set) var memoryEntriesMax: Int
  /// Bytes of the command line that the kernel keeps, the terminator included.
  public internal(set) var commandLineMax: Int

  // Placement.

  /// Whether an `alloc-ranges` window that begins at an earlier dynamic region is filled from below.
  ///
  /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_in_range.
  public internal(set) var fillsWindowsFromNeighbours: Bool
  /// Whether a static region whose first pair has size 0 is placed by its `size` instead.
  ///
  /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, fdt_init_reserved_mem.
  public internal(set) var placesEmptyStatics: Bool
  /// How the end of the DMA zone follows from the buses.
  public internal(set) var dmaZoneRule: DMAZoneRule
  /// Bytes of low memory from the start of DRAM, or nil where all memory is low.
  ///
  /// - Source: Linux 6.1 arch/arm/mm/mmu.c, adjust_lowmem_bounds.
  public internal(set) var lowMemoryMax: ByteCount?
  /// What the CMA minimum is.
  public internal(set) var cmaAlignmentRule: CMAAlignmentRule

  // Initialisers.

  /// Whether a coherent pool must be `no-map`.
  ///
  /// - Source: Linux 6.1 kernel/dma/coherent.c, rmem_dma_setup.
  public internal(set) var coherentNeedsNoMap: Bool
  /// Whether CMA areas that overlap kill the kernel even where a freed pageblock is no whole block of the allocator.
  public internal(set) var survivesOverlappingAreas: Bool
  /// The names of CMA heaps under `/dev/dma_heap`.
  public internal(set) var cmaHeapNaming: CMAHeapNaming
  /// Whether the kernel carries the CMA heap.
  public var hasCMAHeap = true

  // How a configuration is read.

  /// How a `.config` of such a kernel is read.
  public internal(set) var configurationRules = ConfigurationRules()

  // Log lines.

  /// The log's wording.
  public internal(set) var wording: Wording

  /// What the boot takes between the regions and the default CMA area, where it comes after page tables.
  public internal(set) var bootDemand: BootDemand
}

extension KernelProfile {
  /// A page size.
  public enum PageSize: UInt64, CaseIterable, Hashable, Sendable {
    /// 4 KiB.
    case kib4 = 4096
    /// 16 KiB.
    case kib16 = 16384
    /// 64 KiB.
    case kib64 = 65536

    /// The page size in bytes.
    public var bytes: UInt64 { rawValue }
    /// The base-two logarithm of the page size.
    public var shift: Int { rawValue.trailingZeroBitCount }
  }

  /// When regions are placed and initialised, and in which order.
  public enum RegionOrder: Hashable, Sendable {
    /// Static and dynamic regions share a table, sorted by an unstable heapsort; all are handled in its order (6.1).
    ///
    /// - Source: Linux 6.1 drivers/of/of_reserved_mem.c, fdt_init_reserved_mem.
    case sortedTable
    /// Dynamic regions at once, in tree order; static ones after the page tables, in tree order (6.12).
    ///
    /// - Source: Linux 6.12 drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes.
    case dynamicThenStatic
  }

  /// When the default CMA area is made.
  public enum DefaultCMATime: Hashable, Sendable {
    /// After page tables and memory map, below the end of the DMA zone (arm64, bootmem_init).
    case afterMemoryMap
    /// Straight after the regions (32-bit arm, arm_memblock_init).
    case afterRegions
  }

  /// How the end of the DMA zone follows from the smallest bus limit.
  public enum DMAZoneRule: Hashable, Sendable {
    /// Rounded up to a power of two (Linux 6.1 arch/arm64/mm/init.c, zone_sizes_init, max_zone_phys).
    case wholeBits
    /// Taken exactly (Linux 6.12, the same functions).
    case exact
    /// The end of low memory (32-bit arm without a DMA zone of its own).
    case lowMemory
  }

  /// What base and size of a CMA area must be a multiple of.
  public enum CMAAlignmentRule: Hashable, Sendable {
    /// One pageblock (Linux 6.1 include/linux/cma.h, CMA_MIN_ALIGNMENT_BYTES).
    case pageblock
    /// One pageblock or the allocator's largest block, whichever is larger (5.10 kernel/dma/contiguous.c).
    case pageblockOrLargestBlock
  }

  /// What CMA heaps a kernel registers.
  public enum CMAHeapNaming: Hashable, Sendable {
    /// One, for the default area, with the area's name (Linux 6.1 drivers/dma-buf/heaps/cma_heap.c).
    case defaultAreaByName
    /// One, for the default area, called `default_cma_region` (6.17).
    case defaultCMARegion
    /// `default_cma_region`, then one for every other reusable pool, with the area's name (since 6.19).
    case everyReusablePool
  }

  /// The words in which kernels differ.
  public struct Wording: Hashable, Sendable {
    /// What stands before the messages of the scan.
    var scanPrefix: String
    /// What stands behind the messages of the default CMA area.
    var cmaSuffix: String
    /// Whether each region that stays gets a line of its own.
    var listsRegions: Bool
    /// Whether an absent container is worth a line.
    var noticesMissingContainer: Bool
    /// Whether additional pairs of `reg` get a line.
    var noticesExtraPairs: Bool
    /// Whether a failed placement names the size.
    var failureNamesSize: Bool
  }

  /// The sizes of what the boot allocates from memblock after the regions.
  public struct BootDemand: Hashable, Sendable {
    /// Page tables of the kernel image, less those that the linear map saves because it covers the image by blocks.
    var kernelTablePages: Int
    /// Bytes of page tables at the end of the image that the kernel gives back once it has others, or 0.
    var initialTables: UInt64
    /// Bits of a virtual address below the root table's level and the ones above it.
    var virtualBits: Int
    /// Bytes of an entry of the region table where the kernel allocates one that is large enough.
    var regionEntry: UInt64?
    /// Bytes of a `struct device_node`.
    var deviceNode: UInt64
    /// Bytes of a `struct property`.
    var property: UInt64
    /// Bytes of the table of NUMA distances, on a page of its own, or 0.
    var distanceTable: UInt64
    /// Bytes of the node's data.
    var nodeData: UInt64
    /// Bytes of the node's mask of CPUs, or 0.
    var cpuMask: UInt64
    /// Bytes of a `struct page`.
    var pageDescriptor: UInt64
    /// The base-two logarithm of a memory section, in bytes.
    var sectionShift: Int
    /// Page tables of the page descriptors.
    var descriptorTablePages: UInt64
  }

  /// The mask of a physical address: addresses and sizes wrap there.
  public var addressMask: UInt64 { architecture == .arm64 ? .max : 0xffff_ffff }

  /// Hexadecimal digits of an address in the log (`%pa`).
  var addressDigits: Int { architecture == .arm64 ? 16 : 8 }

  /// The CMA minimum in bytes: base and size of an area are multiples of it.
  public var cmaAlignment: UInt64 {
    switch cmaAlignmentRule {
    case .pageblock: pageSize.bytes << UInt64(pageblockOrder)
    case .pageblockOrLargestBlock: pageSize.bytes << UInt64(max(pageblockOrder, maxOrder))
    }
  }

  /// Whether the kernel lives on when two of its CMA areas share a pageblock.
  ///
  /// Both areas hand the same pageblock to the page allocator. Where a pageblock is the allocator's largest block its
  /// first page is marked free already, the second hand-over is refused ("Bad page state") and nothing worse follows.
  /// Where it is smaller it may have been merged into a larger block, and is then on two lists at once.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, init_cma_reserved_pageblock, free_pages_prepare.
  var livesWithOverlappingAreas: Bool { survivesOverlappingAreas || pageblockOrder >= maxOrder }

  /// The profile with another page size, and the pageblock, largest block and section that follow from it.
  ///
  /// Only 4 KiB was booted. Others: Linux 6.1 arch/arm64/Kconfig, ARCH_FORCE_MAX_ORDER, and
  /// arch/arm64/include/asm/sparsemem.h.
  ///
  /// - Returns: nil on 32-bit arm for other sizes than 4 KiB.
  public func with(pageSize: PageSize) -> KernelProfile? {
    guard architecture == .arm64 else { return pageSize == .kib4 ? self : nil }
    var copy = self
    copy.pageSize = pageSize
    switch pageSize {
    case .kib4: (copy.pageblockOrder, copy.maxOrder) = (9, 10)
    case .kib16: (copy.pageblockOrder, copy.maxOrder) = (11, 11)
    case .kib64: (copy.pageblockOrder, copy.maxOrder) = (13, 13)
    }
    copy.bootDemand.sectionShift = pageSize == .kib64 ? 29 : 27
    // Blocks of the linear map are larger than the image, and the tables of kernel and descriptors fewer.
    if pageSize != .kib4 {
      copy.bootDemand.kernelTablePages = 0
      copy.bootDemand.descriptorTablePages = 1
    }
    copy.bootDemand.virtualBits = pageSize == .kib16 ? 47 : 48
    // Five zones, each with one more list of free blocks for an order, in whole cache lines.
    copy.bootDemand.nodeData += UInt64(copy.maxOrder - maxOrder) * 5 * 64
    copy.isVerified = isVerified && pageSize == .kib4
    return copy
  }

  /// The profile with another pageblock order; the largest block grows with it where it must.
  ///
  /// - Parameter order: 0 to 24.
  /// - Returns: nil where the order is outside that range.
  public func with(pageblockOrder order: Int) -> KernelProfile? {
    guard (0...24).contains(order) else { return nil }
    var copy = self
    copy.pageblockOrder = order
    copy.maxOrder = max(maxOrder, order)
    return copy
  }

  /// What the kernel image occupies where nobody says: two MiB above the start of DRAM, with room for a large image.
  ///
  /// The tree does not tell. Recorded images: 0x200000 above the start, 32 MiB (6.1) to 43 MiB (6.12) on arm64.
  ///
  /// - Parameter dramStart: the first address of DRAM.
  /// - Returns: a range of 48 MiB (arm64) or 32 MiB (arm).
  public func assumedImage(dramStart: UInt64) -> OccupiedRange {
    let size: UInt64 = architecture == .arm64 ? 48 << 20 : 32 << 20
    return OccupiedRange(range: AddressRange(base: dramStart &+ (2 << 20), size: size), kind: .kernelImage)
  }
}
