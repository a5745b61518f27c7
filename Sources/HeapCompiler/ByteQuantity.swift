/// A number of bytes as people write it: a decimal number with an optional binary unit, or a hexadecimal number.
public struct ByteQuantity: Hashable, Sendable {
  /// The number of bytes.
  public let bytes: UInt64

  /// Reads a quantity.
  ///
  /// - Parameter text: `64M`, `64 MiB`, `67108864` or `0x4000000`. `K`, `M`, `G` and `KiB`, `MiB`, `GiB`, all powers
  ///   of 1024, in upper or lower case; a hexadecimal number takes a unit too.
  /// - Returns: nil where the text is no quantity or 2^64 or more.
  public init?(_ text: String) {
    var digits = text[...]
    var shift: UInt64 = 0
    let lowered = text.lowercased()
    for (letter, power) in [("k", 10), ("m", 20), ("g", 30)] as [(String, UInt64)] {
      guard let unit = [letter + "ib", letter].first(where: lowered.hasSuffix) else { continue }
      digits = digits.dropLast(unit.count)
      if digits.last == " " { digits = digits.dropLast() }
      shift = power
      break
    }
    let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
    if isHexadecimal { digits = digits.dropFirst(2) }
    guard let first = digits.utf8.first, first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
      let number = UInt64(digits, radix: isHexadecimal ? 16 : 10)
    else { return nil }
    let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
    guard !overflow else { return nil }
    self.bytes = bytes
  }
}
