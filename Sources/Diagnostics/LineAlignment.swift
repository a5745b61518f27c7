/// Which part of a source line each part of its preprocessed form came from.
///
/// cpp replaces macros, drops comments and squeezes white space; all else it leaves in order. So both lines are cut
/// into tokens, equal tokens at both ends and in the middle are paired in order, and what has no pair stands for what
/// stands between the same pairs in the other line: the macro's use.
struct LineAlignment: Sendable {
  /// What an alignment was made of.
  struct Key: Hashable, Sendable {
    let line: Int
    let originalName: String
    let originalLine: Int
  }

  let key: Key
  /// How far the source line lies behind the preprocessed one, if they are the same text.
  private let shift: Int?
  /// Tokens of the preprocessed line, as offsets into its file.
  private let written: [Range<Int>]
  /// Tokens of the source line, as offsets into its file.
  private let original: [Range<Int>]
  /// For each preprocessed token the index of its equal in `original`.
  private var pairs: [Int?]
  /// Whether the two lines have anything to do with each other.
  private(set) var isPlausible: Bool

  /// Beyond this many bytes a line is not aligned.
  static let lineBytesMax = 1 << 14
  /// Beyond this many comparisons only the two ends of the lines are paired.
  static let comparisonsMax = 1 << 14

  /// Pairs line `key.line` of `preprocessed` with the source line that starts at line `key.originalLine` of `source`.
  init(_ key: Key, of preprocessed: SourceFile, with source: SourceFile) {
    self.key = key
    let line = preprocessed.line(key.line)
    let sourceLine = source.line(key.originalLine)
    let start = sourceLine.startIndex
    shift = line.elementsEqual(sourceLine) ? start - line.startIndex : nil
    if shift != nil {
      (written, original, pairs, isPlausible) = ([], [], [], true)
      return
    }
    if line.count <= Self.lineBytesMax {
      written = LineTokens.split(line, isSource: false)
      original = LineTokens.split(source.bytes[start...].prefix(Self.lineBytesMax), isSource: true)
    } else {
      (written, original) = ([], [])
    }
    pairs = Array(repeating: nil, count: written.count)
    isPlausible = false
    pair(preprocessed.bytes, source.bytes)
    isPlausible =
      pairs.contains { $0 != nil }
      || (!written.isEmpty && original.contains { LineTokens.isWord(source.bytes[$0.lowerBound]) })
  }

  private mutating func pair(_ a: [UInt8], _ b: [UInt8]) {
    func equal(_ i: Int, _ j: Int) -> Bool { a[written[i]].elementsEqual(b[original[j]]) }
    var low = 0
    while low < min(written.count, original.count), equal(low, low) {
      pairs[low] = low
      low += 1
    }
    var (i, j) = (written.count, original.count)
    while i > low, j > low, equal(i - 1, j - 1) {
      (i, j) = (i - 1, j - 1)
      pairs[i] = j
    }
    let (rows, columns) = (i - low, j - low)
    guard rows > 0, columns > 0, rows * columns <= Self.comparisonsMax else { return }
    // Lengths of the longest common subsequence of the rest of both, from behind.
    var lengths = [Int32](repeating: 0, count: (rows + 1) * (columns + 1))
    func at(_ row: Int, _ column: Int) -> Int { row * (columns + 1) + column }
    for row in (0..<rows).reversed() {
      for column in (0..<columns).reversed() {
        lengths[at(row, column)] =
          equal(low + row, low + column)
          ? lengths[at(row + 1, column + 1)] + 1
          : max(lengths[at(row + 1, column)], lengths[at(row, column + 1)])
      }
    }
    var (row, column) = (0, 0)
    while row < rows, column < columns {
      if equal(low + row, low + column) {
        pairs[low + row] = low + column
        (row, column) = (row + 1, column + 1)
      } else if lengths[at(row + 1, column)] >= lengths[at(row, column + 1)] {
        row += 1
      } else {
        column += 1
      }
    }
  }

  /// The source bytes behind `range` of the preprocessed line, and whether they are the same text.
  func sourceRange(of range: Range<Int>) -> (range: Range<Int>, isExact: Bool) {
    if let shift { return ((range.lowerBound + shift)..<(range.upperBound + shift), true) }
    if range.isEmpty { return sourcePoint(of: range.lowerBound) }
    let (first, firstExact) = sourceToken(at: written.firstIndex { $0.upperBound > range.lowerBound })
    let (last, lastExact) = sourceToken(at: written.lastIndex { $0.lowerBound < range.upperBound })
    var start = first.range.lowerBound
    var end = last.range.upperBound
    if firstExact { start += max(0, range.lowerBound - first.written.lowerBound) }
    if lastExact {
      end = last.range.lowerBound + min(range.upperBound - last.written.lowerBound, last.range.count)
    }
    start = min(start, end)
    return (start..<end, firstExact && lastExact)
  }

  /// The place behind one between two bytes: it clings to the token before it.
  private func sourcePoint(of offset: Int) -> (range: Range<Int>, isExact: Bool) {
    let before = written.lastIndex { $0.lowerBound < offset }
    if let before {
      let (token, isExact) = sourceToken(at: before)
      guard isExact else { return (token.range, false) }
      let place = token.range.lowerBound + min(offset - token.written.lowerBound, token.range.count)
      return (place..<place, true)
    }
    let (token, isExact) = sourceToken(at: written.indices.first)
    return (token.range.lowerBound..<token.range.lowerBound, isExact)
  }

