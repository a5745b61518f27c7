import DTParse
import Diagnostics

/// A device that refers to regions, or that is a heap and should.
public struct LintUser: Sendable {
  /// What one cell of `memory-region` leads to.
  public enum Target: Sendable, Hashable {
    /// A node of this tree.
    case node(Node)
    /// A label of the base that an overlay does not know.
    case unresolved
    /// No node has this phandle.
    case nothing(UInt32)
  }

  /// What sort of chunk heap a device is.
  public enum Heap: Sendable, Hashable {
    /// The first form: `linux,dma-heap-chunk` outside `/reserved-memory`.
    case poolUser
    /// The third form: `samsung,dma-heap-chunk`.
    case product
    /// Another heap of the third form's family.
    case productOther
  }

  /// The device's node.
  public let node: Node
  /// Whether it and all nodes above it are enabled.
  public let isEnabled: Bool
  /// The strings of `compatible`.
  public let compatible: [String]
  /// What sort of heap it is; nil for other devices.
  public let heap: Heap?
  /// What the cells of `memory-region` lead to; empty without the property or where it is no whole number of cells.
  public let targets: [Target]

  init(_ node: Node, isOverlay: Bool) {
    self.node = node
    compatible = node.compatible
    if HeapCompatibles.chunk.contains(where: compatible.hasCompatible) {
      heap = .poolUser
    } else if compatible.hasCompatible(HeapCompatibles.productChunk) {
      heap = .product
    } else {
      heap = HeapCompatibles.productFamily.contains(where: compatible.hasCompatible) ? .productOther : nil
    }
    var above: Node? = node
    var isEnabled = true
    while let current = above, isEnabled {
      isEnabled = current.isEnabled
      above = current.parent
    }
    self.isEnabled = isEnabled
    let property = node["memory-region"]
    targets = (property?.cells ?? []).map { cell in
      if let target = node.tree.node(phandle: cell) { return .node(target) }
      return cell == .max || isOverlay && cell == 0 ? .unresolved : .nothing(cell)
    }
  }

  /// Whether it is a chunk heap of the first or the third form.
  public var isChunkHeap: Bool { heap == .poolUser || heap == .product }

  /// The place of one entry of `memory-region`.
  func span(ofTarget index: Int) -> SourceSpan? { node["memory-region"]?.span(ofBytes: 4 * index, 4) }

  /// The heap names that the device's driver registers over a region; empty where it is no chunk heap or has no name.
  func heapNames(over region: LintRegion?) -> [String] {
    switch heap {
    case .poolUser: return region.map { [$0.name] } ?? []
    case .product:
      guard let name = node["dma-heap,name"]?.firstString, !name.isEmpty else { return [] }
      return node.has("dma-heap,secure") ? [name + "-secure"] : [name, name + "-uncached"]
    case .productOther, nil: return []
    }
  }
}
