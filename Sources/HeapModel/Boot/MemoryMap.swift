/// What a kernel makes of a board's memory at boot: regions, pools, heaps, and what went wrong.
///
/// Make one with ``init(booting:with:)``. Equal inputs give equal maps, line for line.
public struct MemoryMap: Hashable, Sendable {
  /// The profile that was booted.
  public let profile: KernelProfile
  /// Whether the kernel survives the tree.
  public internal(set) var boots = true
  /// The last address of the DMA zone, or nil where the kernel dies before it exists.
  public internal(set) var dmaZoneEnd: PhysicalAddress?
  /// DRAM as the kernel sees it, in rising order, neighbours merged.
  public internal(set) var memory: [AddressRange] = []
  /// What was in use before the kernel looked: as the board says, else an assumed kernel image.
  public internal(set) var occupied: [OccupiedRange] = []
  /// DRAM that the kernel does not map, in rising order.
  public internal(set) var notMapped: [AddressRange] = []
  /// What is taken when the default CMA area has been made, in rising order, neighbours merged.
  public internal(set) var reserved: [AddressRange] = []
  /// A row for each `reg` pair and each dynamic node in tree order, then stray nodes, `/memreserve/` entries and the
  /// default CMA area.
  public internal(set) var regions: [ReservedRegion] = []
  /// The pools in the order of their creation.
  public internal(set) var pools: [MemoryPool] = []
  /// The DMA-BUF heaps in the order of their registration; none where the kernel dies.
  public internal(set) var heaps: [HeapInstance] = []
  /// The heaps that were asked for and not registered, in the same order.
  public internal(set) var heapFailures: [HeapFailure] = []
  /// Problems that belong to no single node, in the order of events, each kind once.
  public internal(set) var problems: [BootProblem] = []
  /// Why the kernel dies, or nil where it boots.
  public internal(set) var deathCause: DeathCause?
  /// The kernel's lines that start with `OF:`, `Reserved memory:` or `cma:`, without time stamps.
  public internal(set) var logLines: [String] = []

  /// The row of a node's first pair, or nil where the node has none.
  ///
  /// - Complexity: O(*n*) in the number of rows.
  public func region(ofNode identifier: Int) -> ReservedRegion? {
    regions.first { $0.node == identifier }
  }
}

/// One range that the tree, the command line or the kernel's configuration asks for.
public struct ReservedRegion: Hashable, Sendable {
  /// Where the request comes from.
  public enum Origin: String, Hashable, Sendable {
    /// A node with `reg`.
    case fixed = "static"
    /// A node with `size`.
    case dynamic
    /// `cma=` on the command line.
    case commandLine = "cmdline"
    /// The configured default CMA area.
    case builtIn = "built-in"
    /// An entry of the blob's reservation list.
    case memoryReservation = "memreserve"
  }

  /// What the request asks for, whether or not it gets it.
  public enum Purpose: String, Hashable, Sendable {
    /// `shared-dma-pool` with `reusable`, or the default area.
    case cma
    /// The second form of the chunk heap.
    case chunk
    /// `shared-dma-pool` without `reusable`.
    case coherent
    /// `restricted-dma-pool`.
    case restricted
    /// Anything else.
    case reserved
  }

  /// What became of the request.
  public enum State: String, Hashable, Sendable {
    /// Handed to its allocator.
    case ready
    /// Taken out of use; nobody allocates from it.
    case reserved
    /// Given back, not taken as asked, or its allocator did not come up.
    case rejected
    /// There was no room.
    case unplaced
    /// Malformed: dropped or useless.
    case invalid
    /// Beyond a table's limit.
    case overLimit
    /// Never looked at: disabled, or its container is not accepted.
    case ignored
  }

  /// The node's name with its unit address; `reserved` for the default area, `memreserve` for the blob's entries.
  public var name: String
  /// What the caller knows the node by, or nil where there is none.
  public var node: Int?
  /// The node's path, or nil where there is none.
  public var path: String?
  /// Which pair of `reg` this is, from 0.
  public var pair: Int
  /// Where the request comes from.
  public var origin: Origin
  /// What it asks for.
  public var type: Purpose
  /// The first address, or nil where nothing was placed.
  public var base: PhysicalAddress?
  /// The size asked for, or nil where the node does not tell it.
  public var size: ByteCount?
  /// Whether the node says `no-map`.
  public var noMap: Bool
  /// Whether the node says `reusable`.
  public var reusable: Bool
  /// What became of it.
  public var state: State
  /// What the memory map says about its bytes after the boot, or nil where nothing was placed.
  public var final: FinalState?
  /// Whether the kernel freed or remapped it because its initialisers refused.
  public var givenBack = false
  /// What went wrong, in the order of events, each kind once.
  public var problems: [BootProblem] = []
  /// The node with which it overlaps, as the kernel reports it, or nil.
  public var overlappedNode: Int?

  /// Adds a kind unless it is there.
  mutating func note(_ problem: BootProblem) {
    if !problems.contains(problem) { problems.append(problem) }
  }
}

