import Diagnostics

/// Copies: of a whole arena, and of one arena's nodes into another.
extension TreeStorage {
  /// A copy that can be changed while the original stays.
  borrowing func copy() -> TreeStorage {
    var copy = TreeStorage()
    copy.nodes = nodes
    copy.properties = properties
    copy.markers = markers
    copy.labels = labels
    copy.origins = origins
    copy.names = names
    copy.labelsByName = labelsByName
    copy.values.append(values.bytes(0, values.count))
    for index in copy.nodes.indices {
      copy.nodes[index].flags.remove([.childrenIndexed, .propertiesIndexed])
    }
    return copy
  }

  /// Copies a node of another arena with all that is under it.
  ///
  /// The copy has no parent.
  /// - Parameters:
  ///   - node: the node of `other`.
  ///   - other: the arena to copy from.
  ///   - fileShift: what is added to the file indices of its positions.
  /// - Returns: the copy.
  mutating func graft(_ node: Int32, from other: borrowing TreeStorage, fileShift: UInt32) -> Int32 {
    let record = other.nodes[Int(node)]
    let copy = addNode(
      name: names.intern(other.names.string(record.name)),
      origin: graftOrigins(record.origin, other, fileShift))
    nodes[Int(copy)].phandle = record.phandle
    var label = record.firstLabel
    while label != noIndex {
      let entry = other.labels[Int(label)]
      if !entry.isDeleted {
        addLabel(
          names.intern(other.names.string(entry.name)), toNode: copy, span: entry.span.shifted(by: fileShift))
      }
      label = entry.next
    }
    var property = record.firstProperty
    while property != noIndex {
      let entry = other.properties[Int(property)]
      if !entry.isDeleted { appendProperty(graftProperty(entry, other, fileShift), to: copy) }
      property = entry.next
    }
    var child = record.firstChild
    while child != noIndex {
      if !other.nodes[Int(child)].isDeleted {
        appendChild(graft(child, from: other, fileShift: fileShift), to: copy)
      }
      child = other.nodes[Int(child)].nextSibling
    }
    return copy
  }

  private mutating func graftOrigins(_ origin: Int32, _ other: borrowing TreeStorage, _ shift: UInt32)
    -> Int32
  {
    var chain: [Origin] = []
    var cursor = origin
    while cursor != noIndex {
      chain.append(other.origins[Int(cursor)])
      cursor = other.origins[Int(cursor)].previous
    }
    var previous = noIndex
    for entry in chain.reversed() {
      previous = addOrigin(
        name: entry.name.shifted(by: shift), body: entry.body.shifted(by: shift), previous: previous)
    }
    return previous
  }

  private mutating func graftProperty(
    _ entry: PropertyRecord, _ other: borrowing TreeStorage, _ shift: UInt32
  ) -> Int32 {
    var copy = PropertyRecord(
      name: names.intern(other.names.string(entry.name)), origin: graftOrigins(entry.origin, other, shift))
    copy.valueStart = UInt32(values.count)
    copy.valueLength = entry.valueLength
    copy.firstMarker = UInt32(markers.count)
    copy.markerCount = entry.markerCount
    values.append(other.values.bytes(Int(entry.valueStart), Int(entry.valueLength)))
    for index in entry.markers {
      var marker = other.markers[index]
      marker.text = names.intern(other.names.string(marker.text))
      marker.span = marker.span.shifted(by: shift)
      markers.append(marker)
    }
    return addProperty(copy)
  }
}
