import DTParse

/// A devicetree as schemas see it: nodes whose members are properties and children, all named by number.
///
/// Nodes whose names start with `__` are no part of it. Values are read when somebody asks for the first time.
final class InstanceTree {
  /// Rows of all values together beyond which values are no longer looked into.
  static let rowsMax = 1 << 22

  let tree: Devicetree
  let index: NameIndex
  /// The nodes, parents first, in the order of the tree.
  let nodes: [InstanceNode]
  /// The nodes of the devicetree, one for each of ``nodes``.
  let sources: [Node]
  /// The members of all nodes; those of one node follow each other, in the order of their names' numbers.
  let members: [InstanceMember]
  /// The properties of the devicetree, one for each of ``properties``.
  let propertySources: [Property]
  var properties: [InstanceProperty]
  var rows: [InstanceRow]
  var readings: [InstanceReading] = []
  /// The bytes of all names and values.
  let bytes: UnsafeMutablePointer<UInt8>
  private let nodesByPhandle: [UInt32: Int32]

  init(_ tree: Devicetree, index: NameIndex) {
    var builder = InstanceTreeBuilder(index: index)
    builder.add(tree.root, parent: -1)
    self.tree = tree
    self.index = index
    nodes = builder.nodes
    sources = builder.sources
    members = builder.members
    propertySources = builder.propertySources
    properties = builder.properties
    rows = builder.rows
    nodesByPhandle = builder.nodesByPhandle
    let count = max(1, builder.bytes.count)
    bytes = .allocate(capacity: count)
    bytes.initialize(repeating: 0, count: count)
    builder.bytes.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { bytes.update(from: base, count: source.count) }
    }
  }

  deinit { bytes.deallocate() }

  /// The bytes from `start` on.
  @inline(__always)
  func span(_ start: Int32, _ count: Int32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + Int(start), count: Int(count))
  }

  /// The node that a phandle names.
  func node(phandle: UInt32) -> Int32? { nodesByPhandle[phandle] }

  /// The member of a node by the number of its name.
  /// - Complexity: O(log *n*).
  @inline(__always)
  func member(_ name: UInt32, of node: Int32) -> InstanceMember? {
    let record = nodes[Int(node)]
    var low = Int(record.firstMember)
    var high = low &+ Int(record.memberCount)
    while low < high {
      let middle = low &+ (high &- low) / 2
      let found = members[middle].name
      if found == name { return members[middle] }
      if found < name { low = middle &+ 1 } else { high = middle }
    }
    return nil
  }

  /// The one cell that a property holds; nil if there is none or it is longer.
  func cell(_ name: UInt32, of node: Int32) -> UInt32? {
    guard let member = member(name, of: node), member.kind == .property else { return nil }
    let property = properties[Int(member.index)]
    return property.count == 4 ? span(property.start, 4).cell(at: 0) : nil
  }

  /// The element of a list.
  @inline(__always)
  func element(_ index: Int32, of list: Instance) -> Instance {
    var element = list
    switch list.kind {
    case .integers:
      element.kind = .integer
      element.start = list.start &+ index &* Int32(list.width)
      element.count = 0
    case .matrix:
      let row = rows[Int(list.start &+ index)]
      element.kind = .integers
      element.start = row.start
      element.count = row.count
    default:
      element.kind = .string
      element.start = list.start &+ index
      element.count = 0
    }
    return element
  }

  /// The number that an integer stands for.
  @inline(__always)
  func integer(_ value: Instance) -> Int128 {
    var number: UInt64 = 0
    for offset in 0..<Int(value.width) { number = number << 8 | UInt64(bytes[Int(value.start) &+ offset]) }
    guard value.isSigned else { return Int128(number) }
    switch value.width {
    case 1: return Int128(Int8(truncatingIfNeeded: number))
    case 2: return Int128(Int16(truncatingIfNeeded: number))
    case 4: return Int128(Int32(truncatingIfNeeded: number))
    default: return Int128(Int64(bitPattern: number))
    }
  }

  /// The bytes of a string.
  @inline(__always)
  func text(_ value: Instance) -> UnsafeBufferPointer<UInt8> {
    let row = rows[Int(value.start)]
    return span(row.start, row.count)
  }

  /// The strings of a property, as far as it has any.
  func strings(_ name: UInt32, of node: Int32) -> Instance? {
    guard let member = member(name, of: node), member.kind == .property else { return nil }
    let value = readings[Int(reading(of: member.index))].instance
    return value.kind == .strings ? value : nil
  }
}

/// Collects an ``InstanceTree``.
private struct InstanceTreeBuilder {
  let index: NameIndex
  var nodes: [InstanceNode] = []
  var sources: [Node] = []
  var members: [InstanceMember] = []
  var propertySources: [Property] = []
  var properties: [InstanceProperty] = []
  var rows: [InstanceRow] = []
  var bytes: [UInt8] = []
  var nodesByPhandle: [UInt32: Int32] = [:]

  init(index: NameIndex) { self.index = index }

