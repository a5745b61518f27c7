/// Reads numbers from the bytes of a property as the kernel does.
///
/// - Source: Linux 6.1 include/linux/of.h, of_read_number.
struct PropertyCells {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next number of so many cells; its upper bits are lost beyond two cells, as in the kernel.
  ///
  /// - Returns: nil where fewer bytes are left.
  mutating func next(cells: UInt32) -> UInt64? {
    let count = Int(cells) * 4
    guard bytes.count - position >= count else { return nil }
    var value: UInt64 = 0
    for byte in bytes[position..<position + count] { value = value << 8 | UInt64(byte) }
    position += count
    return value
  }

  /// The first cell of a property, or nil where it has less than one.
  static func firstCell(_ bytes: [UInt8]?) -> UInt32? {
    guard let bytes else { return nil }
    var cells = PropertyCells(bytes)
    return cells.next(cells: 1).map { UInt32(truncatingIfNeeded: $0) }
  }
}

/// Whether a node takes part: no `status`, or exactly `ok` or `okay`.
///
/// A string without terminator is read on into the blob, where padding or the next token begins with a zero.
///
/// - Source: Linux 6.1 drivers/of/fdt.c, of_fdt_device_is_available.
func isAvailable(status: [UInt8]?) -> Bool {
  guard let status else { return true }
  let text = status.prefix { $0 != 0 }
  return text.elementsEqual("ok".utf8) || text.elementsEqual("okay".utf8)
}

/// Whether a list of compatible strings has one, upper and lower case alike.
///
/// - Source: Linux 6.1 drivers/of/fdt.c, of_fdt_is_compatible, of_compat_cmp.
func isCompatible(_ list: [String], with name: String) -> Bool {
  func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
  return list.contains { $0.utf8.lazy.map(folded).elementsEqual(name.utf8.lazy.map(folded)) }
}
