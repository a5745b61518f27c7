import Diagnostics

/// Labels: lists on their owner, newest first, and by name for references.
extension TreeStorage {
  /// Writes a label on a node (dtc, livetree.c `add_label`): a label that the node has or had is taken up again in its
  /// place, a new one goes to the front of the node's list.
  mutating func addLabel(_ name: NameID, toNode node: Int32, span: SourceSpan) {
    var label = nodes[Int(node)].firstLabel
    while label != noIndex {
      if labels[Int(label)].name == name {
        labels[Int(label)].isDeleted = false
        linkByName(label)
        return
      }
      label = labels[Int(label)].next
    }
    labels.append(
      LabelRecord(name: name, owner: .node(node), next: nodes[Int(node)].firstLabel, span: span))
    nodes[Int(node)].firstLabel = Int32(labels.count - 1)
    linkByName(Int32(labels.count - 1))
  }

  /// Writes a label on a property, with the same rules.
  mutating func addLabel(_ name: NameID, toProperty property: Int32, span: SourceSpan) {
    var label = properties[Int(property)].firstLabel
    while label != noIndex {
      if labels[Int(label)].name == name {
        labels[Int(label)].isDeleted = false
        return
      }
      label = labels[Int(label)].next
    }
    labels.append(
      LabelRecord(
        name: name, owner: .property(property), next: properties[Int(property)].firstLabel, span: span))
    properties[Int(property)].firstLabel = Int32(labels.count - 1)
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
  /// - Complexity: amortised O(1): deleted labels in front are dropped from the list of their name.
  mutating func node(labelled name: NameID) -> Int32 {
    guard name.index < labelsByName.count else { return noIndex }
    while true {
      let label = labelsByName[name.index]
      guard label != noIndex else { return noIndex }
      if !labels[Int(label)].isDeleted, case .node(let node) = labels[Int(label)].owner { return node }
      labels[Int(label)].isLinked = false
      labelsByName[name.index] = labels[Int(label)].nextOfName
    }
  }

  /// Help for a label that does not exist: one close to it, if there is one.
  func suggestion(forLabel label: String) -> String? {
    var known: [String] = []
    for record in labels.prefix(20_000) where !record.isDeleted { known.append(names.string(record.name)) }
    return Text.closestMatch(to: label, in: known).map { "did you mean `&\($0)`?" }
  }
}
