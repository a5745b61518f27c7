import HeapModel

/// A range of addresses as people write it: `BASE+SIZE`.
public struct RangeText: Hashable, Sendable {
  /// The range.
  public let range: AddressRange

  /// Reads a range; nil where the text is none.
  public init?(_ text: String) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    guard parts.count == 2, let base = ByteQuantity(String(parts[0])),
      let size = ByteQuantity(String(parts[1]))
    else { return nil }
    range = AddressRange(base: base.bytes, size: size.bytes)
  }
}

extension OccupiedRange {
  /// Reads `BASE+SIZE` with `:kernel`, `:dtb` or `:initrd` behind it, or nothing; nil where the text is none of these.
  public init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let range = RangeText(String(parts[0]))?.range else { return nil }
    var kind = Kind.unknown
    if parts.count == 2 {
      guard let named = Kind(rawValue: String(parts[1])) else { return nil }
      kind = named
    }
    self.init(range: range, kind: kind)
  }
}
