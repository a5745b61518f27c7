/// Runs the machines of a program over a text.
struct PatternMachines {
  /// What fits on the stack for the results of look-arounds.
  private static let inlineWords = 128

  let words: PatternWords
  let text: PatternText
  /// Where the offsets of the machines begin.
  private let offset: Int
  /// How many look-arounds there are; the machine after them is the pattern.
  private let looksCount: Int
  /// How many words hold a bit for every position of the text.
  private let rowWords: Int
  /// For every look-around a row of bits, whether it holds at a position.
  private var rows: UnsafeMutablePointer<UInt64>?

  init(words: PatternWords, offset: Int, text: UnsafeBufferPointer<UInt8>) {
    self.words = words
    self.offset = offset
    self.text = PatternText(bytes: text)
    looksCount = min(max(Int(words[4]) - 1, 0), max(words.count - offset, 0))
    rowWords = text.count / 64 + 1
  }

  /// Whether the text contains a match.
  func search() -> Bool {
    if looksCount == 0 { return run(0, writing: false) }
    let total = looksCount * rowWords
    if total <= Self.inlineWords {
      return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.inlineWords) { memory in
        searchLooking(in: memory, total: total)
      }
    }
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: total) { memory in
      searchLooking(in: memory, total: total)
    }
  }

  /// Finds out where the look-arounds hold, and then runs the pattern.
  private func searchLooking(in memory: UnsafeMutableBufferPointer<UInt64>, total: Int) -> Bool {
    memory.extracting(0..<total).initialize(repeating: 0)
    var looking = self
    looking.rows = memory.baseAddress
    for look in 0..<looksCount { _ = looking.run(look, writing: true) }
    return looking.run(looksCount, writing: false)
  }

  /// Runs one machine.
  ///
  /// One of a look-around notes where it matches; the pattern's stops at the first match.
  private func run(_ number: Int, writing: Bool) -> Bool {
    let machine = PatternMachine(words, at: Int(words[offset + number]))
    let row = writing ? rows.map { $0 + number * rowWords } : nil
    if machine.statesCount <= PatternLayout.smallStatesMax { return runSmall(machine, row: row) }
    let setWords = machine.statesCount / 64 + 1
    let capacity = setWords * 2 + machine.listsCount / 64 + 1
    return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: capacity) { memory in
      memory.initialize(repeating: 0)
      return runLarge(machine, row: row, memory: memory, setWords: setWords)
    }
  }

  private func runSmall(_ machine: PatternMachine, row: UnsafeMutablePointer<UInt64>?) -> Bool {
    var position = machine.isBackward ? text.count : 0
    let last = machine.isBackward ? 0 : text.count
    let valid: UInt64 = machine.statesCount == 64 ? .max : (1 << UInt64(machine.statesCount)) - 1
    var taken: UInt64 = 0
    var isFirst = true
    while true {
      let truth = truth(of: machine, at: position)
      var active: UInt64 = 0
      var hasMatched = false
      if isFirst || !machine.isAnchored {
        follow(machine.startList, truth, into: &active, &hasMatched)
      }
      while taken != 0 {
        let state = taken.trailingZeroBitCount
        taken &= taken &- 1
        follow(machine.list(of: state), truth, into: &active, &hasMatched)
      }
      if hasMatched {
        guard let row else { return true }
        row[position >> 6] |= 1 << UInt64(position & 63)
      }
      active &= valid
      if position == last || (active == 0 && machine.isAnchored) { return false }
      let scalar = machine.isBackward ? text.scalar(before: &position) : text.scalar(after: &position)
      while active != 0 {
        let state = active.trailingZeroBitCount
        if machine.state(state, takes: scalar) { taken |= active & (~active &+ 1) }
        active &= active &- 1
      }
      isFirst = false
    }
  }

  /// Adds what a list reaches.
  @inline(__always)
  private func follow(_ list: Int, _ truth: UInt32, into active: inout UInt64, _ hasMatched: inout Bool) {
    let count = min(Int(words[list + 1]), max(words.count - list - 2, 0) / 4)
    var entry = list + 2
    for _ in 0..<count {
      if words[entry] & ~truth == 0 {
        active |= UInt64(words[entry + 2]) | UInt64(words[entry + 3]) << 32
        if words[entry + 1] != 0 { hasMatched = true }
      }
      entry += 4
    }
  }

  private func runLarge(
    _ machine: PatternMachine, row: UnsafeMutablePointer<UInt64>?,
    memory: UnsafeMutableBufferPointer<UInt64>, setWords: Int
  ) -> Bool {
    var sets = LargeSets(memory, setWords: setWords)
    var position = machine.isBackward ? text.count : 0
    let last = machine.isBackward ? 0 : text.count
    var isFirst = true
    while true {
      let truth = truth(of: machine, at: position)
      var hasMatched = false
      sets.beginPosition()
      if isFirst || !machine.isAnchored {
        follow(machine.startList, of: machine, truth, into: &sets, &hasMatched)
      }
      for word in 0..<setWords {
        var bits = sets.taken[word]
        while bits != 0 {
          let state = word * 64 + bits.trailingZeroBitCount
          bits &= bits &- 1
          follow(machine.list(of: state), of: machine, truth, into: &sets, &hasMatched)
        }
      }
      if hasMatched {
        guard let row else { return true }
        row[position >> 6] |= 1 << UInt64(position & 63)
      }
      if position == last { return false }
      let scalar = machine.isBackward ? text.scalar(before: &position) : text.scalar(after: &position)
      var hasTaken = false
      for word in 0..<setWords {
        var bits = sets.active[word]
        sets.taken[word] = 0
        while bits != 0 {
          let bit = bits.trailingZeroBitCount
          bits &= bits &- 1
          if machine.state(word * 64 + bit, takes: scalar) {
            sets.taken[word] |= 1 << UInt64(bit)
            hasTaken = true
          }
        }
      }
      if !hasTaken, machine.isAnchored { return false }
      isFirst = false
    }
  }

  /// Adds what a list reaches, unless this was done for another state at the same position.
  private func follow(
    _ list: Int, of machine: PatternMachine, _ truth: UInt32, into sets: inout LargeSets,
    _ hasMatched: inout Bool
  ) {
    let number = Int(words[list])
    guard number < machine.listsCount, sets.isNew(list: number) else { return }
    let count = min(Int(words[list + 1]), max(words.count - list - 2, 0) / 2)
    var entry = list + 2
    for _ in 0..<count {
      if words[entry] & ~truth == 0 {
        let state = words[entry + 1]
        if state == PatternLayout.matched {
          hasMatched = true
        } else if Int(state) < machine.statesCount {
          sets.active[Int(state) >> 6] |= 1 << UInt64(state & 63)
        }
      }
      entry += 2
    }
  }

  // MARK: Assertions

  /// Which of a machine's assertions hold at a position, as bits.
  @inline(__always)
  private func truth(of machine: PatternMachine, at position: Int) -> UInt32 {
    if machine.assertionsCount == 0 { return 0 }
    if machine.asksOnlyAtEnds, position > 0, position < text.count - 1 { return 0 }
    var truth: UInt32 = 0
    for index in 0..<machine.assertionsCount
    where holds(words[machine.assertionsOffset + index], at: position) {
      truth |= 1 << UInt32(index)
    }
    return truth
  }

  private func holds(_ assertion: UInt32, at position: Int) -> Bool {
    let count = text.count
    switch assertion & 0xff {
    case 0: return position == 0
    case 1: return position == count || (position == count - 1 && text.bytes[position] == 0x0a)
    case 2: return position == count
    case 3: return position == 0 || text.bytes[position - 1] == 0x0a
    case 4: return position == count || text.bytes[position] == 0x0a
    case 5:
      // Python holds neither of the two in an empty text.
      if count == 0 { return false }
      let onlyASCII = assertion & 0x200 != 0
      let isBoundary =
        text.isWord(before: position, onlyASCII: onlyASCII)
        != text.isWord(after: position, onlyASCII: onlyASCII)
      return isBoundary != (assertion & 0x100 != 0)
    case 6, 7:
      let look = Int(assertion >> 8)
      guard let rows, look < looksCount else { return false }
      let bit = rows[look * rowWords + position >> 6] >> UInt64(position & 63) & 1
      return (bit != 0) == (assertion & 0xff == 6)
    default: return false
    }
  }
}

/// The sets of states of a large machine.
private struct LargeSets {
  /// The states that took the last scalar.
  let taken: UnsafeMutableBufferPointer<UInt64>
  /// The states that may take the next one.
  let active: UnsafeMutableBufferPointer<UInt64>
  /// The lists that were followed at this position.
  private let followed: UnsafeMutableBufferPointer<UInt64>

  init(_ memory: UnsafeMutableBufferPointer<UInt64>, setWords: Int) {
    taken = memory.extracting(0..<setWords)
    active = memory.extracting(setWords..<(setWords * 2))
    followed = memory.extracting((setWords * 2)...)
  }

  mutating func beginPosition() {
    active.update(repeating: 0)
    followed.update(repeating: 0)
  }

  mutating func isNew(list: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(list & 63)
    if followed[list >> 6] & bit != 0 { return false }
    followed[list >> 6] |= bit
    return true
  }
}
