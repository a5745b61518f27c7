/// The strings block of a blob as dtc fills it: names in order of first use; a name that equals the tail of what is
/// there already, at any byte, is not written again but found at the lowest such place (dtc, flattree.c
/// `stringtable_insert`).
struct StringTable: ~Copyable {
  private(set) var bytes: [UInt8] = []
  /// Offsets by name, plus 1.
  private var offsets: [UInt32] = []
  /// The lowest offset of every tail of every string that is there, by the tail's hash; collisions are compared.
  private var tails: [UInt64: UInt32] = [:]

  /// The place of a name, which is added if it is not there.
  @inline(__always)
  mutating func offset(of name: NameID, in names: borrowing NameTable) -> UInt32 {
    if name.index < offsets.count, offsets[name.index] != 0 { return offsets[name.index] - 1 }
    return insert(name, names)
  }

  private mutating func insert(_ name: NameID, _ names: borrowing NameTable) -> UInt32 {
    while offsets.count <= name.index {
      offsets.append(contentsOf: repeatElement(0, count: names.count - offsets.count))
    }
    let text = names.bytes(name)
    var hash: UInt64 = 0
    for byte in text.reversed() { hash = Self.extend(hash, byte) }
    let offset: UInt32
    if let known = tails[hash], matches(text, at: Int(known)) {
      offset = known
    } else {
      offset = UInt32(bytes.count)
      bytes.append(contentsOf: text)
      bytes.append(0)
      addTails(of: text, at: offset)
    }
    offsets[name.index] = offset + 1
    return offset
  }

  /// The hash of a string with one more byte in front.
  @inline(__always)
  private static func extend(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    var next = (hash ^ UInt64(byte) &+ 0x9e37_79b9) &* 0xff51_afd7_ed55_8ccd
    next ^= next &>> 32
    return next
  }

  private func matches(_ text: ArraySlice<UInt8>, at offset: Int) -> Bool {
    let end = offset + text.count
    return end < bytes.count && bytes[end] == 0 && bytes[offset..<end].elementsEqual(text)
  }

  private mutating func addTails(of text: ArraySlice<UInt8>, at offset: UInt32) {
    var hash: UInt64 = 0
    var place = offset + UInt32(text.count)
    addTail(hash, place)
    for byte in text.reversed() {
      hash = Self.extend(hash, byte)
      place -= 1
      addTail(hash, place)
    }
  }

  @inline(__always)
  private mutating func addTail(_ hash: UInt64, _ offset: UInt32) {
    if tails[hash] == nil { tails[hash] = offset }
  }
}
