import Diagnostics

/// Writing a body over a node that is there already (dtc, livetree.c `merge_nodes`).
extension TreeStorage {
  /// Merges the node `source`, which belongs to no parent, into `target`, strictly in the order in which `source` was
  /// written: a property or child of the same name, deleted or not, is replaced or merged in its place, others are
  /// appended, delete markers delete.
  /// - Complexity: O(size of `source`) for each level.
  mutating func merge(_ source: Int32, into target: Int32) {
    nodes[Int(target)].flags.remove([.deleted, .deleteMarker])
    moveLabels(fromNode: source, to: target)
    mergeProperties(of: source, into: target)
    mergeChildren(of: source, into: target)
    nodes[Int(target)].origin = chain(nodes[Int(source)].origin, before: nodes[Int(target)].origin)
  }

  /// Makes `older` the places that come before those of `newer`, and returns the head.
  private mutating func chain(_ newer: Int32, before older: Int32) -> Int32 {
    var last = newer
    while origins[Int(last)].previous != noIndex { last = origins[Int(last)].previous }
    origins[Int(last)].previous = older
    return newer
  }

  private mutating func moveLabels(fromNode source: Int32, to target: Int32) {
    var label = nodes[Int(source)].firstLabel
    while label != noIndex {
      let record = labels[Int(label)]
      labels[Int(label)].isDeleted = true
      addLabel(record.name, toNode: target, span: record.span)
      label = record.next
    }
  }

  private mutating func mergeProperties(of source: Int32, into target: Int32) {
    var next = nodes[Int(source)].firstProperty
    while next != noIndex {
      let property = next
      next = properties[Int(property)].next
      let slot = propertySlot(properties[Int(property)].name, of: target)
      if properties[Int(property)].isDeleted {
        if slot != noIndex { deleteProperty(slot) }
      } else if slot == noIndex {
        appendProperty(property, to: target)
      } else {
        replace(slot, by: property)
      }
    }
  }

  /// Puts the value of `property` into the slot `slot`, which comes back if it was deleted.
  private mutating func replace(_ slot: Int32, by property: Int32) {
    var label = properties[Int(property)].firstLabel
    while label != noIndex {
      addLabel(labels[Int(label)].name, toProperty: slot, span: labels[Int(label)].span)
      label = labels[Int(label)].next
    }
    let origin = chain(properties[Int(property)].origin, before: properties[Int(slot)].origin)
    let new = properties[Int(property)]
    properties[Int(slot)].valueStart = new.valueStart
    properties[Int(slot)].valueLength = new.valueLength
    properties[Int(slot)].firstMarker = new.firstMarker
    properties[Int(slot)].markerCount = new.markerCount
    properties[Int(slot)].origin = origin
    properties[Int(slot)].isDeleted = false
    properties[Int(slot)].isDeleteMarker = false
  }

  private mutating func mergeChildren(of source: Int32, into target: Int32) {
    var next = nodes[Int(source)].firstChild
    while next != noIndex {
      let child = next
      next = nodes[Int(child)].nextSibling
      let slot = childSlot(nodes[Int(child)].name, of: target)
      if nodes[Int(child)].isDeleted {
        if slot != noIndex { deleteNode(slot) }
      } else if slot == noIndex {
        appendChild(child, to: target)
      } else {
        merge(child, into: slot)
      }
    }
  }
}
