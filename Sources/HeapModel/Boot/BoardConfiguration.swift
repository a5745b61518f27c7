/// What a board's devicetree and boot loader tell the kernel about memory, before anybody judges it.
///
/// Values are those of the blob: the kernel's own reading of them, mistakes included, is left to ``MemoryMap``.
/// Lists are in tree order, because several rules of the kernel depend on it.
public struct BoardConfiguration: Hashable, Sendable {
  /// `#address-cells` and `#size-cells` of `/`; an absent one counts as 1.
  public var rootCells: CellCounts
  /// The banks of all enabled memory nodes, in tree order, `linux,usable-memory` in place of `reg` where it is present.
  public var memory: [AddressRange]
  /// `linux,usable-memory-range` of `/chosen`: the kernel caps memory to the first entry and adds the second.
  public var usableMemory: [AddressRange]
  /// The `/memreserve/` entries of the blob, up to the first of size 0.
  public var memoryReservations: [AddressRange]
  /// The first child of `/` whose name without unit address is `reserved-memory`, or nil.
  public var reservedMemory: ReservedMemoryNode?
  /// Nodes that look like regions where the kernel does not look: grandchildren, children of a second container.
  public var strayNodes: [RegionNode]
  /// Devices that may be chunk heaps, in tree order; nodes inside `/reserved-memory` are no devices.
  public var users: [RegionUser]
  /// The kernel command line.
  public var commandLine: String
  /// What is in use before the kernel scans the tree, or nil to assume the profile's kernel image alone, in the lowest
  /// place that no region with `reg` wants.
  public var occupied: [OccupiedRange]?
  /// The last CPU address that each enabled bus with non-empty `dma-ranges` reaches.
  ///
  /// - Source: Linux 6.1 drivers/of/address.c, of_dma_get_max_cpu_address.
  public var busLimits: [PhysicalAddress]
  /// What the tree takes once unflattened; it moves the default CMA area only where the free room above it is nearly a
  /// whole number of pageblocks.
  public var treeExtent: TreeExtent

  /// A board with memory and nothing else.
  ///
  /// - Parameters:
  ///   - rootCells: the cell counts of `/`.
  ///   - memory: the banks in tree order.
  public init(rootCells: CellCounts, memory: [AddressRange]) {
    self.rootCells = rootCells
    self.memory = memory
    usableMemory = []
    memoryReservations = []
    reservedMemory = nil
    strayNodes = []
    users = []
    commandLine = ""
    occupied = nil
    busLimits = []
    treeExtent = TreeExtent()
  }
}

/// What decides how much room the tree takes once the kernel has unflattened it.
///
/// - Source: Linux 6.1 drivers/of/fdt.c, populate_node, populate_properties.
public struct TreeExtent: Hashable, Sendable {
  /// The nodes, the root included.
  public var nodes: UInt64 = 0
  /// The properties, with the `name` that each node gets that has none.
  public var properties: UInt64 = 0
  /// Bytes of the names of nodes, and of those `name`s, each with its terminator and in whole words of eight bytes.
  public var nameBytes: UInt64 = 0

  /// No tree.
  public init() {}
}

/// The two cell counts of a node, nil where the property is absent.
public struct CellCounts: Hashable, Sendable {
  /// `#address-cells`, in cells of four bytes.
  public var address: UInt32?
  /// `#size-cells`, in cells of four bytes.
  public var size: UInt32?

  /// Keeps the two counts.
  public init(address: UInt32?, size: UInt32?) {
    self.address = address
    self.size = size
  }
}

/// The container `/reserved-memory`.
public struct ReservedMemoryNode: Hashable, Sendable {
  /// What the caller knows the node by.
  public var identifier: Int
  /// Its path.
  public var path: String
  /// Its own cell counts.
  public var cells: CellCounts
  /// Whether it has `ranges`, empty or not.
  public var hasRanges: Bool
  /// Its children in tree order.
  public var children: [RegionNode]

  /// A container.
  public init(identifier: Int, path: String, cells: CellCounts, hasRanges: Bool, children: [RegionNode]) {
    self.identifier = identifier
    self.path = path
    self.cells = cells
    self.hasRanges = hasRanges
    self.children = children
  }
}

/// A child of `/reserved-memory`, with the bytes of its properties; nil is an absent property, empty an empty one.
public struct RegionNode: Hashable, Sendable {
  /// What the caller knows the node by.
  public var identifier: Int
  /// The node's name with its unit address.
  public var name: String
  /// Its path.
  public var path: String
  /// `status`, with its terminator.
  public var status: [UInt8]?
  /// `reg`.
  public var reg: [UInt8]?
  /// `size`.
  public var size: [UInt8]?
  /// `alignment`.
  public var alignment: [UInt8]?
  /// `alloc-ranges`.
  public var allocRanges: [UInt8]?
  /// `chunk-order`.
  public var chunkOrder: [UInt8]?
  /// The strings of `compatible`.
  public var compatible: [String]
  /// Whether `no-map` is there.
  public var noMap: Bool
  /// Whether `reusable` is there.
  public var reusable: Bool
  /// Whether `linux,cma-default` is there.
  public var cmaDefault: Bool
  /// Whether `linux,dma-default` is there; without effect in the profiles' kernels (DMA_GLOBAL_POOL is off).
  public var dmaDefault: Bool
  /// The phandle, if there is one.
  public var phandle: UInt32?

  /// A child without properties.
  public init(identifier: Int, name: String, path: String) {
    self.identifier = identifier
    self.name = name
    self.path = path
    compatible = []
    noMap = false
    reusable = false
    cmaDefault = false
    dmaDefault = false
  }
}

/// A device that refers to regions, as the drivers of the chunk heap's first and third form see it.
public struct RegionUser: Hashable, Sendable {
  /// What the caller knows the node by.
  public var identifier: Int
  /// Its path.
  public var path: String
  /// `status`, with its terminator.
  public var status: [UInt8]?
  /// The strings of `compatible`.
  public var compatible: [String]
  /// The identifiers of the nodes that `memory-region` names, nil where a phandle leads nowhere.
  public var memoryRegions: [Int?]
  /// `alignment`, the chunk size of the first form.
  public var alignment: [UInt8]?
  /// `dma-heap,name`.
  public var heapName: [UInt8]?
  /// `dma-heap,alignment`, the chunk size of the third form.
  public var heapAlignment: [UInt8]?
  /// Whether `dma-heap,secure` is there.
  public var secure: Bool
  /// `dma-heap,protection_id`.
  public var protectionID: [UInt8]?
  /// The other flags of the third form, `dma-heap,` left off, in tree order.
  public var flags: [String]

  /// A device without properties.
  public init(identifier: Int, path: String) {
    self.identifier = identifier
    self.path = path
    compatible = []
    memoryRegions = []
    secure = false
    flags = []
  }
}

/// A range that is in use before the kernel scans the tree.
public struct OccupiedRange: Hashable, Sendable {
  /// What lies there; `mem=` gives the image and the ramdisk back to memory that it cut off.
  public enum Kind: String, Hashable, Sendable {
    /// The kernel image.
    case kernelImage = "kernel"
    /// The blob.
    case deviceTree = "dtb"
    /// The initial ramdisk.
    case initialRamdisk = "initrd"
    /// Not told.
    case unknown
  }

  /// Where it lies.
  public var range: AddressRange
  /// What it is.
  public var kind: Kind

  /// Keeps a range and what lies there.
  public init(range: AddressRange, kind: Kind = .unknown) {
    self.range = range
    self.kind = kind
  }
}
