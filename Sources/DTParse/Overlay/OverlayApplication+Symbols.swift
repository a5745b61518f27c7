import Diagnostics

/// Paths as libfdt reads them, and the overlay's own symbols.
extension OverlayApplication {
  /// The child whose name is `name`, or begins with it and an `@` where `name` has none
  /// (libfdt, `fdt_nodename_eq_`).
  func child(matching name: ArraySlice<UInt8>, of parent: Int32) -> Int32 {
    let hasUnitAddress = name.contains(UInt8(ascii: "@"))
    var child = tree.nodes[Int(parent)].firstChild
    while child != noIndex {
      let record = tree.nodes[Int(child)]
      if !record.isDeleted {
        let known = tree.names.bytes(record.name)
        if known.elementsEqual(name) { return child }
        if !hasUnitAddress, known.count > name.count, known.starts(with: name),
          known[known.startIndex + name.count] == UInt8(ascii: "@")
        {
          return child
        }
      }
      child = record.nextSibling
    }
    return noIndex
  }

  /// The node of the base at a path; the first part may be an alias (libfdt, `fdt_path_offset`).
  func node(atBasePath path: String) -> Int32 {
    var rest = Array(path.utf8)[...]
    var node = root
    if rest.first != UInt8(ascii: "/") {
      let alias = rest.prefix { $0 != UInt8(ascii: "/") }
      node = aliased(String(decoding: alias, as: UTF8.self))
      rest = rest[alias.endIndex...]
    }
    while node != noIndex {
      rest = rest.drop { $0 == UInt8(ascii: "/") }
      if rest.isEmpty { return node }
      let name = rest.prefix { $0 != UInt8(ascii: "/") }
      node = child(matching: name, of: node)
      rest = rest[name.endIndex...]
    }
    return noIndex
  }

  private func aliased(_ alias: String) -> Int32 {
    guard let aliasesName = tree.names.lookUp("aliases"), let name = tree.names.lookUp(alias) else {
      return noIndex
    }
    let aliases = tree.liveChild(aliasesName, of: root)
    guard aliases != noIndex else { return noIndex }
    let property = tree.liveProperty(name, of: aliases)
    guard property != noIndex else { return noIndex }
    let path = tree.value(property).prefix { $0 != 0 }
    guard path.first == UInt8(ascii: "/") else { return noIndex }
    return node(atBasePath: String(decoding: path, as: UTF8.self))
  }

  /// Adds the overlay's symbols to the base's, with the paths that their nodes have there
  /// (libfdt, `overlay_symbol_update`).
  mutating func takeOverSymbols(_ fragments: [Fragment]) -> Bool {
    let table = tree.liveChild(names.symbols, of: overlay)
    guard table != noIndex else { return true }
    var symbols = tree.liveChild(names.symbols, of: root)
    if symbols == noIndex {
      symbols = tree.addNode(name: names.symbols, origin: noIndex)
      tree.prependChild(symbols, to: root)
    }
    var symbol = tree.nodes[Int(table)].firstProperty
    while symbol != noIndex {
      let next = tree.properties[Int(symbol)].next
      if let path = pathInBase(of: symbol, fragments) { setSymbol(symbol, path, in: symbols) }
      symbol = next
    }
    return true
  }

  /// The path in the base of a symbol of the overlay; nil for one that leads to no fragment's body.
  private func pathInBase(of symbol: Int32, _ fragments: [Fragment]) -> String? {
    let path = String(decoding: tree.value(symbol).prefix { $0 != 0 }, as: UTF8.self)
    let parts = path.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
    guard path.hasPrefix("/"), parts.count >= 2, parts[1] == "__overlay__",
      let fragment = fragments.first(where: { tree.names.string(tree.nodes[Int($0.node)].name) == parts[0] })
    else { return nil }
    let target = fragment.targetPath ?? tree.path(fragment.target)
    return (target == "/" ? "" : target) + "/" + (parts.count == 3 ? String(parts[2]) : "")
  }

  private mutating func setSymbol(_ symbol: Int32, _ path: String, in symbols: Int32) {
    let start = tree.values.count
    for byte in path.utf8 { tree.values.append(byte) }
    tree.values.append(0)
    var record = tree.properties[Int(symbol)]
    record.valueStart = UInt32(start)
    record.valueLength = UInt32(tree.values.count - start)
    record.markerCount = 0
    let slot = tree.liveProperty(record.name, of: symbols)
    if slot == noIndex {
      record.next = noIndex
      tree.prependProperty(tree.addProperty(record), to: symbols)
    } else {
      record.next = tree.properties[Int(slot)].next
      tree.properties[Int(slot)] = record
    }
  }
}
