/// One machine of a program, with its numbers kept to what a sound program can have.
struct PatternMachine {
  private let words: PatternWords
  let statesCount: Int
  let listsCount: Int
  let startList: Int
  let assertionsCount: Int
  let assertionsOffset: Int
  let isBackward: Bool
  let isAnchored: Bool
  let asksOnlyAtEnds: Bool
  private let statesOffset: Int

  init(_ words: PatternWords, at offset: Int) {
    self.words = words
    statesCount = min(Int(words[offset]), PatternAutomaton.statesMax)
    let flags = words[offset + 1]
    isBackward = flags & PatternLayout.isBackward != 0
    isAnchored = flags & PatternLayout.isAnchored != 0
    asksOnlyAtEnds = flags & PatternLayout.asksOnlyAtEnds != 0
    statesOffset = Int(words[offset + 2])
    startList = Int(words[offset + 3])
    assertionsCount = min(Int(words[offset + 4]), PatternAutomaton.assertionsMax)
    assertionsOffset = Int(words[offset + 5])
    listsCount = min(Int(words[offset + 6]), PatternAutomaton.statesMax + 1)
  }

  /// Where the list of a state begins.
  @inline(__always)
  func list(of state: Int) -> Int { Int(words[statesOffset + state * 2 + 1]) }

  /// Whether a state takes a scalar.
  @inline(__always)
  func state(_ state: Int, takes scalar: UInt32) -> Bool {
    let matcher = words[statesOffset + state * 2]
    if matcher & PatternLayout.setFlag == 0 { return matcher == scalar }
    let set = Int(matcher & ~PatternLayout.setFlag)
    if scalar < 128 { return words[set + 2 + Int(scalar >> 5)] >> (scalar & 31) & 1 != 0 }
    return contains(scalar, set: set)
  }

  /// Whether a set contains a scalar that is not of ASCII.
  private func contains(_ scalar: UInt32, set: Int) -> Bool {
    let flags = words[set]
    let isNegated = flags & 1 != 0
    let categories = ScalarSet.Categories(rawValue: flags >> 8)
    if ScalarSet.categories(categories, contain: scalar) { return !isNegated }
    let ranges = set + PatternLayout.setWords
    var low = 0
    var high = min(Int(words[set + 1]), words.count)
    while low < high {
      let middle = (low + high) / 2
      if scalar < words[ranges + middle * 2] {
        high = middle
      } else if scalar > words[ranges + middle * 2 + 1] {
        low = middle + 1
      } else {
        return !isNegated
      }
    }
    return isNegated
  }
}

/// A text as scalars.
///
/// Bytes that are no UTF-8 count as U+FFFD, one each, in whichever direction they are read.
struct PatternText {
  static let replacement: UInt32 = 0xfffd

  let bytes: UnsafeBufferPointer<UInt8>

  var count: Int { bytes.count }

  /// The scalar after a position that is not the end, and the position after it.
  @inline(__always)
  func scalar(after position: inout Int) -> UInt32 {
    let first = bytes[position]
    if first < 0x80 {
      position += 1
      return UInt32(first)
    }
    let (scalar, length) = sequence(at: position)
    position += length
    return scalar
  }

  /// The scalar before a position that is not the beginning, and the position before it.
  func scalar(before position: inout Int) -> UInt32 {
    let end = position
    for length in 1...4 where length <= end {
      let found = sequence(at: end - length)
      if found.length == length, length > 1 || bytes[end - 1] < 0x80 {
        position = end - length
        return found.scalar
      }
      if bytes[end - length] & 0xc0 != 0x80 { break }
    }
    position = end - 1
    return Self.replacement
  }

  func isWord(before position: Int, onlyASCII: Bool) -> Bool {
    if position == 0 { return false }
    var position = position
    let scalar = scalar(before: &position)
    return onlyASCII ? ScalarSet.isASCIIWord(scalar) : ScalarSet.isWord(scalar)
  }

  func isWord(after position: Int, onlyASCII: Bool) -> Bool {
    if position >= count { return false }
    var position = position
    let scalar = scalar(after: &position)
    return onlyASCII ? ScalarSet.isASCIIWord(scalar) : ScalarSet.isWord(scalar)
  }

  /// The scalar that begins at an offset and how many bytes it takes.
  private func sequence(at offset: Int) -> (scalar: UInt32, length: Int) {
    let first = UInt32(bytes[offset])
    let length: Int
    let least: UInt32
    var scalar: UInt32
    switch first {
    case 0x00...0x7f: return (first, 1)
    case 0xc2...0xdf: (length, least, scalar) = (2, 0x80, first & 0x1f)
    case 0xe0...0xef: (length, least, scalar) = (3, 0x800, first & 0x0f)
    case 0xf0...0xf4: (length, least, scalar) = (4, 0x1_0000, first & 0x07)
    default: return (Self.replacement, 1)
    }
    guard length <= count - offset else { return (Self.replacement, 1) }
    for index in 1..<length {
      let byte = UInt32(bytes[offset + index])
      guard byte & 0xc0 == 0x80 else { return (Self.replacement, 1) }
      scalar = scalar << 6 | byte & 0x3f
    }
    guard scalar >= least, Unicode.Scalar(scalar) != nil else { return (Self.replacement, 1) }
    return (scalar, length)
  }
}
