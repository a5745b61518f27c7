import DTParse
import Diagnostics

/// A number, string or reference of a property's value, found again in its source text.
struct ValueToken: Hashable, Sendable {
  /// The first byte of the value that it makes.
  var offset: Int
  /// The number of bytes that it makes.
  var byteCount: Int
  /// Where it is written.
  var span: SourceSpan
  /// Whether it is a plain number, which another one can replace.
  var isNumber: Bool
}

extension Property {
  /// The tokens of the value that counts, in order; nil in a blob and where the text cannot be followed.
  var tokens: [ValueToken]? {
    guard let place = places.first, place.body.start < place.body.end else { return nil }
    let file = tree.sources[place.body.file]
    guard Int(place.body.end) <= file.bytes.count else { return nil }
    var reader = ValueTokenReader(file.bytes, place.body)
    guard let tokens = reader.read(), reader.offset == byteCount else { return nil }
    return tokens
  }

  /// The place of some bytes of the value: the tokens that make them, or else the whole value; nil in a blob.
  func span(ofBytes offset: Int, _ count: Int) -> SourceSpan? {
    let end = offset + count
    let hit = tokens?.filter { $0.offset < end && $0.offset + $0.byteCount > offset } ?? []
    guard let first = hit.first, let last = hit.last else { return valueSpan }
    return first.span.extended(to: last.span)
  }

  /// The edits that write another number into `cells` cells from a byte on; nil where they are not plain numbers.
  func edits(writing number: UInt64, at offset: Int, cells: Int) -> [SourceEdit]? {
    guard cells == 1 || cells == 2, let tokens else { return nil }
    let hit = tokens.filter { $0.offset < offset + 4 * cells && $0.offset + $0.byteCount > offset }
    guard hit.first?.offset == offset, hit.allSatisfy(\.isNumber) else { return nil }
    guard hit.reduce(0, { $0 + $1.byteCount }) == 4 * cells else { return nil }
    var edits: [SourceEdit] = []
    for token in hit {
      let below = offset + 4 * cells - token.offset - token.byteCount
      let part = below >= 8 ? 0 : number >> UInt64(8 * below)
      let value = token.byteCount == 4 ? part & 0xffff_ffff : part
      let old = withBytes { $0.number(at: token.offset, cells: token.byteCount / 4) }
      if value != old { edits.append(SourceEdit(span: token.span, text: Text.hex(value))) }
    }
    return edits
  }
}

/// Follows the text of a value: arrays, strings, byte strings and references.
private struct ValueTokenReader {
  private let bytes: [UInt8]
  private let file: SourceFileID
  private let end: Int
  private var position: Int
  private var width = 4
  private var tokens: [ValueToken] = []
  /// Bytes of the value so far.
  private(set) var offset = 0

  init(_ bytes: [UInt8], _ span: SourceSpan) {
    self.bytes = bytes
    file = span.file
    position = Int(span.start)
    end = Int(span.end)
  }

  private var byte: UInt8 { position < end ? bytes[position] : 0 }

  private func isNext(_ text: StaticString) -> Bool {
    guard position + text.utf8CodeUnitCount <= end else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
  }

  mutating func read() -> [ValueToken]? {
    while true {
      guard skipBlanks() else { return nil }
      guard position < end else { return tokens }
      let isGood =
        switch byte {
        case UInt8(ascii: ","): skip(1)
        case UInt8(ascii: "\""): readString()
        case UInt8(ascii: "<"): readArray()
        case UInt8(ascii: "["): readByteString()
        case UInt8(ascii: "/"): readWidth()
        default: skipLabel()
        }
      guard isGood else { return nil }
    }
  }

  private mutating func skip(_ count: Int) -> Bool {
    position += count
    return position <= end
  }

  /// Skips blanks, comments and line markers.
  private mutating func skipBlanks() -> Bool {
    while position < end {
      if [0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d].contains(byte) {
        position += 1
      } else if isNext("//") || byte == UInt8(ascii: "#") {
        while position < end, byte != 0x0a { position += 1 }
      } else if isNext("/*") {
        position += 2
        while position < end, !isNext("*/") { position += 1 }
        guard skip(2) else { return false }
      } else {
        return true
      }
    }
    return true
  }

  private mutating func add(_ count: Int, from start: Int, isNumber: Bool = false) {
    let span = SourceSpan(file: file, start: UInt32(start), end: UInt32(position))
    tokens.append(ValueToken(offset: offset, byteCount: count, span: span, isNumber: isNumber))
    offset += count
  }

  private mutating func readString() -> Bool {
    let start = position
    var count = 1
    position += 1
    while position < end, byte != UInt8(ascii: "\"") {
      // What an escape makes is not counted here.
      if byte == UInt8(ascii: "\\") { return false }
      position += 1
      count += 1
    }
    guard skip(1) else { return false }
    add(count, from: start)
    return true
  }

  private mutating func readByteString() -> Bool {
    position += 1
    while true {
      guard skipBlanks(), position < end else { return false }
      if byte == UInt8(ascii: "]") { return skip(1) }
      let start = position
      guard isHex(byte), position + 1 < end, isHex(bytes[position + 1]) else { return false }
      position += 2
      add(1, from: start)
    }
  }

  private func isHex(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
  }

  private func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == UInt8(ascii: "_")
  }

  /// `/bits/ N`, which holds for the next array.
  private mutating func readWidth() -> Bool {
    guard isNext("/bits/") else { return false }
    position += 6
    guard skipBlanks() else { return false }
    let start = position
    while position < end, isWord(byte) { position += 1 }
    guard let bits = Int(String(decoding: bytes[start..<position], as: UTF8.self)),
      [8, 16, 32, 64].contains(bits)
    else { return false }
    width = bits / 8
    return true
  }

  private mutating func skipLabel() -> Bool {
    let start = position
    while position < end, isWord(byte) { position += 1 }
    guard position > start, byte == UInt8(ascii: ":") else { return false }
    return skip(1)
  }

  private mutating func readArray() -> Bool {
    position += 1
    while true {
      guard skipBlanks(), position < end else { return false }
      let start = position
      switch byte {
      case UInt8(ascii: ">"):
        width = 4
        return skip(1)
      case UInt8(ascii: "&"):
        guard readReference() else { return false }
        add(4, from: start)
      case UInt8(ascii: "("), UInt8(ascii: "'"):
        guard byte == UInt8(ascii: "(") ? readParentheses() : readCharacter() else { return false }
        add(width, from: start)
      default:
        while position < end, isWord(byte) { position += 1 }
        guard position > start else { return false }
        if byte == UInt8(ascii: ":") {
          position += 1
        } else {
          guard (0x30...0x39).contains(bytes[start]) else { return false }
          add(width, from: start, isNumber: width >= 4)
        }
      }
    }
  }

  private mutating func readReference() -> Bool {
    position += 1
    let isPath = byte == UInt8(ascii: "{")
    while position < end, isPath ? byte != UInt8(ascii: "}") : isWord(byte) { position += 1 }
    return isPath ? skip(1) : true
  }

  private mutating func readCharacter() -> Bool {
    position += 1
    while position < end, byte != UInt8(ascii: "'") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
    return skip(1)
  }

  private mutating func readParentheses() -> Bool {
    var depth = 0
    repeat {
      if byte == UInt8(ascii: "'") {
        guard readCharacter() else { return false }
        continue
      }
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      position += 1
    } while depth > 0 && position < end
    return depth == 0
  }
}
