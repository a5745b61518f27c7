/// How a program is laid out.
///
/// Head: signature and flags; the lengths in bytes of prefix, suffix and required text; the number of machines. Then
/// the three texts, each filled up to a word; then the offset of every machine, look-arounds first, the pattern last.
///
/// Machine: number of states, flags, offset of the states (two words each), offset of the first list, number of
/// assertions, their offset, number of lists.
///
/// State: a scalar, or the offset of a set with the highest bit set; the offset of its list. Set: flags and
/// categories, number of ranges, 128 bits for ASCII, the ranges beyond in rising order.
///
/// List: its number, its length, and its entries. With at most 64 states an entry is conditions, whether the pattern
/// has matched, and the states as 64 bits; else conditions and one state, `matched` where the pattern has matched.
enum PatternLayout {
  static let signature: UInt32 = 0x5258_0000
  static let signatureMask: UInt32 = 0xffff_0000
  static let headWords = 5
  static let machineWords = 7
  static let setWords = 6
  static let setFlag: UInt32 = 0x8000_0000
  static let matched: UInt32 = 0xffff_ffff
  static let smallStatesMax = 64

  // Flags of the head.
  static let isComplete: UInt32 = 1
  static let isExact: UInt32 = 2
  static let mayEndLine: UInt32 = 4

  // Flags of a machine.
  static let isBackward: UInt32 = 1
  static let isAnchored: UInt32 = 2
  static let asksOnlyAtEnds: UInt32 = 4

  static func words(ofBytes count: Int) -> Int { (count + 3) / 4 }
}

/// A program's words.
///
/// One that is not there is 0, so that a damaged program reads nothing that is not its own.
struct PatternWords {
  private let start: UnsafePointer<UInt32>?
  let count: Int

  init(_ words: UnsafeBufferPointer<UInt32>) {
    start = words.baseAddress
    count = words.count
  }

  @inline(__always)
  subscript(index: Int) -> UInt32 {
    guard let start, index >= 0, index < count else { return 0 }
    return start[index]
  }

  /// The words as bytes.
  var bytes: UnsafePointer<UInt8>? {
    UnsafeRawPointer(start)?.assumingMemoryBound(to: UInt8.self)
  }
}

/// Writes a program.
struct PatternEncoder {
  private var words: [UInt32] = []
  private var sets: [ScalarSet: Int] = [:]

  static func encode(
    _ outline: PatternOutline, _ machines: [(automaton: PatternAutomaton, isBackward: Bool)]
  ) -> [UInt32] {
    var encoder = PatternEncoder()
    var flags: UInt32 = 0
    if outline.isComplete { flags |= PatternLayout.isComplete }
    if outline.isComplete, outline.isAtBegin, outline.ending != nil { flags |= PatternLayout.isExact }
    if outline.ending == .end { flags |= PatternLayout.mayEndLine }
    let texts = [outline.prefix, outline.suffix, outline.required]
    encoder.words = [PatternLayout.signature | flags]
    encoder.words += texts.map { UInt32($0.count) }
    encoder.words.append(UInt32(machines.count))
    for text in texts { encoder.append(text) }
    let table = encoder.words.count
    encoder.words += machines.map { _ in 0 }
    for (index, machine) in machines.enumerated() {
      encoder.words[table + index] = UInt32(encoder.words.count)
      encoder.append(machine.automaton, isBackward: machine.isBackward)
    }
    return encoder.words
  }

  private mutating func append(_ bytes: [UInt8]) {
    for first in stride(from: 0, to: bytes.count, by: 4) {
      var word: UInt32 = 0
      for index in first..<min(first + 4, bytes.count) {
        word |= UInt32(bytes[index]) << UInt32((index - first) * 8)
      }
      words.append(word)
    }
  }

  private mutating func append(_ automaton: PatternAutomaton, isBackward: Bool) {
    let head = words.count
    words += [UInt32](repeating: 0, count: PatternLayout.machineWords)
    let assertions = words.count
    words += automaton.assertions.map(\.word)
    let isSmall = automaton.states.count <= PatternLayout.smallStatesMax
    var lists: [UInt32] = []
    for (number, list) in automaton.lists.enumerated() {
      lists.append(UInt32(words.count))
      words.append(UInt32(number))
      if isSmall { appendSmall(list) } else { appendLarge(list) }
    }
    let matchers = automaton.states.map { matcher(of: $0.set) }
    let states = words.count
    for (state, matcher) in zip(automaton.states, matchers) { words += [matcher, lists[state.list]] }
    var flags: UInt32 = isBackward ? PatternLayout.isBackward : 0
    if automaton.isAnchored, !isBackward { flags |= PatternLayout.isAnchored }
    if automaton.assertions.allSatisfy({ [.begin, .end, .veryEnd].contains($0) }) {
      flags |= PatternLayout.asksOnlyAtEnds
    }
    let values = [
      UInt32(automaton.states.count), flags, UInt32(states), lists[automaton.start],
      UInt32(automaton.assertions.count), UInt32(assertions), UInt32(lists.count),
    ]
    words.replaceSubrange(head..<(head + values.count), with: values)
  }

  /// Entries with the same conditions become one.
  private mutating func appendSmall(_ list: [PatternAutomaton.Entry]) {
    var groups: [(conditions: UInt32, hasMatched: Bool, states: UInt64)] = []
    for entry in list {
      let mask = entry.state.map { UInt64(1) << UInt64($0) } ?? 0
      if let index = groups.firstIndex(where: { $0.conditions == entry.conditions }) {
        groups[index].states |= mask
        groups[index].hasMatched = groups[index].hasMatched || entry.state == nil
      } else {
        groups.append((entry.conditions, entry.state == nil, mask))
      }
    }
    words.append(UInt32(groups.count))
    for group in groups {
      words += [
        group.conditions, group.hasMatched ? 1 : 0, UInt32(truncatingIfNeeded: group.states),
        UInt32(truncatingIfNeeded: group.states >> 32),
      ]
    }
  }

  private mutating func appendLarge(_ list: [PatternAutomaton.Entry]) {
    words.append(UInt32(list.count))
    for entry in list { words += [entry.conditions, entry.state.map(UInt32.init) ?? PatternLayout.matched] }
  }

  private mutating func matcher(of set: ScalarSet) -> UInt32 {
    if let scalar = set.onlyScalar { return scalar }
    if let known = sets[set] { return PatternLayout.setFlag | UInt32(known) }
    let offset = words.count
    sets[set] = offset
    let ranges = Self.merged(set.ranges).filter { $0.upperBound >= 128 }
    words.append((set.isNegated ? 1 : 0) | set.categories.rawValue << 8)
    words.append(UInt32(ranges.count))
    for word in UInt32(0)..<4 {
      words.append((0..<32).reduce(0) { set.contains(word * 32 + $1) ? $0 | 1 << $1 : $0 })
    }
    for range in ranges { words += [range.lowerBound, range.upperBound] }
    return PatternLayout.setFlag | UInt32(offset)
  }

  private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
