/// Paths and references, as dtc reads them (livetree.c `get_node_by_path`, `get_node_by_ref`).
extension TreeStorage {
  /// The node that a reference names: `label`, `/path` or `label/path`; ``noIndex`` if there is none.
  mutating func node(referencedBy text: NameID, root: Int32) -> Int32 {
    let bytes = Array(names.bytes(text))
    if bytes == [UInt8(ascii: "/")] { return root }
    if bytes.first == UInt8(ascii: "/") { return nodeIndexed(path: bytes[...], under: root) }
    guard let slash = bytes.firstIndex(of: UInt8(ascii: "/")) else { return node(labelled: text, root: root) }
    guard let label = bytes[..<slash].withUnsafeBufferPointer({ names.lookUp($0) }) else { return noIndex }
    let start = node(labelled: label, root: root)
    return start == noIndex ? noIndex : nodeIndexed(path: bytes[(slash + 1)...], under: start)
  }

  /// The node at a path below `start`; doubled and trailing slashes are let pass, unit addresses are not optional.
  func node(path: ArraySlice<UInt8>, under start: Int32) -> Int32 {
    guard let chain = nameChain(path) else { return noIndex }
    var node = start
    for name in chain {
      node = liveChild(name, of: node)
      guard node != noIndex else { return noIndex }
    }
    return nodes[Int(node)].isDeleted ? noIndex : node
  }

  /// The same through the index of children.
  private mutating func nodeIndexed(path: ArraySlice<UInt8>, under start: Int32) -> Int32 {
    guard let chain = nameChain(path) else { return noIndex }
    var node = start
    for name in chain {
      node = liveChildIndexed(name, of: node)
      guard node != noIndex else { return noIndex }
    }
    return nodes[Int(node)].isDeleted ? noIndex : node
  }

  /// The names of a path; nil if one of them is nobody's.
  private func nameChain(_ path: ArraySlice<UInt8>) -> [NameID]? {
    var chain: [NameID] = []
    var rest = path
    while !rest.isEmpty {
      rest = rest.drop { $0 == UInt8(ascii: "/") }
      let name = rest.prefix { $0 != UInt8(ascii: "/") }
      guard let id = name.withUnsafeBufferPointer({ names.lookUp($0) }) else { return nil }
      chain.append(id)
      rest = rest[name.endIndex...].dropFirst()
    }
    return chain
  }
}
