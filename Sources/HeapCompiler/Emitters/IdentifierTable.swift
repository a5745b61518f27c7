/// Identifiers made of names, no two alike.
struct IdentifierTable {
  private var taken: Set<String>
  /// The number to try next behind an identifier that is taken.
  private var nextCounts: [String: Int] = [:]

  /// - Parameter reserved: what no identifier may be.
  init(reserved: Set<String>) { taken = reserved }

  /// An upper-case identifier: `video-heap@a0` becomes `VIDEO_HEAP_A0`.
  mutating func upperCase(_ name: String) -> String {
    unique(Self.words(name).map { $0.uppercased() }.joined(separator: "_"), digitPrefix: "_", separator: "_")
  }

  /// A camel-case identifier: `video-heap@a0` becomes `videoHeapA0`.
  mutating func camelCase(_ name: String) -> String {
    let words = Self.words(name).enumerated().map { index, word in
      index == 0 ? word.lowercased() : word.prefix(1).uppercased() + word.dropFirst()
    }
    return unique(words.joined(), digitPrefix: "heap", separator: "_")
  }

  /// Runs of ASCII letters and digits; everything else separates.
  private static func words(_ name: String) -> [String] {
    name.utf8.split { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "A")...UInt8(ascii: "Z"):
        false
      default: true
      }
    }.map { String(decoding: $0.prefix(64), as: UTF8.self) }
  }

  private mutating func unique(_ text: String, digitPrefix: String, separator: String) -> String {
    var identifier = String(text.prefix(128))
    if identifier.isEmpty { identifier = "heap" }
    if identifier.utf8.first.map({ $0 < UInt8(ascii: "A") }) == true { identifier = digitPrefix + identifier }
    var candidate = identifier
    var count = nextCounts[identifier] ?? 2
    while !taken.insert(candidate).inserted {
      candidate = identifier + separator + String(count)
      count += 1
    }
    nextCounts[identifier] = count
    return candidate
  }
}
