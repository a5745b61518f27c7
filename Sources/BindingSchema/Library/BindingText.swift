import Diagnostics

/// Finds the bytes of a file for which a mark stands.
struct BindingText {
  private let bytes: [UInt8]
  private let lineStarts: [Int]

  /// The text of a file.
  /// - Complexity: O(n).
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts = [0]
    var at = 0
    while at < bytes.count {
      at += Self.lineEndLength(bytes, at: at) ?? 1
      if Self.endsLine(bytes, before: at) { starts.append(at) }
    }
    lineStarts = starts
  }

  /// How many bytes the line end at an offset has, as libyaml sees them: CR, LF, both, NEL, LS or PS; nil elsewhere.
  private static func lineEndLength(_ bytes: [UInt8], at offset: Int) -> Int? {
    func follows(_ more: UInt8...) -> Bool { bytes[(offset + 1)...].starts(with: more) }
    switch bytes[offset] {
    case 0x0A: return 1
    case 0x0D: return follows(0x0A) ? 2 : 1
    case 0xC2 where follows(0x85): return 2
    case 0xE2 where follows(0x80, 0xA8) || follows(0x80, 0xA9): return 3
    default: return nil
    }
  }

  private static func endsLine(_ bytes: [UInt8], before offset: Int) -> Bool {
    switch bytes[offset - 1] {
    case 0x0A, 0x0D: true
    case 0x85: offset >= 2 && bytes[offset - 2] == 0xC2
    case 0xA8, 0xA9: offset >= 3 && bytes[offset - 2] == 0x80 && bytes[offset - 3] == 0xE2
    default: false
    }
  }

  /// The key or the scalar that begins at a mark, or the rest of its line.
  func range(at mark: SchemaValue.Mark) -> Range<Int> {
    let line = min(max(Int(mark.line), 1), lineStarts.count) - 1
    let lineEnd = line + 1 < lineStarts.count ? lineStarts[line + 1] : bytes.count
    var start = lineStarts[line]
    var column = 1
    while column < Int(mark.column), start < lineEnd {
      start += 1
      while start < lineEnd, bytes[start] & 0xC0 == 0x80 { start += 1 }
      column += 1
    }
    return start..<end(from: start, lineEnd: lineEnd)
  }

  /// The most bytes of a range: many values can share one long line.
  private static let bytesMax = 200

  private func end(from start: Int, lineEnd: Int) -> Int {
    guard start < lineEnd else { return start }
    let lineEnd = min(lineEnd, start + Self.bytesMax)
    let quote = bytes[start]
    var end = start + 1
    if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
      while end < lineEnd, bytes[end] != quote {
        end += quote == UInt8(ascii: "\"") && bytes[end] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(end + 1, lineEnd)
    }
    while end < lineEnd, !endsPlain(at: end, lineEnd: lineEnd) { end += 1 }
    while end > start + 1, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[end - 1]) { end -= 1 }
    return end
  }

  /// Whether a plain scalar ends before an offset: at `: `, at a comment, at a comma or a bracket, or with the line.
  private func endsPlain(at offset: Int, lineEnd: Int) -> Bool {
    let isLast = offset + 1 >= lineEnd
    switch bytes[offset] {
    case UInt8(ascii: ":"): return isLast || [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset + 1])
    case UInt8(ascii: "#"): return bytes[offset - 1] == 0x20 || bytes[offset - 1] == 0x09
    case UInt8(ascii: "]"), UInt8(ascii: "}"): return true
    case UInt8(ascii: ","): return isLast || bytes[offset + 1] == 0x20
    default: return false
    }
  }
}
