/// A set of small integers as a tree of 64-bit words, in which the next and the previous member are found in
/// as many steps as the tree has levels.
///
/// Level 0 has one bit for each integer; level n + 1 has one bit for each word of level n that is not zero.
struct WordIndex: Sendable {
  private var levels: [[UInt64]]

  /// The integers below `capacity`, all of them or none.
  init(capacity: Int, full: Bool) {
    levels = []
    var bits = max(capacity, 1)
    repeat {
      let words = (bits + 63) >> 6
      var level = [UInt64](repeating: full ? ~0 : 0, count: words)
      if full, bits & 63 != 0 { level[words - 1] = (1 << UInt64(bits & 63)) - 1 }
      levels.append(level)
      bits = words
    } while bits > 1
    if full, capacity == 0 { remove(0) }
  }

  mutating func insert(_ member: Int) {
    var index = member
    for level in levels.indices {
      let word = index >> 6
      let before = levels[level][word]
      levels[level][word] = before | (1 << UInt64(index & 63))
      if before != 0 { return }
      index = word
    }
  }

  mutating func remove(_ member: Int) {
    var index = member
    for level in levels.indices {
      let word = index >> 6
      levels[level][word] &= ~(1 << UInt64(index & 63))
      if levels[level][word] != 0 { return }
      index = word
    }
  }

  /// The smallest member that is not below `start`.
  func next(from start: Int) -> Int? {
    var index = start
    for level in levels.indices {
      let word = index >> 6
      guard word < levels[level].count else { return nil }
      let rest = levels[level][word] & (~0 << UInt64(index & 63))
      if rest != 0 { return descend(to: word << 6 + rest.trailingZeroBitCount, at: level, up: false) }
      index = word + 1
    }
    return nil
  }

  /// The largest member that is not above `start`.
  func previous(from start: Int) -> Int? {
    var index = start
    for level in levels.indices {
      guard index >= 0 else { return nil }
      let word = index >> 6
      let rest = levels[level][word] & (~0 >> UInt64(63 - index & 63))
      if rest != 0 { return descend(to: word << 6 + 63 - rest.leadingZeroBitCount, at: level, up: true) }
      index = word - 1
    }
    return nil
  }

  /// Follows a bit of `level` down to its smallest or largest member.
  private func descend(to bit: Int, at level: Int, up: Bool) -> Int {
    var index = bit
    for below in stride(from: level - 1, through: 0, by: -1) {
      let word = levels[below][index]
      index = index << 6 + (up ? 63 - word.leadingZeroBitCount : word.trailingZeroBitCount)
    }
    return index
  }
}
