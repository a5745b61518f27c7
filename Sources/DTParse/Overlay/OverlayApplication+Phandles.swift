import Diagnostics

/// Phandles and fixups of an overlay.
extension OverlayApplication {
  /// The live nodes of the overlay's copy.
  private func overlayNodes() -> [Int32] {
    var found: [Int32] = []
    tree.forEachNode(from: overlay) { node, _ in found.append(node) }
    return found
  }

  /// Adds the base's largest phandle to all phandles of the overlay (libfdt, `overlay_adjust_local_phandles`).
  mutating func movePhandles() -> Bool {
    var delta: UInt32 = 0
    tree.forEachNode(from: root) { node, _ in delta = max(delta, tree.nodes[Int(node)].phandle) }
    self.phandleShift = delta
    for node in overlayNodes() {
      for name in [names.phandle, names.linuxPhandle] {
        let property = tree.liveProperty(name, of: node)
        guard property != noIndex, tree.properties[Int(property)].valueLength == 4 else { continue }
        guard shift(at: Int(tree.properties[Int(property)].valueStart), by: delta) else { return false }
      }
      if tree.nodes[Int(node)].phandle != 0 { tree.nodes[Int(node)].phandle &+= delta }
    }
    return true
  }

  private mutating func shift(at offset: Int, by delta: UInt32) -> Bool {
    let (moved, overflow) = tree.values.cell(at: offset).addingReportingOverflow(delta)
    guard !overflow, moved != .max else {
      report(
        .malformedOverlay, "no phandles are left for the overlay: the base goes up to \(Text.hex(delta))",
        at: nil)
      return false
    }
    tree.values.setCell(moved, at: offset)
    return true
  }

  /// Adds the same number where `__local_fixups__` says that a phandle of the overlay stands.
  mutating func collectLocalUses() -> Bool {
    let table = tree.liveChild(names.localFixups, of: overlay)
    return table == noIndex || collectLocalUses(table, of: overlay)
  }

  private mutating func collectLocalUses(_ fixup: Int32, of node: Int32) -> Bool {
    var entry = tree.nodes[Int(fixup)].firstProperty
    while entry != noIndex {
      let record = tree.properties[Int(entry)]
      let property = tree.liveProperty(record.name, of: node)
      let name = tree.names.string(record.name)
      guard property != noIndex, record.valueLength % 4 == 0 else {
        report(
          .malformedOverlay, "`__local_fixups__` names `\(name)`, which `\(overlayPath(node))` does not have",
          at: nil)
        return false
      }
      let target = tree.properties[Int(property)]
      for index in 0..<Int(record.valueLength) / 4 {
        let offset = Int(tree.values.cell(at: Int(record.valueStart) + 4 * index))
        guard offset + 4 <= Int(target.valueLength) else {
          report(
            .malformedOverlay,
            "`__local_fixups__` names byte \(offset) of `\(name)`, which has \(target.valueLength) bytes",
            at: place(target.origin), node: overlayPath(node))
          return false
        }
        guard shift(at: Int(target.valueStart) + offset, by: phandleShift) else { return false }
        localUses.append((property, offset))
      }
      entry = record.next
    }
    var child = tree.nodes[Int(fixup)].firstChild
    while child != noIndex {
      let mirrored = tree.liveChild(tree.nodes[Int(child)].name, of: node)
      guard mirrored != noIndex else {
        report(
          .malformedOverlay,
          "`__local_fixups__` names a node `\(tree.names.string(tree.nodes[Int(child)].name))` that is not there",
          at: nil)
        return false
      }
      guard collectLocalUses(child, of: mirrored) else { return false }
      child = tree.nodes[Int(child)].nextSibling
    }
    return true
  }

  // MARK: Fixups

  /// Writes the base's phandles where `__fixups__` says that a label of the base is meant.
  mutating func applyFixups() -> Bool {
    let table = tree.liveChild(names.fixups, of: overlay)
    guard table != noIndex else { return true }
    let symbols = tree.liveChild(names.symbols, of: root)
    var entry = tree.nodes[Int(table)].firstProperty
    var isGood = true
    while entry != noIndex {
      isGood = applyFixup(entry, symbols: symbols) && isGood
      entry = tree.properties[Int(entry)].next
    }
    return isGood
  }

