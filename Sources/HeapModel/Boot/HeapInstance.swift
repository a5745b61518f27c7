/// A DMA-BUF heap that the kernel registers.
public struct HeapInstance: Hashable, Sendable {
  /// What kind of heap it is.
  public enum Kind: String, Hashable, Sendable {
    /// The CMA heap: each buffer is one contiguous range.
    case cma
    /// The chunk heap: each buffer is a list of chunks.
    case chunk
  }

  /// How a chunk heap looks for chunks.
  public enum Variant: String, CaseIterable, Hashable, Sendable {
    /// Pageblock by pageblock with a cursor (August 2020, the form with `memory-region` and `alignment`).
    case pageblockScan = "pageblock-scan"
    /// Quick tries first (January 2021, the form inside `/reserved-memory`).
    case failfast
    /// Halving the block that is asked for (as shipped in products, `samsung,dma-heap-chunk`).
    case halving
  }

  /// The name under `/dev/dma_heap`.
  public var name: String
  /// What kind of heap it is.
  public var type: Kind
  /// How it looks for chunks, nil for other kinds.
  public var variant: Variant?
  /// The name of the region whose memory it gives.
  public var region: String
  /// The first address of the region.
  public var base: PhysicalAddress
  /// The size of the region.
  public var size: ByteCount
  /// A chunk is 2^`chunkOrder` pages; nil for other kinds.
  public var chunkOrder: Int?
  /// Bytes in a chunk; nil for other kinds.
  public var chunkSize: ByteCount?
  /// Whole chunks in the region; nil for other kinds.
  public var chunks: UInt64?
  /// Whether buffers are mapped uncached.
  public var isUncached = false
  /// Whether buffers are protected from the CPU.
  public var isSecure = false
  /// The `dma-heap,` flags of the third form, in tree order.
  public var flags: [String] = []
  /// What the caller knows the node of the heap by: the region's for the second form and for CMA heaps, the device's
  /// for the others; nil for the heap of the built-in area.
  public var node: Int?

  /// The device file.
  public var device: String { "/dev/dma_heap/\(name)" }
}

/// A heap that a tree asks for and that the driver does not register.
public struct HeapFailure: Hashable, Sendable {
  /// Why it is not registered.
  public enum Reason: String, CaseIterable, Hashable, Sendable {
    /// `memory-region` is absent or leads nowhere.
    case noRegion = "no-region"
    /// The region has no CMA area: disabled, not a pool, not reusable, or refused at boot.
    case noArea = "no-area"
    /// `alignment` is absent, or less than one cell, where the driver then uses an undefined value.
    case noChunkSize = "no-chunk-size"
    /// A chunk would be larger than the largest block of the page allocator.
    case chunkTooLarge = "chunk-too-large"
    /// `dma-heap,name` is absent or empty.
    case noName = "no-name"
    /// `dma-heap,secure` without a `dma-heap,protection_id` other than 0.
    case noProtection = "no-protection-id"
    /// A heap of that name exists.
    case nameTaken = "name-taken"
  }

  /// The name that it would have, or nil where the tree gives none.
  public var name: String?
  /// What the caller knows the node of the heap by.
  public var node: Int?
  /// The form.
  public var variant: HeapInstance.Variant?
  /// Why it is not registered.
  public var reason: Reason
}
