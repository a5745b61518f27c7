import Diagnostics

/// Which of `phandle` and `linux,phandle` a node gets with its number (dtc `-H`).
public enum PhandleFormat: String, Sendable, CaseIterable {
  case legacy, epapr, both
}

/// Turns the tree that a source has built into the tree that a blob holds: names checked, phandles given,
/// references resolved, unreferenced nodes omitted.
///
/// The order of the passes is dtc's (checks.c), because phandle numbers depend on it.
struct Resolver: ~Copyable {
  var tree: TreeStorage
  let root: Int32
  let names: WellKnownNames
  let isPlugin: Bool
  let phandleFormat: PhandleFormat
  let keepsLabelledNodes: Bool
  var findings: FindingSink
  /// Which node has a phandle.
  private var phandles: [UInt32: Int32] = [:]
  private var nextPhandle: UInt32 = 1
  private var isOverfull = false

  init(
    tree: consuming TreeStorage, root: Int32, names: WellKnownNames, isPlugin: Bool,
    phandleFormat: PhandleFormat,
    keepsLabelledNodes: Bool, findings: FindingSink
  ) {
    self.tree = tree
    self.root = root
    self.names = names
    self.isPlugin = isPlugin
    self.phandleFormat = phandleFormat
    self.keepsLabelledNodes = keepsLabelledNodes
    self.findings = findings
  }

  /// Runs all passes.
  mutating func resolve() {
    let order = liveNodes()
    checkNames(order)
    checkLabels(order)
    collectPhandles(order)
    resolvePhandleReferences(order)
    resolvePathReferences(order)
    omitUnreferencedNodes()
  }

  /// The live nodes, parents first.
  func liveNodes() -> [Int32] {
    var order: [Int32] = []
    order.reserveCapacity(tree.nodes.count)
    tree.forEachNode(from: root) { node, _ in order.append(node) }
    return order
  }

  /// The place of a node's name where it was first written.
  func place(ofNode node: Int32) -> SourceSpan? {
    var origin = tree.nodes[Int(node)].origin
    guard origin != noIndex else { return nil }
    while tree.origins[Int(origin)].previous != noIndex { origin = tree.origins[Int(origin)].previous }
    return tree.origins[Int(origin)].name
  }

  /// The place of a property's name.
  func place(ofProperty property: Int32) -> SourceSpan? {
    let origin = tree.properties[Int(property)].origin
    return origin == noIndex ? nil : tree.origins[Int(origin)].name
  }

  // MARK: Phandles

  private mutating func collectPhandles(_ order: [Int32]) {
    for node in order {
      let standard = explicitPhandle(names.phandle, of: node)
      let legacy = explicitPhandle(names.linuxPhandle, of: node)
      guard let phandle = standard ?? legacy else { continue }
      if let standard, let legacy, standard != legacy {
        findings.report(
          .invalidPhandle, "`phandle` and `linux,phandle` differ", at: place(ofNode: node),
          node: tree.path(node),
          property: "phandle")
      }
      if let other = phandles[phandle] {
        if findings.isFull(counting: .repeatedPhandle) { continue }
        findings.report(
          .repeatedPhandle, "phandle \(Text.hex(phandle)) is also that of `\(tree.path(other))`",
          at: place(ofNode: node), node: tree.path(node), property: "phandle",
          related: place(ofNode: other).map { [RelatedPlace("the other node", at: $0)] } ?? [])
        continue
      }
      phandles[phandle] = node
      tree.nodes[Int(node)].phandle = phandle
    }
  }

  /// The number that a node asks for; nil if it asks for none, or for an automatic one by a reference to itself.
  private mutating func explicitPhandle(_ name: NameID, of node: Int32) -> UInt32? {
    let property = tree.liveProperty(name, of: node)
    guard property != noIndex else { return nil }
    let record = tree.properties[Int(property)]
    func report(_ message: String) {
      findings.report(
        .invalidPhandle, message, at: place(ofProperty: property), node: tree.path(node),
        property: tree.names.string(name))
    }
    guard record.valueLength == 4 else {
      report("a phandle is one cell, this one has \(record.valueLength) bytes")
      return nil
    }
    for marker in record.markers where tree.markers[marker].kind == .phandleReference {
      if tree.node(referencedBy: tree.markers[marker].text, root: root) != node {
        report("a node's phandle cannot be a reference to another node")
      }
      return nil
    }
    let phandle = tree.values.cell(at: Int(record.valueStart))
    guard phandle != 0, phandle != .max else {
      report("\(Text.hex(phandle)) is no phandle")
      return nil
    }
    return phandle
  }

  /// The phandle of a node, which gets the lowest free number if it has none (dtc, livetree.c `get_node_phandle`).
  mutating func phandle(of node: Int32) -> UInt32 {
    let known = tree.nodes[Int(node)].phandle
    if known != 0 { return known }
    while phandles[nextPhandle] != nil { nextPhandle += 1 }
    let phandle = nextPhandle
    phandles[phandle] = node
    tree.nodes[Int(node)].phandle = phandle
    if phandleFormat != .epapr { addPhandleProperty(names.linuxPhandle, phandle, to: node) }
    if phandleFormat != .legacy { addPhandleProperty(names.phandle, phandle, to: node) }
    return phandle
  }

  private mutating func addPhandleProperty(_ name: NameID, _ phandle: UInt32, to node: Int32) {
    guard tree.liveProperty(name, of: node) == noIndex else { return }
    let start = tree.values.count
    tree.values.append(UInt64(phandle), width: 4)
    let property = tree.addProperty(
      PropertyRecord(name: name, valueStart: UInt32(start), valueLength: 4, origin: noIndex))
    tree.appendProperty(property, to: node)
  }

