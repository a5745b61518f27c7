import Diagnostics

/// A node of a ``Devicetree``: a view, cheap to copy.
public struct Node: Sendable, Hashable {
  /// The tree that it belongs to.
  public let tree: Devicetree
  let index: Int32

  private var record: NodeRecord { tree.storage.nodes[Int(index)] }

  /// Whether both are the same node of the same tree.
  public static func == (a: Node, b: Node) -> Bool { a.index == b.index && a.tree === b.tree }

  /// Hashes the node's place in its tree.
  public func hash(into hasher: inout Hasher) { hasher.combine(index) }

  /// A number that identifies the node in its tree.
  public var id: Int { Int(index) }

  /// The name with its unit address; empty for the root.
  public var name: String { tree.storage.names.string(record.name) }

  /// Calls `body` with the bytes of the name, unit address included, in place.
  public func withNameBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    tree.storage.names.withBytes(record.name, body)
  }

  /// The name without its unit address.
  public var baseName: String { String(name.prefix { $0 != "@" }) }

  /// What follows the `@` of the name; nil if there is none.
  public var unitAddress: String? {
    let name = name
    return name.firstIndex(of: "@").map { String(name[name.index(after: $0)...]) }
  }

  /// The full path; `/` for the root.
  public var path: String { tree.storage.path(index) }

  /// The node that holds this one; nil for the root.
  public var parent: Node? {
    let parent = record.parent
    return parent == noIndex ? nil : Node(tree: tree, index: parent)
  }

  /// The nodes directly below, in tree order.
  public var children: Children { Children(tree: tree, cursor: record.firstChild) }

  /// The properties in order.
  public var properties: Properties { Properties(tree: tree, node: index, cursor: record.firstProperty) }

  /// The labels, in the order in which dtc lists them.
  public var labels: [String] {
    var result: [String] = []
    var label = record.firstLabel
    while label != noIndex {
      let entry = tree.storage.labels[Int(label)]
      if !entry.isDeleted { result.append(tree.storage.names.string(entry.name)) }
      label = entry.next
    }
    return result
  }

  /// The phandle; nil if it has none.
  public var phandle: UInt32? { record.phandle == 0 ? nil : record.phandle }

  /// The property called `name`; nil if there is none.
  public subscript(name: String) -> Property? {
    guard let id = tree.storage.names.lookUp(name) else { return nil }
    let property = tree.storage.liveProperty(id, of: index)
    return property == noIndex ? nil : Property(tree: tree, node: index, index: property)
  }

  /// Whether there is a property called `name`.
  public func has(_ name: String) -> Bool { self[name] != nil }

  /// The child with this full name; nil if there is none.
  public func child(_ name: String) -> Node? {
    guard let id = tree.storage.names.lookUp(name) else { return nil }
    let child = tree.storage.liveChild(id, of: index)
    return child == noIndex ? nil : Node(tree: tree, index: child)
  }

  /// All places where the node was written, the newest first; empty in a blob.
  public var places: [Place] { tree.places(from: record.origin) }

  /// The place of the name where the node was first written; nil in a blob.
  public var span: SourceSpan? { places.last?.name }

  /// Calls `body` for this node and all below it, parents first, in tree order.
  public func forEachDescendant(_ body: (Node) -> Void) {
    tree.storage.forEachNode(from: index) { node, _ in body(Node(tree: tree, index: node)) }
  }

  /// The live children of a node.
  public struct Children: Sequence, IteratorProtocol, Sendable {
    let tree: Devicetree
    var cursor: Int32

    /// The next one that is not deleted.
    public mutating func next() -> Node? {
      while cursor != noIndex {
        let index = cursor
        cursor = tree.storage.nodes[Int(index)].nextSibling
        if !tree.storage.nodes[Int(index)].isDeleted { return Node(tree: tree, index: index) }
      }
      return nil
    }
  }

  /// The live properties of a node.
  public struct Properties: Sequence, IteratorProtocol, Sendable {
    let tree: Devicetree
    let node: Int32
    var cursor: Int32

    /// The next one that is not deleted.
    public mutating func next() -> Property? {
      while cursor != noIndex {
        let index = cursor
        cursor = tree.storage.properties[Int(index)].next
        if !tree.storage.properties[Int(index)].isDeleted {
          return Property(tree: tree, node: node, index: index)
        }
      }
      return nil
    }
  }
}

/// One place where a node or property was written.
public struct Place: Hashable, Sendable {
  /// The name, or the reference that stands for it.
  public let name: SourceSpan
  /// A property's value without `=` and `;`, or a node's body with its braces; empty if there is none.
  public let body: SourceSpan
}

extension Devicetree {
  func places(from origin: Int32) -> [Place] {
    var result: [Place] = []
    var cursor = origin
    while cursor != noIndex {
      let entry = storage.origins[Int(cursor)]
      result.append(Place(name: entry.name, body: entry.body))
      cursor = entry.previous
    }
    return result
  }
}
