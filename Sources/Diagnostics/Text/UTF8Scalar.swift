/// Unicode scalars in bytes that need not be valid UTF-8.
///
/// A byte that belongs to no valid scalar stands alone and counts as one. Whether a byte begins a scalar then depends
/// on the three bytes before it and nothing else, so that long lines can be counted piece by piece.
package enum UTF8Scalar {
  /// The scalar that begins at `offset`, and its length in bytes, 1 to 4; nil and 1 for a byte that is not valid.
  package static func decode(
    _ bytes: ArraySlice<UInt8>, at offset: Int
  ) -> (scalar: Unicode.Scalar?, length: Int) {
    let first = bytes[offset]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length: Int
    let least: UInt32
    var value: UInt32
    switch first {
    case 0xC2...0xDF: (length, least, value) = (2, 0x80, UInt32(first & 0x1F))
    case 0xE0...0xEF: (length, least, value) = (3, 0x800, UInt32(first & 0x0F))
    case 0xF0...0xF4: (length, least, value) = (4, 0x1_0000, UInt32(first & 0x07))
    default: return (nil, 1)
    }
    guard bytes.endIndex - offset >= length else { return (nil, 1) }
    for next in bytes[(offset + 1)..<(offset + length)] {
      guard next & 0xC0 == 0x80 else { return (nil, 1) }
      value = value << 6 | UInt32(next & 0x3F)
    }
    guard value >= least, let scalar = Unicode.Scalar(value) else { return (nil, 1) }
    return (scalar, length)
  }

  /// Whether a scalar, or a byte that stands alone, begins at `offset`.
  package static func begins(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Bool {
    guard bytes[offset] & 0xC0 == 0x80 else { return true }
    for back in 1...3 where offset - back >= bytes.startIndex {
      if bytes[offset - back] & 0xC0 == 0x80 { continue }
      return decode(bytes, at: offset - back).length <= back
    }
    return true
  }

  /// How many scalars begin in `range`.
  package static func count(_ bytes: ArraySlice<UInt8>, in range: Range<Int>) -> Int {
    var count = 0
    for offset in range where bytes[offset] < 0x80 || begins(bytes, at: offset) { count += 1 }
    return count
  }
}
