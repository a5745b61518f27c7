import Diagnostics

/// An entry of the memory reservation block: memory that the kernel must not touch.
public struct MemoryReservation: Hashable, Sendable {
  /// The first byte's physical address.
  public let address: UInt64
  /// The size in bytes.
  public let size: UInt64
  /// The place of the `/memreserve/`; nil in a blob.
  public let span: SourceSpan?

  /// Reserves `size` bytes at `address`.
  public init(address: UInt64, size: UInt64, span: SourceSpan? = nil) {
    self.address = address
    self.size = size
    self.span = span
  }
}

/// A resolved devicetree: nodes, properties and where they were written.
///
/// Immutable; ``Node`` and ``Property`` are views.
public final class Devicetree: Sendable {
  let storage: TreeStorage
  let rootIndex: Int32
  /// The files that the tree was read from.
  public let sources: SourceMap
  /// The name under which the input was opened.
  public let inputName: String
  /// The memory reservation block.
  public let reservations: [MemoryReservation]
  /// The physical ID of the boot CPU, as the blob's header says it.
  public let bootCPUID: UInt32
  /// Whether the source is a plugin, that is, an overlay.
  public let isPlugin: Bool
  /// Whether the tree was read from a blob, so that nothing in it has a position.
  public let isBlob: Bool
  private let nodesByPhandle: [UInt32: Int32]

  init(
    storage: consuming TreeStorage, root: Int32, sources: SourceMap, inputName: String,
    reservations: [MemoryReservation], bootCPUID: UInt32, isPlugin: Bool, isBlob: Bool
  ) {
    self.nodesByPhandle = Self.indexPhandles(storage, root: root)
    self.storage = storage
    self.rootIndex = root
    self.sources = sources
    self.inputName = inputName
    self.reservations = reservations
    self.bootCPUID = bootCPUID
    self.isPlugin = isPlugin
    self.isBlob = isBlob
  }

  private static func indexPhandles(_ storage: borrowing TreeStorage, root: Int32) -> [UInt32: Int32] {
    var index: [UInt32: Int32] = [:]
    storage.forEachNode(from: root) { node, _ in
      let phandle = storage.nodes[Int(node)].phandle
      if phandle != 0, index[phandle] == nil { index[phandle] = node }
    }
    return index
  }

  /// The root node.
  public var root: Node { Node(tree: self, index: rootIndex) }

  /// The node whose `phandle` is `phandle`; the first one in tree order if several have it.
  public func node(phandle: UInt32) -> Node? { nodesByPhandle[phandle].map { Node(tree: self, index: $0) } }

  /// The node at a full path, unit addresses included; nil if there is none.
  public func node(path: String) -> Node? {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    let bytes = Array(path.utf8)
    let index = bytes == [UInt8(ascii: "/")] ? rootIndex : storage.node(path: bytes[...], under: rootIndex)
    return index == noIndex ? nil : Node(tree: self, index: index)
  }
}

extension TreeStorage {
  /// Calls `body` for every node that is not deleted, parents first, in order, with its level (the root's is 1).
  borrowing func forEachNode(from root: Int32, _ body: (Int32, Int) -> Void) {
    var node = root
    var level = 1
    while node != noIndex {
      body(node, level)
      var next = firstLive(nodes[Int(node)].firstChild)
      if next != noIndex { level += 1 }
      while next == noIndex, node != root {
        next = firstLive(nodes[Int(node)].nextSibling)
        if next == noIndex {
          node = nodes[Int(node)].parent
          level -= 1
        }
      }
      if node == root, next == noIndex { return }
      node = next
    }
  }

  @inline(__always)
  private func firstLive(_ start: Int32) -> Int32 {
    var node = start
    while node != noIndex, nodes[Int(node)].isDeleted { node = nodes[Int(node)].nextSibling }
    return node
  }
}
