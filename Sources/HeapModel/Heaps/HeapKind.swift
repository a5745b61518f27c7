/// The kinds of heap that the model knows, with what each needs to be made.
///
/// A new kind of heap is registered here.
public enum HeapKind: Hashable, Sendable {
  /// A chunk heap of one of its versions; a chunk is 2^`chunkOrder` pages, from 0 to ``MemoryGeometry/orderMax``.
  case chunk(ChunkVariant, chunkOrder: Int)
  /// The kernel's CMA heap: a buffer is one range.
  case cma(alignOrderMax: Int = 8)
  /// Repeated requests for one block size.
  case repeated(blockBytes: UInt64 = 2 << 20, alignOrderMax: Int = 8)
  /// A pool of compound pages of all memory.
  case compoundPool(CompoundPagePoolSettings = CompoundPagePoolSettings())
  /// The kernel's system heap: scattered blocks of all memory.
  case system

  /// The names as `--heap-model` takes them: the versions of the chunk heap in the order of time, then the others.
  public static let names =
    areaNames + [compoundPool(), system].map(\.name)

  /// Those of ``names`` whose pages come from an area.
  public static let areaNames = ChunkVariant.allCases.map(\.name) + [cma(), repeated()].map(\.name)

  /// The name as `--heap-model` and traces write it.
  public var name: String {
    switch self {
    case .chunk(let variant, _): variant.name
    case .cma: "cma"
    case .repeated: "repeated"
    case .compoundPool: "compound-pool"
    case .system: "system"
    }
  }

  /// Whether the pages come from an area, and not from all memory.
  public var hasArea: Bool {
    switch self {
    case .chunk, .cma, .repeated: true
    case .compoundPool, .system: false
    }
  }

  /// Pages in one chunk, to which lengths are rounded up; 1 for a buffer in one piece.
  func chunkPages(_ geometry: MemoryGeometry) -> UInt64 {
    switch self {
    case .chunk(_, let order): 1 << UInt64(min(max(order, 0), MemoryGeometry.orderMax))
    case .cma, .compoundPool, .system: 1
    case .repeated(let blockBytes, _): geometry.blocks(holding: max(blockBytes, 1), order: 0)
    }
  }

  /// The kinds that can take this one's place on the same area, or on all memory; a chunk heap keeps its chunk order.
  ///
  /// - Parameter chunkOrder: for a heap that has none.
  /// - Returns: in the order of ``names``.
  public func alternatives(chunkOrder: Int = 4) -> [HeapKind] {
    guard hasArea else { return [.compoundPool(), .system].filter { $0.name != name } }
    var order = chunkOrder
    if case .chunk(_, let own) = self { order = own }
    let chunks = ChunkVariant.allCases.map { HeapKind.chunk($0, chunkOrder: order) }
    return (chunks + [.cma(), .repeated()]).filter { $0.name != name }
  }

  /// The kind of another name that takes this one's place, or this one for its own name.
  ///
  /// - Parameters:
  ///   - name: as ``name`` writes it.
  ///   - chunkOrder: for a heap that has none.
  /// - Returns: nil for an unknown name.
  public func replaced(byKindNamed name: String, chunkOrder: Int = 4) -> HeapKind? {
    if name == self.name { return self }
    let others = (hasArea ? [.compoundPool(), .system] : HeapKind.cma().alternatives()) + [.cma()]
    return (alternatives(chunkOrder: chunkOrder) + others).first { $0.name == name }
  }
}

/// The versions of the chunk heap.
public enum ChunkVariant: Hashable, Sendable, CaseIterable {
  /// August 2020.
  case pageblockScan
  /// November and December 2020; `passes` from 1.
  case bulk(passes: Int)
  /// January 2021.
  case failfast
  /// As shipped in products.
  case halving

  /// Every version, in the order of time; bulk with its two passes.
  public static let allCases: [ChunkVariant] = [.pageblockScan, .bulk(passes: 2), .failfast, .halving]

  /// How this version gathers chunks.
  public var strategy: any ChunkStrategy {
    switch self {
    case .pageblockScan: PageblockScanStrategy()
    case .bulk(let passes): BulkStrategy(passes: passes)
    case .failfast: FailfastStrategy()
    case .halving: HalvingStrategy()
    }
  }

  /// The name, as its strategy has it.
  public var name: String { strategy.name }

  /// The version of a name; nil for an unknown one.
  ///
  /// - Parameters:
  ///   - name: as ``name`` has it.
  ///   - passes: for `bulk`.
  public init?(name: String, passes: Int = 2) {
    guard let known = Self.allCases.first(where: { $0.name == name }) else { return nil }
    if case .bulk = known { self = .bulk(passes: passes) } else { self = known }
  }
}