  private struct Found {
    let written: Range<Int>
    let range: Range<Int>
  }

  /// The source of a preprocessed token: its equal, or what stands between the neighbours' equals.
  private func sourceToken(at index: Int?) -> (Found, isExact: Bool) {
    guard let first = original.first, let last = original.last else {
      return (Found(written: 0..<0, range: 0..<0), false)
    }
    let whole = first.lowerBound..<last.upperBound
    guard let index else { return (Found(written: 0..<0, range: last.upperBound..<last.upperBound), false) }
    if let pair = pairs[index] { return (Found(written: written[index], range: original[pair]), true) }
    let before = pairs[..<index].last { $0 != nil } ?? nil
    let after = pairs[index...].first { $0 != nil } ?? nil
    let (low, high) = (before.map { $0 + 1 } ?? 0, after ?? original.count)
    if low < high {
      return (
        Found(written: written[index], range: original[low].lowerBound..<original[high - 1].upperBound), false
      )
    }
    let nearest = (before ?? after).map { original[$0] } ?? whole
    return (Found(written: written[index], range: nearest), false)
  }
}

/// Cuts a line into the tokens of the C preprocessor, nearly enough.
enum LineTokens {
  /// The tokens of `text`, as ranges of its indices.
  ///
  /// In a source, comments are white space, `NAME(...)` is one token (a macro's use), and the line goes on while a
  /// comment, such a use or a backslash is open, because cpp writes all of that on one line.
  static func split(_ text: ArraySlice<UInt8>, isSource: Bool) -> [Range<Int>] {
    var scanner = Scanner(text: text, isSource: isSource, at: text.startIndex)
    scanner.skipOpenComment()
    var tokens: [Range<Int>] = []
    while let token = scanner.next() { tokens.append(token) }
    return tokens
  }

  static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"):
      true
    default: byte >= 0x80
    }
  }

  private struct Scanner {
    let text: ArraySlice<UInt8>
    let isSource: Bool
    var at: Int

    func peek(_ ahead: Int = 0) -> UInt8 { at + ahead < text.endIndex ? text[at + ahead] : 0 }

    func starts(_ a: Unicode.Scalar, _ b: Unicode.Scalar) -> Bool {
      peek() == UInt8(ascii: a) && peek(1) == UInt8(ascii: b)
    }

    /// Goes past the end of a comment that an earlier line began.
    mutating func skipOpenComment() {
      guard isSource else { return }
      var scan = self
      while scan.at < text.endIndex, scan.peek() != UInt8(ascii: "\n"), !scan.starts("/", "*"),
        !scan.starts("/", "/")
      {
        if scan.starts("*", "/") {
          at = scan.at + 2
          return
        }
        scan.at += 1
      }
    }

    /// Skips white space and comments; false at the end of the line.
    mutating func skipBlanks() -> Bool {
      while at < text.endIndex {
        switch peek() {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), 0x0B, 0x0C: at += 1
        case UInt8(ascii: "\n"): return false
        case UInt8(ascii: "\\") where isSource && peek(1) == UInt8(ascii: "\n"): at += 2
        case UInt8(ascii: "/") where isSource && peek(1) == UInt8(ascii: "*"): skipComment()
        case UInt8(ascii: "/") where isSource && peek(1) == UInt8(ascii: "/"): return false
        default: return true
        }
      }
      return false
    }

    mutating func skipComment() {
      at += 2
      while at < text.endIndex, !starts("*", "/") { at += 1 }
      at = min(at + 2, text.endIndex)
    }

    mutating func next() -> Range<Int>? {
      guard skipBlanks() else { return nil }
      let start = at
      let first = peek()
      if first == UInt8(ascii: "\"") {
        skipString()
      } else if LineTokens.isWord(first) {
        while at < text.endIndex, LineTokens.isWord(peek()) { at += 1 }
        let isName = !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        if isName, peek() == UInt8(ascii: "("), let end = endOfArguments() { at = end }
      } else {
        at += 1
      }
      return start..<at
    }

    mutating func skipString() {
      at += 1
      while at < text.endIndex, peek() != UInt8(ascii: "\""), peek() != UInt8(ascii: "\n") {
        at += peek() == UInt8(ascii: "\\") && at + 1 < text.endIndex ? 2 : 1
      }
      if peek() == UInt8(ascii: "\"") { at += 1 }
    }

    /// The end of the parenthesis that opens here, or nil if none closes it.
    func endOfArguments() -> Int? {
      var scan = self
      var depth = 0
      while scan.at < text.endIndex {
        switch scan.peek() {
        case UInt8(ascii: "("): depth += 1
        case UInt8(ascii: ")"):
          depth -= 1
          if depth == 0 { return scan.at + 1 }
        case UInt8(ascii: "\""):
          scan.skipString()
          continue
        case UInt8(ascii: "\n") where !isSource: return nil
        case UInt8(ascii: "/") where scan.starts("/", "*"):
          scan.skipComment()
          continue
        default: break
        }
        scan.at += 1
      }
      return nil
    }
  }
}