  private mutating func applyFixup(_ entry: Int32, symbols: Int32) -> Bool {
    let record = tree.properties[Int(entry)]
    let label = tree.names.string(record.name)
    let uses = tree.value(entry).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    var places: [(property: Int32, offset: Int)] = []
    for use in uses {
      if let place = place(ofUse: use) { places.append(place) }
    }
    guard places.count == uses.count, !uses.isEmpty else {
      report(
        .malformedOverlay, "the fixups of `\(label)` name a place that the overlay does not have", at: nil)
      return false
    }
    guard let phandle = phandle(ofSymbol: record.name, label, symbols, at: span(ofUse: places[0])) else {
      return false
    }
    for use in places {
      tree.values.setCell(phandle, at: Int(tree.properties[Int(use.property)].valueStart) + use.offset)
    }
    return true
  }

  /// Where the reference is written that a fixup stands for.
  private func span(ofUse use: (property: Int32, offset: Int)) -> SourceSpan? {
    for index in tree.properties[Int(use.property)].markers {
      let marker = tree.markers[index]
      if marker.kind == .phandleReference, Int(marker.offset) == use.offset { return marker.span }
    }
    return nil
  }

  private mutating func phandle(
    ofSymbol name: NameID, _ label: String, _ symbols: Int32, at span: SourceSpan?
  ) -> UInt32? {
    guard symbols != noIndex else {
      report(
        .missingSymbol, "the base has no `__symbols__`, so `\(label)` cannot be found", at: span,
        help: "compile the base with -@")
      return nil
    }
    let symbol = tree.liveProperty(name, of: symbols)
    guard symbol != noIndex else {
      report(
        .missingSymbol, "the base has no label `\(label)`", at: span, help: suggestion(for: label, symbols))
      return nil
    }
    let path = String(decoding: tree.value(symbol).prefix { $0 != 0 }, as: UTF8.self)
    let node = node(atBasePath: path)
    guard node != noIndex, tree.nodes[Int(node)].phandle != 0 else {
      report(
        .missingSymbol,
        "label `\(label)` of the base leads to `\(path)`, which "
          + (node == noIndex ? "is not there" : "has no phandle"), at: span)
      return nil
    }
    return tree.nodes[Int(node)].phandle
  }

  private func suggestion(for label: String, _ symbols: Int32) -> String? {
    var known: [String] = []
    var property = tree.nodes[Int(symbols)].firstProperty
    while property != noIndex {
      known.append(tree.names.string(tree.properties[Int(property)].name))
      property = tree.properties[Int(property)].next
    }
    return Text.closestMatch(to: label, in: known).map { "did you mean `&\($0)`?" }
  }

  /// The place that a fixup's `path:property:offset` names in the overlay.
  private func place(ofUse text: String) -> (property: Int32, offset: Int)? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let offset = Int(parts[2]), offset >= 0,
      let name = tree.names.lookUp(String(parts[1]))
    else { return nil }
    let path = Array(parts[0].utf8)
    let node = path == [UInt8(ascii: "/")] ? overlay : tree.node(path: path[...], under: overlay)
    guard node != noIndex else { return nil }
    let property = tree.liveProperty(name, of: node)
    guard property != noIndex, offset + 4 <= Int(tree.properties[Int(property)].valueLength) else {
      return nil
    }
    return (property, offset)
  }

  // MARK: Targets that have a phandle

  /// Where a node of the overlay that has a phandle is merged into one of the base that has one, the base's stays, and
  /// the overlay's uses follow (libfdt 1.7, `overlay_prevent_phandle_overwrite`).
  mutating func keepPhandlesOfTargets(_ fragments: [Fragment]) {
    var kept: [UInt32: UInt32] = [:]
    for fragment in fragments { pair(fragment.body, with: fragment.target, &kept) }
    guard !kept.isEmpty else { return }
    for use in localUses {
      let place = Int(tree.properties[Int(use.property)].valueStart) + use.offset
      if let phandle = kept[tree.values.cell(at: place)] { tree.values.setCell(phandle, at: place) }
    }
  }

  private mutating func pair(_ source: Int32, with target: Int32, _ kept: inout [UInt32: UInt32]) {
    let new = tree.nodes[Int(source)].phandle
    let old = tree.nodes[Int(target)].phandle
    if new != 0, old != 0 {
      kept[new] = old
      for name in [names.phandle, names.linuxPhandle] {
        let property = tree.liveProperty(name, of: source)
        if property != noIndex {
          tree.values.setCell(old, at: Int(tree.properties[Int(property)].valueStart))
        }
      }
    }
    var child = tree.nodes[Int(source)].firstChild
    while child != noIndex {
      let match = self.child(matching: tree.names.bytes(tree.nodes[Int(child)].name), of: target)
      if match != noIndex { pair(child, with: match, &kept) }
      child = tree.nodes[Int(child)].nextSibling
    }
  }
}