  /// What a node finds when its turn comes (dt-schema 2026.9, dtb.py, `fixup_interrupts` and `fixup_addresses`).
  private struct Inherited {
    var interruptCells: UInt32 = 1
    var addressCells: UInt32 = 2
    var sizeCells: UInt32 = 1
    var isInHog = false
  }

  mutating func add(_ root: Node, parent: Int32) {
    _ = collect(root, parent: parent)
    settle(0, Inherited())
  }

  /// Adds a node and all below it; the depth is bounded by the reader of the tree.
  private mutating func collect(_ node: Node, parent: Int32) -> Int32 {
    let place = Int32(nodes.count)
    let name = node.withNameBytes { bytes in
      let shown = bytes.isEmpty ? [UInt8(ascii: "/")] : Array(bytes)
      rows.append(InstanceRow(start: Int32(self.bytes.count), count: Int32(shown.count), string: 0))
      self.bytes += shown
      return shown.withUnsafeBufferPointer { index.intern($0) }
    }
    rows[rows.count - 1].string = name < index.view.stringCount ? name : ImageLayout.none
    let record = InstanceNode(
      name: name, parent: parent, nameRow: Int32(rows.count - 1), interruptCells: 1, addressCells: 2,
      sizeCells: 1, isInHog: false, isAliases: node.withNameBytes { $0.elementsEqual("aliases".utf8) })
    nodes.append(record)
    sources.append(node)
    var own = [InstanceMember(name: index.names.nodeName, kind: .nodeName, index: Int32(rows.count - 1))]
    for property in node.properties { own.append(add(property, to: place)) }
    for child in node.children {
      let isHidden = child.withNameBytes { $0.starts(with: "__".utf8) }
      if isHidden { continue }
      let at = collect(child, parent: place)
      own.append(InstanceMember(name: nodes[Int(at)].name, kind: .node, index: at))
    }
    appendMembers(own, to: place)
    return place
  }

  private mutating func add(_ property: Property, to node: Int32) -> InstanceMember {
    let name = property.withNameBytes { index.intern($0) }
    let start = Int32(bytes.count)
    property.withBytes { value in
      bytes.append(contentsOf: value)
      if name == index.names.phandle, value.count == 4, nodesByPhandle[value.cell(at: 0)] == nil {
        nodesByPhandle[value.cell(at: 0)] = node
      }
    }
    let count = Int32(bytes.count) - start
    properties.append(InstanceProperty(name: name, node: node, start: start, count: count))
    propertySources.append(property)
    return InstanceMember(name: name, kind: .property, index: Int32(properties.count - 1))
  }

  /// Sorts members by name; of several with one name a child counts before a property, and the first before others.
  private mutating func appendMembers(_ own: [InstanceMember], to node: Int32) {
    let sorted = own.enumerated().sorted { a, b in
      let left = (a.element.name, a.element.kind == .node ? 0 : 1, a.offset)
      return left < (b.element.name, b.element.kind == .node ? 0 : 1, b.offset)
    }
    nodes[Int(node)].firstMember = Int32(members.count)
    var last: UInt32?
    for (_, member) in sorted where member.name != last {
      members.append(member)
      last = member.name
    }
    nodes[Int(node)].memberCount = Int32(members.count) - nodes[Int(node)].firstMember
  }

  private func cell(_ name: UInt32, of node: Int32) -> UInt32? {
    guard let member = find(name, of: node), member.kind == .property else { return nil }
    let property = properties[Int(member.index)]
    guard property.count == 4 else { return nil }
    return bytes.withUnsafeBufferPointer { $0.cell(at: Int(property.start)) }
  }

  private func find(_ name: UInt32, of node: Int32) -> InstanceMember? {
    let record = nodes[Int(node)]
    let first = Int(record.firstMember)
    return members[first..<(first + Int(record.memberCount))].first { $0.name == name }
  }

  /// Hands down what children inherit.
  private mutating func settle(_ node: Int32, _ inherited: Inherited) {
    var given = inherited
    let names = index.names
    // A phandle that names nothing leaves what is inherited; dt-validate ends with a traceback.
    if let parent = cell(names.interruptParent, of: node).flatMap({ nodesByPhandle[$0] }) {
      given.interruptCells = cell(names.interruptCells, of: parent) ?? 0
    }
    given.isInHog = given.isInHog || find(names.gpioHog, of: node) != nil
    nodes[Int(node)].interruptCells = given.interruptCells
    nodes[Int(node)].addressCells = given.addressCells
    nodes[Int(node)].sizeCells = given.sizeCells
    nodes[Int(node)].isInHog = given.isInHog
    given.interruptCells = cell(names.interruptCells, of: node) ?? given.interruptCells
    given.addressCells = cell(names.addressCells, of: node) ?? given.addressCells
    given.sizeCells = cell(names.sizeCells, of: node) ?? given.sizeCells
    let first = Int(nodes[Int(node)].firstMember)
    for place in first..<(first + Int(nodes[Int(node)].memberCount)) where members[place].kind == .node {
      settle(members[place].index, given)
    }
  }
}
