import Diagnostics

/// The nodes that dtc makes for overlays: `__symbols__`, `__fixups__` and `__local_fixups__` (dtc, livetree.c).
extension Resolver {
  // MARK: Symbols

  /// Makes `/__symbols__` (dtc `-@`): one property a label, the value is the node's path; labelled nodes get a phandle.
  mutating func generateSymbols() {
    let order = liveNodes()
    guard order.contains(where: { tree.nodes[Int($0)].firstLabel != noIndex }) else { return }
    let table = child(names.symbols, of: root)
    for node in order where tree.nodes[Int(node)].firstLabel != noIndex {
      var label = tree.nodes[Int(node)].firstLabel
      while label != noIndex {
        let record = tree.labels[Int(label)]
        label = record.next
        if !record.isDeleted { addSymbol(record, of: node, to: table) }
      }
      _ = phandle(of: node)
    }
  }

  /// Reports the labels that a `__symbols__` written by hand shadows, where the table is not made.
  mutating func checkSymbols() {
    let table = tree.liveChild(names.symbols, of: root)
    guard table != noIndex else { return }
    for node in liveNodes() {
      var label = tree.nodes[Int(node)].firstLabel
      while label != noIndex {
        let record = tree.labels[Int(label)]
        label = record.next
        if !record.isDeleted, isShadowed(record, in: table) { reportShadowed(record, of: node) }
      }
    }
  }

  private mutating func isShadowed(_ label: LabelRecord, in table: Int32) -> Bool {
    let slot = tree.propertySlot(label.name, of: table)
    return slot != noIndex && !tree.properties[Int(slot)].isDeleted
  }

  private mutating func reportShadowed(_ label: LabelRecord, of node: Int32) {
    findings.report(
      .shadowedSymbol,
      "`/__symbols__` already has `\(tree.names.string(label.name))`, which wins over this label",
      at: label.span, node: tree.path(node))
  }

  private mutating func addSymbol(_ label: LabelRecord, of node: Int32, to table: Int32) {
    guard !isShadowed(label, in: table) else { return reportShadowed(label, of: node) }
    let path = tree.path(node)
    guard hasRoom(for: path.utf8.count, at: label.span) else { return }
    let start = tree.values.count
    for byte in path.utf8 { tree.values.append(byte) }
    tree.values.append(0)
    let property = tree.addProperty(
      PropertyRecord(
        name: label.name, valueStart: UInt32(start), valueLength: UInt32(tree.values.count - start),
        origin: noIndex))
    tree.appendProperty(property, to: table)
  }

  /// The child with this name, made as the last one if there is none.
  private mutating func child(_ name: NameID, of parent: Int32) -> Int32 {
    let known = tree.liveChildIndexed(name, of: parent)
    if known != noIndex { return known }
    let node = tree.addNode(name: name, origin: noIndex)
    tree.appendChild(node, to: parent)
    return node
  }

  // MARK: Fixups

  /// A phandle reference and where it stands.
  private struct PhandleUse {
    let node: Int32
    let property: NameID
    let marker: Marker
    let isResolved: Bool
  }

  /// Makes `/__fixups__` and `/__local_fixups__` of a plugin.
  mutating func generateFixups() {
    let uses = phandleUses()
    if uses.contains(where: { !$0.isResolved }) {
      let table = child(names.fixups, of: root)
      var entries: [(label: NameID, text: [UInt8])] = []
      var entryOfLabel: [NameID: Int] = [:]
      for use in uses where !use.isResolved { addFixup(use, &entries, &entryOfLabel) }
      for entry in entries { append(entry.text, to: entry.label, of: table) }
    }
    guard uses.contains(where: \.isResolved) else { return }
    let table = child(names.localFixups, of: root)
    var position = 0
    while position < uses.count {
      let first = uses[position]
      var offsets: [UInt8] = []
      while position < uses.count, uses[position].node == first.node,
        uses[position].property == first.property
      {
        if uses[position].isResolved { appendCell(uses[position].marker.offset, to: &offsets) }
        position += 1
      }
      if !offsets.isEmpty { append(offsets, to: first.property, of: mirror(of: first.node, below: table)) }
    }
  }

  private func appendCell(_ value: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  private mutating func phandleUses() -> [PhandleUse] {
    var uses: [PhandleUse] = []
    for node in liveNodes() {
      var property = tree.nodes[Int(node)].firstProperty
      while property != noIndex {
        let record = tree.properties[Int(property)]
        property = record.next
        guard !record.isDeleted else { continue }
        for index in record.markers where tree.markers[index].kind == .phandleReference {
          let marker = tree.markers[index]
          let target = tree.node(referencedBy: marker.text, root: root)
          uses.append(
            PhandleUse(node: node, property: record.name, marker: marker, isResolved: target != noIndex))
        }
      }
    }
    return uses
  }

  private mutating func addFixup(
    _ use: PhandleUse, _ entries: inout [(label: NameID, text: [UInt8])], _ entryOfLabel: inout [NameID: Int]
  ) {
    let path = tree.path(use.node)
    let property = tree.names.string(use.property)
    let label = tree.names.string(use.marker.text)
    guard !label.utf8.contains(UInt8(ascii: "/")) else {
      findings.report(
        .inexpressibleFixup, "`&{\(label)}` names a node of the base by path, and fixups know labels only",
        at: use.marker.span, node: path, property: property, help: "refer to it by a label")
      return
    }
    guard !path.utf8.contains(UInt8(ascii: ":")), !property.utf8.contains(UInt8(ascii: ":")) else {
      findings.report(
        .inexpressibleFixup, "a fixup cannot name a path or property with a colon", at: use.marker.span,
        node: path,
        property: property)
      return
    }
    let text = Array("\(path):\(property):\(use.marker.offset)".utf8) + [0]
    if let index = entryOfLabel[use.marker.text] {
      entries[index].text += text
    } else {
      entryOfLabel[use.marker.text] = entries.count
      entries.append((use.marker.text, text))
    }
  }

  /// Appends bytes to a property, which is made if it is not there.
  private mutating func append(_ bytes: [UInt8], to name: NameID, of node: Int32) {
    guard hasRoom(for: bytes.count, at: nil) else { return }
    let start = tree.values.count
    let slot = tree.propertySlot(name, of: node)
    let isKnown = slot != noIndex && !tree.properties[Int(slot)].isDeleted
    if isKnown { tree.values.appendCopy(of: tree.properties[Int(slot)].valueRange) }
    bytes.withUnsafeBufferPointer { tree.values.append($0) }
    let length = UInt32(tree.values.count - start)
    if isKnown {
      tree.properties[Int(slot)].valueStart = UInt32(start)
      tree.properties[Int(slot)].valueLength = length
    } else {
      let property = tree.addProperty(
        PropertyRecord(name: name, valueStart: UInt32(start), valueLength: length, origin: noIndex))
      tree.appendProperty(property, to: node)
    }
  }

  /// The node below `table` at the path that `node` has below the root.
  private mutating func mirror(of node: Int32, below table: Int32) -> Int32 {
    var chain: [NameID] = []
    var cursor = node
    while cursor != root {
      chain.append(tree.nodes[Int(cursor)].name)
      cursor = tree.nodes[Int(cursor)].parent
    }
    var place = table
    for name in chain.reversed() { place = child(name, of: place) }
    return place
  }
}
