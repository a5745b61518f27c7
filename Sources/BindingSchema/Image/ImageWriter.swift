/// The growing words and strings of an image.
struct ImageWriter {
  /// The words; the first one belongs to the schema `true`, which has none.
  var words: [UInt32] = [0]
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []
  private var ids: [String: UInt32] = [:]

  /// Where the next word goes.
  var end: UInt32 { UInt32(words.count) }

  /// How many strings there are.
  var stringCount: Int { ends.count }

  /// The number of a string, which is added if it is new.
  mutating func string(_ text: String) -> UInt32 {
    if let known = ids[text] { return known }
    let id = UInt32(ends.count)
    bytes.append(contentsOf: text.utf8)
    ends.append(UInt32(bytes.count))
    ids[text] = id
    return id
  }

  /// Appends a word.
  mutating func append(_ word: UInt32) { words.append(word) }

  /// Appends words.
  mutating func append(contentsOf list: some Sequence<UInt32>) { words.append(contentsOf: list) }

  /// Appends an integer of a schema.
  mutating func append(integer: Int128) {
    words.append(0)
    let bits = UInt128(truncatingIfNeeded: integer)
    for shift in stride(from: 0, to: 128, by: 32) {
      words.append(UInt32(truncatingIfNeeded: bits >> UInt128(shift)))
    }
  }

  /// Appends a number of a schema that is no integer.
  mutating func append(double: Double) {
    let bits = double.bitPattern
    words += [1, UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32), 0, 0]
  }

  /// Adds the table of strings and its index, and fills in their part of the header.
  mutating func finishStrings(_ header: inout [UInt32]) {
    header[.stringCount] = UInt32(ends.count)
    header[.stringEnds] = end
    words.append(contentsOf: ends)
    var slotCount = 1024
    while slotCount < ends.count * 2 { slotCount *= 2 }
    var slots = [UInt32](repeating: 0, count: slotCount)
    var start = 0
    bytes.withUnsafeBufferPointer { all in
      for (id, end) in ends.enumerated() {
        let hash = ImageHash.name(UnsafeBufferPointer(rebasing: all[start..<Int(end)]))
        var slot = Int(hash) & (slotCount - 1)
        while slots[slot] != 0 { slot = (slot + 1) & (slotCount - 1) }
        slots[slot] = UInt32(id) + 1
        start = Int(end)
      }
    }
    header[.hashSlots] = end
    header[.hashMask] = UInt32(slotCount - 1)
    words.append(contentsOf: slots)
  }

  /// The image.
  func image(_ header: [UInt32]) -> [UInt8] {
    var header = header
    header[.magicLow] = UInt32(truncatingIfNeeded: ImageLayout.magic)
    header[.magicHigh] = UInt32(truncatingIfNeeded: ImageLayout.magic >> 32)
    header[.version] = ImageLayout.version
    header[.wordCount] = UInt32(words.count)
    header[.byteCount] = UInt32(bytes.count)
    header[.checksumLow] = 0
    header[.checksumHigh] = 0
    var image: [UInt8] = []
    image.reserveCapacity(ImageLayout.headerBytes + words.count * 4 + bytes.count)
    precondition(header.count * 4 == ImageLayout.headerBytes, "a header of \(header.count) words")
    for word in header + words { withUnsafeBytes(of: word.littleEndian) { image.append(contentsOf: $0) } }
    image.append(contentsOf: bytes)
    let checksum = image.withUnsafeBytes { ImageHash.image($0) }
    for index in 0..<8 {
      image[ImageLayout.Header.checksumLow.rawValue * 4 + index] = UInt8(
        truncatingIfNeeded: checksum >> UInt64(8 * index))
    }
    return image
  }
}

extension [UInt32] {
  /// A number of the header.
  subscript(field: ImageLayout.Header) -> UInt32 {
    get { self[field.rawValue] }
    set { self[field.rawValue] = newValue }
  }
}
