/// The part of a reference behind the `#`: a JSON pointer into a binding.
struct SchemaPointer {
  /// The keys and indices on the way; nil where the text is no pointer.
  let parts: [String]?

  /// Reads the fragment of a reference; an empty one is the binding as a whole.
  /// - Source: RFC 6901, 4 and 6; RFC 3986, 2.1.
  init(_ fragment: some StringProtocol) {
    guard !fragment.isEmpty else {
      parts = []
      return
    }
    guard fragment.utf8.first == UInt8(ascii: "/") else {
      parts = nil
      return
    }
    parts = fragment.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Self.decoded(Array($0)) }
  }

  /// A part without `%41`, `~1` and `~0`.
  private static func decoded(_ text: [UInt8]) -> String {
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      if text[at] == UInt8(ascii: "%"), at + 2 < text.count,
        let byte = UInt8(String(decoding: text[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
      {
        result.append(byte)
        at += 3
      } else {
        result.append(text[at])
        at += 1
      }
    }
    return unescaped(result)
  }

  private static func unescaped(_ text: [UInt8]) -> String {
    var result: [UInt8] = []
    var at = 0
    while at < text.count {
      let next = at + 1 < text.count ? text[at + 1] : 0
      if text[at] == UInt8(ascii: "~"), next == UInt8(ascii: "0") || next == UInt8(ascii: "1") {
        result.append(next == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
        at += 2
      } else {
        result.append(text[at])
        at += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// What the pointer leads to.
  /// - Complexity: O(n) in the number of members of the maps on the way.
  func target(in root: SchemaMap) -> SchemaValue? {
    guard let parts else { return nil }
    var value = SchemaValue(.map(root))
    for part in parts {
      switch value.content {
      case .map(let map):
        guard let next = map[part] else { return nil }
        value = next
      case .list(let list):
        guard let index = Int(part), list.indices.contains(index) else { return nil }
        value = list[index]
      default: return nil
      }
    }
    return value
  }
}
