import DTParse
import Diagnostics
import HeapModel

/// A child of a container of regions, with its properties read as the kernel reads them.
public struct LintRegion: Sendable {
  /// The region's node.
  public let node: Node
  /// The container's node.
  public let container: Node
  /// The root's cell counts, by which the kernel reads the region; nil in an overlay that does not say them.
  public let cells: AddressCells?
  /// Whether the kernel looks at it: its own `status` counts, its container's does not.
  public let isEnabled: Bool
  /// The strings of `compatible`.
  public let compatible: [String]
  /// Whether it is a `shared-dma-pool`.
  public let isSharedPool: Bool
  /// Whether it is a chunk heap of the second form.
  public let isChunkHeap: Bool
  /// Whether it is a `restricted-dma-pool`.
  public let isRestrictedPool: Bool
  /// Whether it says `reusable`.
  public let isReusable: Bool
  /// Whether it says `no-map`.
  public let isNoMap: Bool
  /// The pairs of `reg`; nil where there is none or where it is malformed.
  public let entries: [RegEntry]?
  /// What the boot model makes of the first pair or of `size`; nil where nothing can be said.
  public let outcome: ReservedRegion?

  init(_ node: Node, in container: Node, cells: AddressCells?, outcome: ReservedRegion?) {
    self.node = node
    self.container = container
    self.cells = cells
    self.outcome = outcome
    isEnabled = node.isEnabled
    compatible = node.compatible
    isSharedPool = compatible.hasCompatible("shared-dma-pool")
    isChunkHeap = HeapCompatibles.chunk.contains(where: compatible.hasCompatible)
    isRestrictedPool = compatible.hasCompatible("restricted-dma-pool")
    isReusable = node.has("reusable")
    isNoMap = node.has("no-map")
    entries = cells.flatMap { node["reg"]?.regEntries($0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether it has `reg`, well-formed or not: the kernel then looks at nothing else that sizes it.
  public var isStatic: Bool { node.has("reg") }

  /// Whether it has `size` and no `reg`.
  public var isDynamic: Bool { !isStatic && node.has("size") }

  /// Whether it asks for a CMA area: a reusable pool, or a chunk heap.
  public var wantsCMA: Bool { !isNoMap && (isSharedPool ? isReusable : isChunkHeap) }

  /// Whether it asks for a pool of any sort.
  public var wantsPool: Bool { isSharedPool || isChunkHeap || isRestrictedPool }

  /// The number in `size`; nil where it is absent or has the wrong number of cells.
  public var sizeAsked: UInt64? { number("size", cells?.size) }

  /// The number in `alignment`, which the kernel reads with the cells of an address.
  public var alignmentAsked: UInt64? { number("alignment", cells?.address) }

  /// The windows of `alloc-ranges`; nil where there are none or where it is malformed.
  public var windows: [RegEntry]? { cells.flatMap { node["alloc-ranges"]?.regEntries($0) } }

  private func number(_ name: String, _ cells: Int?) -> UInt64? {
    guard let cells, cells > 0, let property = node[name], property.byteCount == 4 * cells else { return nil }
    return property.withBytes { $0.number(at: 0, cells: cells) }
  }

  /// Where it lies: the first pair of `reg`, or where the boot model puts it.
  public var placed: (base: UInt64, size: UInt64)? {
    if let first = entries?.first { return (first.address, first.size) }
    guard isDynamic, let base = outcome?.base?.value, let size = outcome?.size?.bytes else { return nil }
    return (base, size)
  }

  /// The size in bytes, from `reg` or `size`.
  public var size: UInt64? { entries?.first?.size ?? (isDynamic ? sizeAsked : nil) }

  /// The place of the base of a pair of `reg`.
  func baseSpan(pair: Int = 0) -> SourceSpan? {
    guard let cells, let reg = node["reg"] else { return nil }
    return reg.span(ofBytes: 4 * cells.pair * pair, 4 * cells.address)
  }

  /// The place of the size of a pair of `reg`.
  func sizeSpan(pair: Int = 0) -> SourceSpan? {
    guard let cells, let reg = node["reg"] else { return nil }
    return reg.span(ofBytes: 4 * (cells.pair * pair + cells.address), 4 * cells.size)
  }

  /// Where its size is written: in `reg` or in `size`.
  var writtenSizeSpan: SourceSpan? { isStatic ? sizeSpan() : node["size"]?.valueSpan }

  /// The name of the property that sizes it.
  var sizingProperty: String { isStatic ? "reg" : "size" }

  /// The name of the device file that a heap over it would have.
  var name: String { node.name }
}

extension [String] {
  /// Whether a list of compatible strings has one, upper and lower case alike, as the kernel compares them.
  func hasCompatible(_ name: String) -> Bool {
    contains { $0 == name || $0.utf8.count == name.utf8.count && $0.lowercased() == name.lowercased() }
  }
}
