import DTParse
import Diagnostics
import HeapModel

/// A heap with all that a program needs to allocate from it and to say where it comes from.
public struct HeapDescription: Hashable, Sendable {
  /// The heap as the kernel registers it.
  public let heap: HeapInstance
  /// Bytes in a page.
  public let pageSize: UInt64
  /// The path of the node that makes the heap, or nil for the heap of the built-in area.
  ///
  /// It is the region's for the second form of the chunk heap and for CMA heaps, the device's for the others.
  public let node: String?
  /// The path of the region's node; nil for the built-in area.
  public let regionNode: String?
  /// Where the node that makes the heap was first written; nil in a blob and for the built-in area.
  public let source: SourceLocation?

  /// The flags by name: those of the third form in tree order, then `secure` and `uncached`.
  public var flags: [String] {
    heap.flags.filter { $0 != "secure" } + (heap.isSecure ? ["secure"] : [])
      + (heap.isUncached ? ["uncached"] : [])
  }

  /// The heaps of a map in the order of their registration.
  ///
  /// - Parameters:
  ///   - map: the map.
  ///   - tree: the tree that it was made of, which knows the nodes.
  public static func all(of map: MemoryMap, _ tree: Devicetree) -> [HeapDescription] {
    let nodes = NodeIndex(tree, map.heaps.compactMap(\.node) + map.pools.compactMap(\.node))
    var regions: [PoolKey: Int] = [:]
    for pool in map.pools { regions[PoolKey(name: pool.name, base: pool.base)] = pool.node }
    return map.heaps.map { heap in
      let node = heap.node.flatMap { nodes[$0] }
      let region = regions[PoolKey(name: heap.region, base: heap.base)].flatMap { nodes[$0] }
      return HeapDescription(
        heap: heap, pageSize: map.profile.pageSize.bytes, node: node?.path, regionNode: region?.path,
        source: node?.location)
    }
  }

  private struct PoolKey: Hashable {
    let name: String
    let base: PhysicalAddress
  }
}

/// Nodes by their identifiers.
public struct NodeIndex: Sendable {
  private var nodes: [Int: Node] = [:]

  /// Finds nodes of a tree.
  ///
  /// - Complexity: O(*n*) in the number of nodes of the tree.
  public init(_ tree: Devicetree, _ identifiers: [Int]) {
    let wanted = Set(identifiers)
    guard !wanted.isEmpty else { return }
    tree.root.forEachDescendant { node in
      if wanted.contains(node.id) { nodes[node.id] = node }
    }
  }

  /// The node with an identifier; nil where it was not asked for or is not in the tree.
  public subscript(identifier: Int) -> Node? { nodes[identifier] }
}