  /// Releases the numbers of nodes that are gone.
  mutating func releasePhandles(of node: Int32) {
    let phandle = tree.nodes[Int(node)].phandle
    if phandle != 0, phandles[phandle] == node { phandles[phandle] = nil }
  }

  // MARK: References

  private mutating func resolvePhandleReferences(_ order: [Int32]) {
    for node in order {
      var property = tree.nodes[Int(node)].firstProperty
      while property != noIndex {
        let record = tree.properties[Int(property)]
        property = record.next
        guard !record.isDeleted else { continue }
        for marker in record.markers where tree.markers[marker].kind == .phandleReference {
          resolvePhandleReference(tree.markers[marker], in: record, of: node)
        }
      }
    }
  }

  private mutating func resolvePhandleReference(_ marker: Marker, in record: PropertyRecord, of node: Int32) {
    let place = Int(record.valueStart) + Int(marker.offset)
    let target = tree.node(referencedBy: marker.text, root: root)
    guard target != noIndex else {
      if isPlugin { tree.values.setCell(.max, at: place) } else { reportUnresolved(marker, record, of: node) }
      return
    }
    let phandle = phandle(of: target)
    tree.values.setCell(phandle, at: place)
    tree.nodes[Int(target)].flags.insert(.referenced)
  }

  private mutating func reportUnresolved(_ marker: Marker, _ record: PropertyRecord, of node: Int32) {
    if findings.isFull(counting: .unresolvedReference) { return }
    let text = tree.names.string(marker.text)
    let isPath = text.utf8.contains(UInt8(ascii: "/"))
    findings.report(
      .unresolvedReference, isPath ? "no node at `&{\(text)}`" : "no node is labelled `\(text)`",
      at: marker.span,
      node: tree.path(node), property: tree.names.string(record.name),
      help: isPath ? nil : tree.suggestion(forLabel: text))
  }

  private mutating func resolvePathReferences(_ order: [Int32]) {
    for node in order {
      var property = tree.nodes[Int(node)].firstProperty
      while property != noIndex {
        let record = tree.properties[Int(property)]
        if !record.isDeleted,
          record.markers.contains(where: { tree.markers[$0].kind == .pathReference })
        {
          insertPaths(into: property, of: node)
        }
        property = record.next
      }
    }
  }

  /// Writes the value anew with the paths in their places.
  private mutating func insertPaths(into property: Int32, of node: Int32) {
    let record = tree.properties[Int(property)]
    let start = tree.values.count
    var copied = 0
    func copy(upTo end: Int) {
      let from = Int(record.valueStart)
      tree.values.appendCopy(of: from + copied..<from + end)
      copied = end
    }
    for index in record.markers {
      let marker = tree.markers[index]
      copy(upTo: Int(marker.offset))
      tree.markers[index].offset = UInt32(tree.values.count - start)
      guard marker.kind == .pathReference else { continue }
      let target = tree.node(referencedBy: marker.text, root: root)
      guard target != noIndex else {
        reportUnresolved(marker, record, of: node)
        continue
      }
      let path = tree.path(target)
      guard hasRoom(for: path.utf8.count, at: marker.span) else { break }
      for byte in path.utf8 { tree.values.append(byte) }
      tree.values.append(0)
      tree.nodes[Int(target)].flags.insert(.referenced)
    }
    copy(upTo: Int(record.valueLength))
    tree.properties[Int(property)].valueStart = UInt32(start)
    tree.properties[Int(property)].valueLength = UInt32(tree.values.count - start)
  }

  /// Whether values may grow by some bytes; says once that they may not.
  mutating func hasRoom(for bytes: Int, at span: SourceSpan?) -> Bool {
    if tree.values.count + bytes <= DTParseLimits.valueBytesMax { return true }
    if !isOverfull {
      findings.report(
        .limitExceeded, "the values of the tree have more than \(DTParseLimits.valueBytesMax >> 20) MiB",
        at: span)
    }
    isOverfull = true
    return false
  }

  // MARK: Omission

  private mutating func omitUnreferencedNodes() {
    for node in liveNodes() {
      let record = tree.nodes[Int(node)]
      guard !record.isDeleted, record.flags.contains(.omitIfUnreferenced), !record.flags.contains(.referenced)
      else { continue }
      if keepsLabelledNodes, record.firstLabel != noIndex { continue }
      guard node != root else {
        findings.report(
          .deletedRoot, "the root node is marked with `/omit-if-no-ref/`", at: place(ofNode: node))
        continue
      }
      reportDangling(below: node)
      let omitted = omittedNodes(below: node)
      tree.deleteNode(node)
      for gone in omitted { releasePhandles(of: gone) }
    }
  }

  private func omittedNodes(below node: Int32) -> [Int32] {
    var gone: [Int32] = []
    tree.forEachNode(from: node) { below, _ in gone.append(below) }
    return gone
  }

  /// Warns where a node goes that a reference names, together with a node above it that is not referenced.
  private mutating func reportDangling(below node: Int32) {
    for below in omittedNodes(below: node).dropFirst()
    where tree.nodes[Int(below)].flags.contains(.referenced) {
      findings.report(
        .omittedTarget,
        "`\(tree.path(below))` is referenced and is omitted all the same, together with `\(tree.path(node))`",
        at: place(ofNode: below), node: tree.path(below),
        help: "refer to `\(tree.path(node))` too, or do not mark it")
    }
  }
}
