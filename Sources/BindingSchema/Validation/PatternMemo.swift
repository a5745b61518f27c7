/// Which expressions of a `patternProperties` match a name, remembered.
///
/// Names recur: one with 748 expressions for vendor prefixes is asked for each property of each node.
final class PatternMemo {
  private var keys: [UInt64]
  private var values: [UInt64]
  private var count = 0
  /// The schemas' entries of all answers, one after the other.
  private(set) var pool: [UInt32] = []

  /// Answers beyond which no more are remembered.
  private static let countMax = 1 << 20

  /// Whether it should be emptied, which must wait until nobody uses an answer.
  var isFull: Bool { count >= Self.countMax || pool.count >= 4 * Self.countMax }

  init() {
    keys = Array(repeating: 0, count: 1 << 12)
    values = Array(repeating: 0, count: 1 << 12)
  }

  @inline(__always)
  private func slot(_ key: UInt64) -> Int {
    var h = key &* 0x9e37_79b9_7f4a_7c15
    h ^= h &>> 32
    let mask = keys.count &- 1
    var slot = Int(truncatingIfNeeded: h) & mask
    while keys[slot] != 0, keys[slot] != key { slot = (slot &+ 1) & mask }
    return slot
  }

  /// The entries of the table at `table` with `count` expressions that match `name`, as a range of ``pool``.
  @inline(__always)
  func matches(table: UInt32, count: UInt32, name: UInt32, _ index: NameIndex) -> Range<Int> {
    // A table never stands at word 0, so no key is 0.
    let key = UInt64(table) << 32 | UInt64(name)
    let slot = slot(key)
    if keys[slot] == key {
      let start = Int(values[slot] >> 16)
      return start..<(start &+ Int(values[slot] & 0xFFFF))
    }
    return search(table: table, count: count, name: name, index)
  }

  private func search(table: UInt32, count: UInt32, name: UInt32, _ index: NameIndex) -> Range<Int> {
    let start = pool.count
    let view = index.view
    index.withBytes(name) { bytes in
      let head = Self.head(bytes)
      for offset in 0..<min(count, 0xFFFF) {
        let entry = table &+ offset &* UInt32(ImageLayout.patternWords)
        guard Self.canMatch(view, entry, head, bytes.count) else { continue }
        let program = view.program(at: view[entry], count: view[entry &+ 1])
        if RegularExpression.search(program, in: bytes) { pool.append(entry) }
      }
    }
    if isFull { return start..<pool.count }
    if (self.count &+ 1) * 2 > keys.count { grow() }
    let key = UInt64(table) << 32 | UInt64(name)
    let slot = slot(key)
    keys[slot] = key
    values[slot] = UInt64(start) << 16 | UInt64(pool.count - start)
    self.count += 1
    return start..<pool.count
  }

  /// The first eight bytes of a name, the first one lowest.
  private static func head(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var head: UInt64 = 0
    for index in 0..<min(8, bytes.count) { head |= UInt64(bytes[index]) << UInt64(8 * index) }
    return head
  }

  /// Whether the name has the bytes that the expression begins with.
  @inline(__always)
  private static func canMatch(_ view: ImageView, _ entry: UInt32, _ head: UInt64, _ count: Int) -> Bool {
    let length = view[entry &+ 5]
    if length == 0 { return true }
    guard length <= 8, count >= Int(length) else { return false }
    let wanted = UInt64(view[entry &+ 6]) | UInt64(view[entry &+ 7]) << 32
    let mask: UInt64 = length == 8 ? .max : (1 << UInt64(8 * length)) - 1
    return head & mask == wanted
  }

  /// Forgets everything.
  func reset() {
    keys = Array(repeating: 0, count: 1 << 12)
    values = Array(repeating: 0, count: 1 << 12)
    pool = []
    count = 0
  }

  private func grow() {
    let old = (keys, values)
    keys = Array(repeating: 0, count: old.0.count * 2)
    values = Array(repeating: 0, count: old.0.count * 2)
    for (key, value) in zip(old.0, old.1) where key != 0 {
      let slot = slot(key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
