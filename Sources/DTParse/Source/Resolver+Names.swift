import Diagnostics

/// The checks that refuse a tree for its names and labels (dtc, checks.c).
extension Resolver {
  private static let nodeCharacters = characterSet(",._+-@")
  private static let propertyCharacters = characterSet(",._+*#?-")

  /// Which bytes a name may have: letters, digits and `others`.
  private static func characterSet(_ others: String) -> [Bool] {
    (0...255).map { value in
      let byte = UInt8(value)
      return (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || others.utf8.contains(byte)
    }
  }

  /// Checks that names are well formed and unique, and drops `name` properties that repeat their node's name.
  mutating func checkNames(_ order: [Int32]) {
    var lastSeen = [Int32](repeating: noIndex, count: tree.names.count)
    var nodeNameIsGood = [Int8](repeating: -1, count: tree.names.count)
    var propertyNameIsGood = [Int8](repeating: -1, count: tree.names.count)
    for (serial, node) in order.enumerated() {
      checkChildren(of: node, stamp: Int32(2 * serial), &lastSeen)
      checkProperties(of: node, stamp: Int32(2 * serial + 1), &lastSeen, &propertyNameIsGood)
      checkNodeName(node, &nodeNameIsGood)
      checkNameProperty(of: node)
    }
  }

  /// A live child followed by a slot of the same name, even a deleted one, is refused.
  private mutating func checkChildren(of node: Int32, stamp: Int32, _ lastSeen: inout [Int32]) {
    var child = tree.nodes[Int(node)].firstChild
    while child != noIndex {
      let record = tree.nodes[Int(child)]
      if lastSeen[record.name.index] == stamp {
        reportRepeatedNode(child, of: node)
      } else if !record.isDeleted {
        lastSeen[record.name.index] = stamp
      } else if record.flags.contains(.deleteMarker) {
        reportIneffectiveDelete(ofNode: child)
      }
      child = record.nextSibling
    }
  }

  private mutating func reportRepeatedNode(_ child: Int32, of node: Int32) {
    if findings.isFull(counting: .repeatedNode) { return }
    let name = tree.names.string(tree.nodes[Int(child)].name)
    let first = tree.liveChild(tree.nodes[Int(child)].name, of: node)
    let isMarker = tree.nodes[Int(child)].isDeleted
    findings.report(
      .repeatedNode,
      isMarker
        ? "`/delete-node/ \(name)` stands in the body that creates the node"
        : "a second node `\(name)` in one body",
      at: place(ofNode: child), node: tree.path(child),
      related: place(ofNode: first).map { [RelatedPlace("first written here", at: $0)] } ?? [],
      help: isMarker
        ? "delete it in a later statement: `&{\(tree.path(node))} { /delete-node/ \(name); };`"
        : "merge the two bodies, or give one another name")
  }

  private mutating func reportIneffectiveDelete(ofNode marker: Int32) {
    let name = tree.names.string(tree.nodes[Int(marker)].name)
    findings.report(
      .ineffectiveDelete, "`/delete-node/ \(name)` does nothing here", at: place(ofNode: marker),
      notes: ["a delete directive counts where its body is merged into a node that is there already"])
  }

  private mutating func checkProperties(
    of node: Int32, stamp: Int32, _ lastSeen: inout [Int32], _ isGood: inout [Int8]
  ) {
    var property = tree.nodes[Int(node)].firstProperty
    while property != noIndex {
      let record = tree.properties[Int(property)]
      let name = record.name.index
      if record.isDeleted {
        if record.isDeleteMarker { reportIneffectiveDelete(ofProperty: property, of: node) }
      } else if lastSeen[name] == stamp {
        reportRepeatedProperty(property, of: node)
      } else {
        lastSeen[name] = stamp
        if isGood[name] < 0 {
          isGood[name] =
            tree.names.withBytes(record.name) { $0.allSatisfy { Self.propertyCharacters[Int($0)] } } ? 1 : 0
        }
        if isGood[name] == 0 { reportPropertyName(property, of: node) }
      }
      property = record.next
    }
  }

  private mutating func reportIneffectiveDelete(ofProperty property: Int32, of node: Int32) {
    let name = tree.names.string(tree.properties[Int(property)].name)
    findings.report(
      .ineffectiveDelete, "`/delete-property/ \(name)` does nothing here", at: place(ofProperty: property),
      node: tree.path(node), property: name,
      notes: ["a delete directive counts where its body is merged into a node that is there already"])
  }

  private mutating func reportRepeatedProperty(_ property: Int32, of node: Int32) {
    if findings.isFull(counting: .repeatedProperty) { return }
    let id = tree.properties[Int(property)].name
    let first = tree.liveProperty(id, of: node)
    findings.report(
      .repeatedProperty, "a second `\(tree.names.string(id))` in one body", at: place(ofProperty: property),
      node: tree.path(node), property: tree.names.string(id),
      related: place(ofProperty: first).map { [RelatedPlace("first written here", at: $0)] } ?? [])
  }

  private mutating func reportPropertyName(_ property: Int32, of node: Int32) {
    let id = tree.properties[Int(property)].name
    findings.report(
      .invalidPropertyName,
      "`\(tree.names.string(id))` has a character that no property's name may have"
        + badCharacter(id, Self.propertyCharacters), at: place(ofProperty: property), node: tree.path(node),
      property: tree.names.string(id))
  }

  private func badCharacter(_ name: NameID, _ allowed: [Bool]) -> String {
    guard let bad = tree.names.bytes(name).first(where: { !allowed[Int($0)] }) else { return "" }
    return (0x21..<0x7f).contains(bad) ? ": `\(Character(UnicodeScalar(bad)))`" : ": byte \(Text.hex(bad))"
  }

  private mutating func checkNodeName(_ node: Int32, _ isGood: inout [Int8]) {
    let id = tree.nodes[Int(node)].name
    if isGood[id.index] < 0 {
      isGood[id.index] =
        tree.names.withBytes(id) { name in
          name.allSatisfy { Self.nodeCharacters[Int($0)] }
            && name.lazy.filter { $0 == UInt8(ascii: "@") }.count < 2
        } ? 1 : 0
    }
    guard isGood[id.index] == 0 else { return }
    let bad = badCharacter(id, Self.nodeCharacters)
    findings.report(
      .invalidNodeName,
      bad.isEmpty
        ? "`\(tree.names.string(id))` has two `@`"
        : "`\(tree.names.string(id))` has a character that no node's name may have\(bad)",
      at: place(ofNode: node),
      node: tree.path(node))
  }

  private mutating func checkNameProperty(of node: Int32) {
    let property = tree.liveProperty(names.name, of: node)
    guard property != noIndex else { return }
    let value = tree.value(property)
    let isGood = tree.names.withBytes(tree.nodes[Int(node)].name) { name in
      let base = name.prefix { $0 != UInt8(ascii: "@") }
      return value.last == 0 && value.dropLast().elementsEqual(base)
    }
    if isGood {
      tree.unlinkProperty(property, of: node)
    } else {
      findings.report(
        .wrongNameProperty, "the property `name` does not repeat the node's name",
        at: place(ofProperty: property),
        node: tree.path(node), property: "name", help: "leave it out: it is not part of a modern tree")
    }
  }

  // MARK: Labels

  /// Nodes, properties and places in values share one name space of labels.
  mutating func checkLabels(_ order: [Int32]) {
    var seen: [NameID: (owner: LabelOwner, span: SourceSpan)] = [:]
    seen.reserveCapacity(tree.labels.count)
    for node in order {
      checkLabelList(from: tree.nodes[Int(node)].firstLabel, owner: .node(node), node, &seen)
      var property = tree.nodes[Int(node)].firstProperty
      while property != noIndex {
        let record = tree.properties[Int(property)]
        if !record.isDeleted {
          if record.firstLabel != noIndex {
            checkLabelList(from: record.firstLabel, owner: .property(property), node, &seen)
          }
          for marker in record.markers where tree.markers[marker].kind == .label {
            let place = tree.markers[marker]
            checkLabel(place.text, place.span, owner: .value(marker), node, &seen)
          }
        }
        property = record.next
      }
    }
  }

  private mutating func checkLabelList(
    from first: Int32, owner: LabelOwner, _ node: Int32,
    _ seen: inout [NameID: (owner: LabelOwner, span: SourceSpan)]
  ) {
    var label = first
    while label != noIndex {
      let record = tree.labels[Int(label)]
      if !record.isDeleted { checkLabel(record.name, record.span, owner: owner, node, &seen) }
      label = record.next
    }
  }

  private mutating func checkLabel(
    _ name: NameID, _ span: SourceSpan, owner: LabelOwner, _ node: Int32,
    _ seen: inout [NameID: (owner: LabelOwner, span: SourceSpan)]
  ) {
    guard let other = seen[name] else {
      seen[name] = (owner, span)
      return
    }
    guard other.owner != owner else { return }
    findings.report(
      .repeatedLabel, "label `\(tree.names.string(name))` is used twice", at: span, node: tree.path(node),
      related: [RelatedPlace("first used here", at: other.span)])
  }
}
