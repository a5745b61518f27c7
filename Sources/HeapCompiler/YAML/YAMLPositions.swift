import Diagnostics

/// Turns libyaml's marks into byte offsets, and finds where what begins there ends.
struct YAMLPositions {
  private let bytes: [UInt8]
  private let file: SourceFileID
  private let lineStarts: [Int]
  /// The last answer: marks mostly come in the order of the text, and a line can be as long as the file.
  private var cursor = (line: 0, column: 1, offset: 0)

  init(_ bytes: [UInt8], file: SourceFileID) {
    self.bytes = bytes
    self.file = file
    lineStarts = Self.lineStarts(of: bytes)
  }

  /// Lines as libyaml counts them: they end with CR, LF, both, NEL, LS or PS.
  static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    var offset = 0
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x0A: offset += 1
      case 0x0D: offset += bytes[offset...].starts(with: [0x0D, 0x0A]) ? 2 : 1
      case 0xC2 where bytes[offset...].starts(with: [0xC2, 0x85]): offset += 2
      case 0xE2 where bytes[offset...].starts(with: [0xE2, 0x80, 0xA8]): offset += 3
      case 0xE2 where bytes[offset...].starts(with: [0xE2, 0x80, 0xA9]): offset += 3
      default:
        offset += 1
        continue
      }
      starts.append(offset)
    }
    return starts
  }

  /// The start of the first line that begins with a text.
  func firstLine(startingWith text: StaticString) -> Int? {
    lineStarts.first { start in
      text.withUTF8Buffer { bytes[start...].starts(with: $0) }
    }
  }

  /// The offset of a mark; line and column from 1, columns in Unicode scalars.
  ///
  /// - Complexity: O(1) amortised over rising marks.
  mutating func offset(line: Int, column: Int) -> Int {
    let index = min(max(line, 1), lineStarts.count) - 1
    if cursor.line != index || cursor.column > column { cursor = (index, 1, lineStarts[index]) }
    while cursor.column < column, cursor.offset < bytes.count {
      cursor.offset += 1
      while cursor.offset < bytes.count, bytes[cursor.offset] & 0xC0 == 0x80 { cursor.offset += 1 }
      cursor.column += 1
    }
    return cursor.offset
  }

  /// The span of a scalar that begins at an offset and has this text.
  func scalar(at start: Int, text: String) -> SourceSpan {
    let utf8 = Array(text.utf8)
    if !utf8.isEmpty, bytes[start...].starts(with: utf8) { return span(start, start + utf8.count) }
    guard start < bytes.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[start]) else {
      return utf8.isEmpty ? span(start, start) : restOfLine(from: start)
    }
    let quote = bytes[start]
    var end = start + 1
    while end < bytes.count, bytes[end] != quote {
      end += quote == UInt8(ascii: "\"") && bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return span(start, end + 1)
  }

  /// The most bytes of a span that stands for the rest of a line: many values can share one long line.
  private static let restMax = 200

  /// From an offset to the end of its line, without blanks at the end, or as much of it as fits.
  func restOfLine(from start: Int) -> SourceSpan {
    let limit = min(start + Self.restMax, bytes.count)
    var end = start
    while end < limit, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    while end > start, end < bytes.count, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    while end > start, bytes[end - 1] == 0x20 { end -= 1 }
    return span(start, end)
  }

  /// The first byte that is not UTF-8, or the first character that YAML does not allow; the start of the file where
  /// there is neither.
  ///
  /// - Source: YAML 1.2.2, 5.1, c-printable.
  /// - Complexity: O(n).
  func firstUnreadable() -> SourceSpan {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let encoded):
        let scalar = Unicode.UTF8.decode(encoded)
        guard Self.isPrintable(scalar) else { return span(offset, offset + encoded.count) }
        offset += encoded.count
      case .error: return span(offset, offset + 1)
      case .emptyInput: return span(0, 0)
      }
    }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// The bytes from one offset to another, brought into the file.
  func span(_ start: Int, _ end: Int) -> SourceSpan {
    SourceSpan(file: file, start: UInt32(min(start, bytes.count)), end: UInt32(min(end, bytes.count)))
  }
}
