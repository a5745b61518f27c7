/// One bit for each page of a range, in words, with an index over the words that hold a set bit and one over
/// those that hold a clear bit, so that a search skips what cannot match.
struct PageBitmap: Sendable {
  /// The number of bits.
  let count: Int
  /// The number of set bits.
  private(set) var population = 0
  private var words: [UInt64]
  /// The words with a set bit.
  private var occupied: WordIndex
  /// The words with a clear bit; bits behind `count` in the last word are always clear.
  private var roomy: WordIndex

  /// A bitmap of `count` clear bits.
  init(count: Int) {
    self.count = count
    let wordCount = (count + 63) >> 6
    words = [UInt64](repeating: 0, count: wordCount)
    occupied = WordIndex(capacity: wordCount, full: false)
    roomy = WordIndex(capacity: wordCount, full: true)
  }

  subscript(index: Int) -> Bool { words[index >> 6] >> UInt64(index & 63) & 1 == 1 }

  /// The first set bit that is not below `start`, which is from 0.
  ///
  /// - Complexity: O(log n) in the number of words.
  func nextSet(from start: Int) -> Int? {
    guard start < count else { return nil }
    let word = start >> 6
    let rest = words[word] & (~0 << UInt64(start & 63))
    if rest != 0 { return word << 6 + rest.trailingZeroBitCount }
    guard let found = occupied.next(from: word + 1) else { return nil }
    return found << 6 + words[found].trailingZeroBitCount
  }

  /// The first clear bit that is not below `start`, which is from 0.
  ///
  /// - Complexity: O(log n) in the number of words.
  func nextClear(from start: Int) -> Int? {
    guard start < count else { return nil }
    let word = start >> 6
    let rest = ~words[word] & (~0 << UInt64(start & 63))
    let found: Int
    if rest != 0 {
      found = word << 6 + rest.trailingZeroBitCount
    } else {
      guard let next = roomy.next(from: word + 1) else { return nil }
      found = next << 6 + (~words[next]).trailingZeroBitCount
    }
    return found < count ? found : nil
  }

  /// The last set bit that is below `end`, which is at most `count`.
  ///
  /// - Complexity: O(log n) in the number of words.
  func lastSet(before end: Int) -> Int? {
    guard end > 0 else { return nil }
    let word = (end - 1) >> 6
    let rest = words[word] & (~0 >> UInt64(63 - (end - 1) & 63))
    if rest != 0 { return word << 6 + 63 - rest.leadingZeroBitCount }
    guard let found = occupied.previous(from: word - 1) else { return nil }
    return found << 6 + 63 - words[found].leadingZeroBitCount
  }

  /// Sets or clears the bits of a range within `0..<count`.
  ///
  /// - Complexity: O(number of words in the range).
  mutating func fill(_ range: Range<Int>, with value: Bool) {
    var index = range.lowerBound
    while index < range.upperBound {
      let word = index >> 6
      let end = min(range.upperBound, (word + 1) << 6)
      let mask: UInt64 = (~0 << UInt64(index & 63)) & (~0 >> UInt64(63 - (end - 1) & 63))
      replace(word: word, with: value ? words[word] | mask : words[word] & ~mask)
      index = end
    }
  }

  private mutating func replace(word: Int, with new: UInt64) {
    let old = words[word]
    guard old != new else { return }
    words[word] = new
    population += new.nonzeroBitCount - old.nonzeroBitCount
    if old == 0 { occupied.insert(word) } else if new == 0 { occupied.remove(word) }
    if old == ~0 { roomy.insert(word) } else if new == ~0 { roomy.remove(word) }
  }

  /// The number of set bits in a range within `0..<count`.
  ///
  /// - Complexity: O(number of words in the range).
  func population(in range: Range<Int>) -> Int {
    var total = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let word = index >> 6
      let end = min(range.upperBound, (word + 1) << 6)
      let mask: UInt64 = (~0 << UInt64(index & 63)) & (~0 >> UInt64(63 - (end - 1) & 63))
      total += (words[word] & mask).nonzeroBitCount
      index = end
    }
    return total
  }

  /// The first of the longest runs of clear bits within a range; empty where every bit of it is set.
  ///
  /// - Complexity: O(r log n) for r runs.
  func longestClearRun(in range: Range<Int>) -> Range<Int> {
    var best = range.lowerBound..<range.lowerBound
    var start = range.lowerBound
    while let clear = nextClear(from: start), clear < range.upperBound {
      let end = min(nextSet(from: clear) ?? count, range.upperBound)
      if end - clear > best.count { best = clear..<end }
      start = end
    }
    return best
  }

  /// The first run of `length` clear bits whose position plus `offset` is a multiple of `mask + 1`.
  ///
  /// - Parameters:
  ///   - start: where the search begins, from 0.
  ///   - length: from 1.
  ///   - mask: a power of two minus one.
  ///   - offset: from 0 to `mask`: what to add to a bit's number before it is aligned.
  /// - Returns: the run's first bit; nil where there is none.
  /// - Complexity: O(r log n) for r runs of set bits that are met.
  /// - Source: Linux 6.1 lib/bitmap.c, bitmap_find_next_zero_area_off.
  func nextClearRun(from start: Int, length: Int, mask: Int, offset: Int) -> Int? {
    var start = start
    while let clear = nextClear(from: start) {
      let index = (clear + offset + mask) & ~mask - offset
      guard index <= count, length <= count - index else { return nil }
      guard let obstacle = nextSet(from: index), obstacle < index + length else { return index }
      start = obstacle + 1
    }
    return nil
  }
}