/// What the memory map says about a range, from its first to its last byte.
public struct FinalState: Hashable, Sendable, CustomStringConvertible {
  /// How much of a range something is true of.
  public enum Extent: Hashable, Sendable {
    /// No byte.
    case none
    /// Some bytes.
    case part
    /// All bytes.
    case whole
  }

  /// How much is taken.
  public var reserved: Extent
  /// How much is DRAM that is not mapped.
  public var notMapped: Extent
  /// How much is DRAM.
  public var inMemory: Extent
  /// Whether the range has no byte at all.
  public var isEmpty: Bool

  /// Three words, such as `reserved map in-memory`, or `empty`.
  public var description: String {
    if isEmpty { return "empty" }
    let words = [
      ["not-reserved", "part-reserved", "reserved"], ["map", "part-nomap", "nomap"],
      ["no-memory", "part-in-memory", "in-memory"],
    ]
    return zip(words, [reserved, notMapped, inMemory]).map { words, extent in
      switch extent {
      case .none: words[0]
      case .part: words[1]
      case .whole: words[2]
      }
    }.joined(separator: " ")
  }
}

/// A pool that some allocator owns.
public struct MemoryPool: Hashable, Sendable {
  /// Who allocates from it.
  public enum Kind: String, Hashable, Sendable {
    /// A CMA area.
    case cma
    /// A CMA area that belongs to a chunk heap.
    case chunk
    /// A coherent DMA pool.
    case coherent
  }

  /// The region's name, `reserved` for the default area.
  public var name: String
  /// Who allocates from it.
  public var type: Kind
  /// The first address.
  public var base: PhysicalAddress
  /// The size, not zero.
  public var size: ByteCount
  /// Whether it is the default area of `cma=` or the configuration.
  public var builtIn: Bool
  /// What the caller knows the node by, or nil for the default area.
  public var node: Int?
  /// Whether the driver that owns it could take it into service; false where it crosses two zones.
  public var isActive = true
}

/// Something that the kernel's log complains about, with the names that the recorded boots use.
public enum BootProblem: String, CaseIterable, Hashable, Sendable {
  /// No initialiser took the region: "compatible matching fail".
  case initFailed = "init-failed"
  /// All CMA slots are used: "Not enough slots".
  case cmaSlots = "cma-slots"
  /// "unable to setup CMA region".
  case cmaSetupFailed = "cma-setup-failed"
  /// The region table is full: "not enough space for all defined regions".
  case tooManyRegions = "too-many-regions"
  /// "too many defined dynamic regions".
  case tooManyDynamic = "too-many-dynamic"
  /// "failed to allocate memory".
  case allocFailed = "alloc-failed"
  /// Base or size is not a multiple of the CMA minimum.
  case misalignedCMA = "misaligned-cma"
  /// "OVERLAP DETECTED!".
  case overlap
  /// "failed to reserve memory".
  case reserveFailed = "reserve-failed"
  /// The container's cells or `ranges` are wrong: "unsupported node format".
  case badRootFormat = "bad-root-format"
  /// `cma=` takes precedence over `linux,cma-default`.
  case cmaBypassed = "cma-bypassed"
  /// "invalid reg property".
  case badRegProperty = "bad-reg-prop"
  /// "invalid size property".
  case badSizeProperty = "bad-size-prop"
  /// "invalid alignment property".
  case badAlignmentProperty = "bad-alignment-prop"
  /// "invalid alloc-ranges property".
  case badAllocRanges = "bad-alloc-ranges"
  /// The default CMA area was not made.
  case defaultCMAFailed = "default-cma-failed"
  /// `cma=` names a place that no area can have.
  case defaultCMABadArguments = "default-cma-bad-args"
  /// Further pairs of `reg` have no pool.
  case extraRegIgnored = "extra-reg-ignored"
  /// A coherent pool without `no-map`, where that is not supported.
  case coherentNeedsNoMap = "no-nomap-unsupported"
  /// An area across two zones: "could not be activated".
  case cmaNotActivated = "cma-not-activated"
  /// Two areas share a pageblock: "Bad page state".
  case badPage = "bad-page"
  /// The kernel dies.
  case crash
}

/// Why a kernel dies of a tree.
public enum DeathCause: Hashable, Sendable {
  /// There is no memory at all.
  case noMemory
  /// A CMA area is not wholly DRAM: its page descriptors do not exist.
  case poolOutsideMemory(pool: String, node: Int?)
  /// Two CMA areas overlap: the page allocator has the same pages twice.
  case overlappingPools(pool: String, node: Int?)
  /// The page tables found no memory, or memblock no entry to record it.
  case noRoomForPageTables
  /// The kernel image does not lie wholly in the first piece of memory, and is unmapped with the rest.
  case imageInUnmappedMemory
  /// Part of a CMA area is free, and the kernel takes it for page tables while the area is not mapped.
  case tablesInUnmappedPool(pool: String, node: Int?)
}
