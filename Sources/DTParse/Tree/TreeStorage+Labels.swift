import Diagnostics

/// Labels: lists on their owner, newest first, and by name for references.
extension TreeStorage {
  /// Writes a label on a node (dtc, livetree.c `add_label`): a label that the node has or had is taken up again in its
  /// place, a new one goes to the front of the node's list.
  mutating func addLabel(_ name: NameID, toNode node: Int32, span: SourceSpan) {
    let first = nodes[Int(node)].firstLabel
    var label = self.label(name, in: first, owner: UInt64(UInt32(node)) << 1)
    if label == noIndex {
      label = appendLabel(LabelRecord(name: name, owner: .node(node), next: first, span: span))
      nodes[Int(node)].firstLabel = label
    }
    labels[Int(label)].isDeleted = false
    linkByName(label)
  }

  /// Writes a label on a property, with the same rules.
  mutating func addLabel(_ name: NameID, toProperty property: Int32, span: SourceSpan) {
    let first = properties[Int(property)].firstLabel
    var label = self.label(name, in: first, owner: UInt64(UInt32(property)) << 1 | 1)
    if label == noIndex {
      label = appendLabel(LabelRecord(name: name, owner: .property(property), next: first, span: span))
      properties[Int(property)].firstLabel = label
    }
    labels[Int(label)].isDeleted = false
  }

  private mutating func appendLabel(_ record: LabelRecord) -> Int32 {
    labels.append(record)
    return Int32(labels.count - 1)
  }

  /// The label called `name` in an owner's list; lists that are long are looked up through an index.
  private mutating func label(_ name: NameID, in first: Int32, owner: UInt64) -> Int32 {
    var label = first
    var steps = 0
    while label != noIndex, steps < 32 {
      if labels[Int(label)].name == name { return label }
      label = labels[Int(label)].next
      steps += 1
    }
    guard label != noIndex else { return noIndex }
    // What was added since the last look stands in front of what is indexed already.
    var cursor = first
    while cursor != noIndex {
      let key = owner << 32 ^ UInt64(labels[Int(cursor)].name.rawValue)
      if labelIndex[key] != nil { break }
      labelIndex[key] = cursor
      cursor = labels[Int(cursor)].next
    }
    return labelIndex[owner << 32 ^ UInt64(name.rawValue)] ?? noIndex
  }

  private mutating func linkByName(_ label: Int32) {
    guard !labels[Int(label)].isLinked else { return }
    let name = labels[Int(label)].name.index
    while labelsByName.count <= name { labelsByName.append(noIndex) }
    labels[Int(label)].nextOfName = labelsByName[name]
    labels[Int(label)].isLinked = true
    labelsByName[name] = label
  }

  /// Deletes a list of labels; they stay in the list, where the same label finds its place again.
  mutating func deleteLabels(from first: Int32) {
    var label = first
    while label != noIndex {
      labels[Int(label)].isDeleted = true
      label = labels[Int(label)].next
    }
  }

  /// The node that a label names now, or ``noIndex``.
  ///
  /// Of several, which can only be for a time, it is the first in tree order, as for dtc.
  /// - Complexity: amortised O(1) where the label is unique: deleted ones are dropped from the list of their name.
  mutating func node(labelled name: NameID, root: Int32) -> Int32 {
    guard name.index < labelsByName.count else { return noIndex }
    let first = nextLive(labelsByName[name.index])
    labelsByName[name.index] = first
    guard first != noIndex, case .node(let node) = labels[Int(first)].owner else { return noIndex }
    let second = nextLive(labels[Int(first)].nextOfName)
    labels[Int(first)].nextOfName = second
    return second == noIndex ? node : firstNode(labelled: name, root: root) ?? node
  }

  /// The first label from `start` on, in the list of its name, that is not deleted; those before it leave the list.
  private mutating func nextLive(_ start: Int32) -> Int32 {
    var label = start
    while label != noIndex, labels[Int(label)].isDeleted {
      labels[Int(label)].isLinked = false
      label = labels[Int(label)].nextOfName
    }
    return label
  }

  /// The first node in tree order that bears a label.
  private func firstNode(labelled name: NameID, root: Int32) -> Int32? {
    var found: Int32?
    forEachNode(from: root) { node, _ in
      guard found == nil else { return }
      var label = nodes[Int(node)].firstLabel
      while label != noIndex {
        if labels[Int(label)].name == name, !labels[Int(label)].isDeleted { found = node }
        label = labels[Int(label)].next
      }
    }
    return found
  }

  /// Help for a label that does not exist: one close to it, if there is one.
  func suggestion(forLabel label: String) -> String? {
    var known: [String] = []
    for record in labels.prefix(20_000) where !record.isDeleted { known.append(names.string(record.name)) }
    return Text.closestMatch(to: label, in: known).map { "did you mean `&\($0)`?" }
  }
}
