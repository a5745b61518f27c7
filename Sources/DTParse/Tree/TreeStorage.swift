import Diagnostics

/// The arena that a source, a blob or an overlay is built into.
///
/// Nodes and properties keep their slot when they are deleted: what comes back later comes back in its old place
/// (dtc, livetree.c `merge_nodes`).
struct TreeStorage: ~Copyable, Sendable {
  var nodes: [NodeRecord] = []
  var properties: [PropertyRecord] = []
  var markers: [Marker] = []
  var labels: [LabelRecord] = []
  var origins: [Origin] = []
  var names = NameTable()
  var values = ByteArena()
  /// Labels of nodes by name: the newest label record of each name.
  var labelsByName: [Int32] = []
  /// Labels of owners that have many, by owner and name.
  var labelIndex: [UInt64: Int32] = [:]
  private var childIndex: [UInt64: Int32] = [:]
  private var propertyIndex: [UInt64: Int32] = [:]

  /// Nodes with more children or properties than this are looked up through an index.
  private static let linearSearchMax = 24

  init() {
    nodes.reserveCapacity(1024)
    properties.reserveCapacity(4096)
    markers.reserveCapacity(4096)
    origins.reserveCapacity(6144)
  }

  // MARK: Adding

  mutating func addOrigin(name: SourceSpan, body: SourceSpan, previous: Int32 = noIndex) -> Int32 {
    origins.append(Origin(name: name, body: body, previous: previous))
    return Int32(origins.count - 1)
  }

  /// Makes a node without parent.
  mutating func addNode(name: NameID, origin: Int32, flags: NodeFlags = []) -> Int32 {
    var record = NodeRecord(name: name, origin: origin)
    record.flags = flags
    nodes.append(record)
    return Int32(nodes.count - 1)
  }

  /// Puts a node behind the last child of `parent`.
  mutating func appendChild(_ child: Int32, to parent: Int32) {
    nodes[Int(child)].parent = parent
    nodes[Int(child)].nextSibling = noIndex
    let last = nodes[Int(parent)].lastChild
    if last == noIndex { nodes[Int(parent)].firstChild = child } else { nodes[Int(last)].nextSibling = child }
    nodes[Int(parent)].lastChild = child
    nodes[Int(parent)].childCount += 1
    if nodes[Int(parent)].flags.contains(.childrenIndexed) { indexChild(child, of: parent) }
  }

  /// Puts a node before the first child of `parent`, as libfdt does.
  mutating func prependChild(_ child: Int32, to parent: Int32) {
    nodes[Int(child)].parent = parent
    nodes[Int(child)].nextSibling = nodes[Int(parent)].firstChild
    nodes[Int(parent)].firstChild = child
    if nodes[Int(parent)].lastChild == noIndex { nodes[Int(parent)].lastChild = child }
    nodes[Int(parent)].childCount += 1
    nodes[Int(parent)].flags.remove(.childrenIndexed)
  }

  /// Makes a property that belongs to no node yet.
  mutating func addProperty(_ record: PropertyRecord) -> Int32 {
    properties.append(record)
    return Int32(properties.count - 1)
  }

  /// Puts a property behind the last one of `node`.
  mutating func appendProperty(_ property: Int32, to node: Int32) {
    properties[Int(property)].next = noIndex
    let last = nodes[Int(node)].lastProperty
    if last == noIndex {
      nodes[Int(node)].firstProperty = property
    } else {
      properties[Int(last)].next = property
    }
    nodes[Int(node)].lastProperty = property
    nodes[Int(node)].propertyCount += 1
    if nodes[Int(node)].flags.contains(.propertiesIndexed) { indexProperty(property, of: node) }
  }

  /// Puts a property before the first one of `node`, as libfdt does.
  mutating func prependProperty(_ property: Int32, to node: Int32) {
    properties[Int(property)].next = nodes[Int(node)].firstProperty
    nodes[Int(node)].firstProperty = property
    if nodes[Int(node)].lastProperty == noIndex { nodes[Int(node)].lastProperty = property }
    nodes[Int(node)].propertyCount += 1
    nodes[Int(node)].flags.remove(.propertiesIndexed)
  }

  // MARK: Finding

  private static func key(_ owner: Int32, _ name: NameID) -> UInt64 {
    UInt64(UInt32(bitPattern: owner)) << 32 | UInt64(name.rawValue)
  }

  private mutating func indexChild(_ child: Int32, of parent: Int32) {
    let key = Self.key(parent, nodes[Int(child)].name)
    if childIndex[key] == nil { childIndex[key] = child }
  }

  private mutating func indexProperty(_ property: Int32, of node: Int32) {
    let key = Self.key(node, properties[Int(property)].name)
    if propertyIndex[key] == nil { propertyIndex[key] = property }
  }

