import Diagnostics

/// Numbers, characters and the escapes of strings.
extension Lexer {
  @inline(__always)
  func hexValue(_ digit: UInt8) -> UInt64 {
    UInt64(
      digit <= UInt8(ascii: "9") ? digit &- UInt8(ascii: "0") : (digit | 0x20) &- (UInt8(ascii: "a") - 10))
  }

  /// Reads a number: decimal, octal with a leading 0, hexadecimal with 0x, and one of the suffixes U L UL LL ULL.
  @inline(__always)
  mutating func readInteger() -> Token {
    let start = cursor
    var p = cursor
    var value: UInt64 = 0
    var isOverflown = false
    var isBad = false
    if p[0] == UInt8(ascii: "0"), p[1] | 0x20 == UInt8(ascii: "x"), has(p[2], .hexDigit) {
      p += 2
      while has(p.pointee, .hexDigit) {
        isOverflown = isOverflown || value >> 60 != 0
        value = value &<< 4 | hexValue(p.pointee)
        p += 1
      }
    } else {
      let radix: UInt64 = p[0] == UInt8(ascii: "0") ? 8 : 10
      while has(p.pointee, .digit) {
        let digit = UInt64(p.pointee &- UInt8(ascii: "0"))
        isBad = isBad || digit >= radix
        let (scaled, over) = value.multipliedReportingOverflow(by: radix)
        let (sum, carry) = scaled.addingReportingOverflow(digit)
        isOverflown = isOverflown || over || carry
        value = sum
        p += 1
      }
    }
    p += suffixLength(p)
    cursor = p
    var token = Token(
      kind: .integer, file: file, start: offset(start), end: offset(p), textStart: start,
      textCount: p - start,
      value: value)
    if isBad || isOverflown {
      let text = String(decoding: token.text, as: UTF8.self)
      findings.report(
        .invalidToken, isBad ? "`\(text)` is no octal number" : "`\(text)` does not fit in 64 bits",
        at: token.span,
        help: isBad ? "a leading 0 makes a number octal; drop it, or write 0x for hexadecimal" : nil)
      token.isBad = true
    }
    return token
  }

  @inline(__always)
  private func suffixLength(_ p: UnsafePointer<UInt8>) -> Int {
    var length = p[0] == UInt8(ascii: "U") ? 1 : 0
    if p[length] == UInt8(ascii: "L") { length += p[length + 1] == UInt8(ascii: "L") ? 2 : 1 }
    return length
  }

  /// Reads a character literal.
  ///
  /// The scanner takes the longest match of `'([^']|\\')*'`, blind to `\\`: a quote after a backslash may
  /// close the literal or not.
  mutating func readCharacter() -> Token? {
    let start = cursor
    var end: UnsafePointer<UInt8>?
    let limit = start + files.limits.characterLiteralBytesMax
    var p = start + 1
    while p < limit {
      if p.pointee == 0, isAtEnd(p) { break }
      if p.pointee == UInt8(ascii: "'") {
        end = p
        if p[-1] != UInt8(ascii: "\\") || p - 1 == start { break }
      }
      p += 1
    }
    guard let end else { return nil }
    cursor = end + 1
    var token = Token(
      kind: .character, file: file, start: offset(start), end: offset(cursor), textStart: start + 1,
      textCount: end - start - 1, value: 0)
    var bytes = 0
    unescape(token) {
      bytes += 1
      token.value = UInt64($0)
    }
    if bytes != 1 {
      findings.report(
        .invalidToken, "a character literal holds one character, this one \(bytes)", at: token.span)
      token.isBad = true
    }
    return token
  }

  /// Gives the bytes that a string or character token stands for to `emit`.
  mutating func unescape(_ token: Token, _ emit: (UInt8) -> Void) {
    let text = token.text
    var index = 0
    while index < text.count {
      let byte = text[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < text.count else {
        emit(byte)
        continue
      }
      let escape = text[index]
      index += 1
      switch escape {
      case UInt8(ascii: "a"): emit(7)
      case UInt8(ascii: "b"): emit(8)
      case UInt8(ascii: "t"): emit(9)
      case UInt8(ascii: "n"): emit(10)
      case UInt8(ascii: "v"): emit(11)
      case UInt8(ascii: "f"): emit(12)
      case UInt8(ascii: "r"): emit(13)
      case UInt8(ascii: "0")...UInt8(ascii: "7"):
        var value = UInt32(escape - UInt8(ascii: "0"))
        var digits = 1
        while digits < 3, index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(text[index]) {
          value = value << 3 | UInt32(text[index] - UInt8(ascii: "0"))
          index += 1
          digits += 1
        }
        emit(UInt8(truncatingIfNeeded: value))
      case UInt8(ascii: "x"):
        emit(unescapeHexadecimal(text, &index, token))
      default: emit(escape)
      }
    }
  }

  private mutating func unescapeHexadecimal(
    _ text: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ token: Token
  ) -> UInt8 {
    var value: UInt64 = 0
    var digits = 0
    while digits < 2, index < text.count, has(text[index], .hexDigit) {
      value = value << 4 | hexValue(text[index])
      index += 1
      digits += 1
    }
    if digits == 0 {
      let place = token.start + 1 + UInt32(index)
      findings.report(
        .invalidToken, "`\\x` is not followed by a hexadecimal digit",
        at: SourceSpan(file: token.file, start: place - 2, end: place))
    }
    return UInt8(truncatingIfNeeded: value)
  }
}