  /// The first child slot called `name`, deleted or not.
  mutating func childSlot(_ name: NameID, of parent: Int32) -> Int32 {
    if nodes[Int(parent)].childCount > Self.linearSearchMax {
      if !nodes[Int(parent)].flags.contains(.childrenIndexed) {
        nodes[Int(parent)].flags.insert(.childrenIndexed)
        var child = nodes[Int(parent)].firstChild
        while child != noIndex {
          indexChild(child, of: parent)
          child = nodes[Int(child)].nextSibling
        }
      }
      return childIndex[Self.key(parent, name)] ?? noIndex
    }
    var child = nodes[Int(parent)].firstChild
    while child != noIndex, nodes[Int(child)].name != name { child = nodes[Int(child)].nextSibling }
    return child
  }

  /// The first property slot called `name`, deleted or not.
  mutating func propertySlot(_ name: NameID, of node: Int32) -> Int32 {
    if nodes[Int(node)].propertyCount > Self.linearSearchMax {
      if !nodes[Int(node)].flags.contains(.propertiesIndexed) {
        nodes[Int(node)].flags.insert(.propertiesIndexed)
        var property = nodes[Int(node)].firstProperty
        while property != noIndex {
          indexProperty(property, of: node)
          property = properties[Int(property)].next
        }
      }
      return propertyIndex[Self.key(node, name)] ?? noIndex
    }
    var property = nodes[Int(node)].firstProperty
    while property != noIndex, properties[Int(property)].name != name {
      property = properties[Int(property)].next
    }
    return property
  }

  /// The first property called `name` that is not deleted.
  func liveProperty(_ name: NameID, of node: Int32) -> Int32 {
    var property = nodes[Int(node)].firstProperty
    while property != noIndex {
      let record = properties[Int(property)]
      if record.name == name, !record.isDeleted { return property }
      property = record.next
    }
    return noIndex
  }

  /// The first child called `name` that is not deleted.
  func liveChild(_ name: NameID, of parent: Int32) -> Int32 {
    var child = nodes[Int(parent)].firstChild
    while child != noIndex {
      let record = nodes[Int(child)]
      if record.name == name, !record.isDeleted { return child }
      child = record.nextSibling
    }
    return noIndex
  }

  /// The same through the index where there are many; for use while the tree is built.
  mutating func liveChildIndexed(_ name: NameID, of parent: Int32) -> Int32 {
    let slot = childSlot(name, of: parent)
    return slot == noIndex || !nodes[Int(slot)].isDeleted ? slot : liveChild(name, of: parent)
  }

  // MARK: Deleting

  /// Deletes a property and its labels; the slot stays.
  mutating func deleteProperty(_ property: Int32) {
    properties[Int(property)].isDeleted = true
    deleteLabels(from: properties[Int(property)].firstLabel)
  }

  /// Deletes a node with all that is under it; the slots stay.
  mutating func deleteNode(_ node: Int32) {
    nodes[Int(node)].flags.insert(.deleted)
    var child = nodes[Int(node)].firstChild
    while child != noIndex {
      if !nodes[Int(child)].isDeleted { deleteNode(child) }
      child = nodes[Int(child)].nextSibling
    }
    var property = nodes[Int(node)].firstProperty
    while property != noIndex {
      if !properties[Int(property)].isDeleted { deleteProperty(property) }
      property = properties[Int(property)].next
    }
    deleteLabels(from: nodes[Int(node)].firstLabel)
  }

  /// Takes a property out of its node for good.
  mutating func unlinkProperty(_ property: Int32, of node: Int32) {
    var previous = noIndex
    var cursor = nodes[Int(node)].firstProperty
    while cursor != noIndex, cursor != property {
      previous = cursor
      cursor = properties[Int(cursor)].next
    }
    guard cursor == property else { return }
    let next = properties[Int(property)].next
    if previous == noIndex {
      nodes[Int(node)].firstProperty = next
    } else {
      properties[Int(previous)].next = next
    }
    if next == noIndex { nodes[Int(node)].lastProperty = previous }
    nodes[Int(node)].propertyCount -= 1
    nodes[Int(node)].flags.remove(.propertiesIndexed)
  }

  // MARK: Values

  /// The bytes of a property's value.
  @inline(__always)
  func value(_ property: Int32) -> UnsafeBufferPointer<UInt8> {
    let record = properties[Int(property)]
    return values.bytes(Int(record.valueStart), Int(record.valueLength))
  }

  /// The path of a node: `/` for the root, else its names with `/` before each.
  func path(_ node: Int32) -> String {
    var chain: [NameID] = []
    var cursor = node
    while cursor != noIndex, nodes[Int(cursor)].parent != noIndex {
      chain.append(nodes[Int(cursor)].name)
      cursor = nodes[Int(cursor)].parent
    }
    if chain.isEmpty { return "/" }
    var bytes: [UInt8] = []
    for name in chain.reversed() {
      bytes.append(UInt8(ascii: "/"))
      bytes.append(contentsOf: names.bytes(name))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
