import Diagnostics

/// Property values.
extension Parser {
  /// Reads `value { "," value }` with labels in between into the arena; false if something else stands there.
  mutating func parseValues(startingAt start: Int) -> Bool {
    while true {
      takeValueLabels(from: start)
      guard parseAtom(from: start) else { return false }
      takeValueLabels(from: start)
      guard token.isPunctuation(UInt8(ascii: ",")) else { return true }
      advance()
    }
  }

  @inline(__always)
  private mutating func takeValueLabels(from start: Int) {
    while token.kind == .label {
      mark(.label, from: start, text: tree.names.intern(token.text), span: token.span)
      advance()
    }
  }

  @inline(__always)
  private mutating func mark(_ kind: MarkerKind, from start: Int, text: NameID = .empty, span: SourceSpan) {
    tree.markers.append(
      Marker(
        kind: kind, offset: UInt32(truncatingIfNeeded: tree.values.count - start), text: text, span: span))
  }

  private mutating func parseAtom(from start: Int) -> Bool {
    switch token.kind {
    case .string:
      mark(.string, from: start, span: token.span)
      appendString()
      advance()
      return true
    case .punctuation where token.value == UInt64(UInt8(ascii: "<")):
      return parseArray(widthBits: 32, from: start)
    case .bits: return parseSizedArray(from: start)
    case .punctuation where token.value == UInt64(UInt8(ascii: "[")):
      return parseByteString(from: start)
    case .reference, .pathReference:
      mark(.pathReference, from: start, text: tree.names.intern(token.text), span: token.span)
      advance()
      return true
    case .incbin: return parseIncbin(from: start)
    default:
      report(
        .syntaxError, "expected a value, found \(tokenDescription)",
        help: token.kind == .integer || token.isPunctuation(UInt8(ascii: "("))
          || token.isPunctuation(UInt8(ascii: "-"))
          ? "numbers stand in angle brackets: `<0x1000>`" : nil)
      return false
    }
  }

  private mutating func appendString() {
    let text = token.text
    if text.contains(UInt8(ascii: "\\")) {
      var bytes: [UInt8] = []
      lexer.unescape(token) { bytes.append($0) }
      bytes.withUnsafeBufferPointer { tree.values.append($0) }
    } else {
      tree.values.append(text)
    }
    tree.values.append(0)
  }

  // MARK: Arrays

  private mutating func parseSizedArray(from start: Int) -> Bool {
    advance()
    guard token.kind == .integer else {
      report(.syntaxError, "expected 8, 16, 32 or 64 after `/bits/`, found \(tokenDescription)")
      return false
    }
    var bits = Int(truncatingIfNeeded: token.value)
    if ![8, 16, 32, 64].contains(token.value) {
      report(.syntaxError, "elements have 8, 16, 32 or 64 bits, not \(token.value)")
      bits = 32
    }
    advance()
    guard token.isPunctuation(UInt8(ascii: "<")) else {
      report(.syntaxError, "expected `<` after `/bits/ \(bits)`, found \(tokenDescription)")
      return false
    }
    return parseArray(widthBits: bits, from: start)
  }

  private mutating func parseArray(widthBits: Int, from start: Int) -> Bool {
    let open = token.span
    let kind: MarkerKind =
      switch widthBits {
      case 8: .cells8
      case 16: .cells16
      case 32: .cells32
      default: .cells64
      }
    mark(kind, from: start, span: open)
    advance()
    while true {
      switch token.kind {
      case .integer:
        append(token.value, widthBits: widthBits, span: token.span)
        advance()
      case .reference, .pathReference:
        appendReference(widthBits: widthBits, from: start)
        advance()
      case .label:
        mark(.label, from: start, text: tree.names.intern(token.text), span: token.span)
        advance()
      case .character:
        append(token.value, widthBits: widthBits, span: token.span)
        advance()
      case .punctuation where token.value == UInt64(UInt8(ascii: ">")):
        advance()
        return true
      case .punctuation where token.value == UInt64(UInt8(ascii: "(")):
        let first = token.span
        guard let value = parseIntegerPrimary("a number") else { return false }
        append(value, widthBits: widthBits, span: first.extended(to: previousEnd))
      default:
        reportInArray(open: open)
        return false
      }
    }
  }

  private mutating func reportInArray(open: SourceSpan) {
    let isOperator = "+-*/%~!|^".utf8.contains { token.isPunctuation($0) }
    lexer.findings.report(
      .syntaxError, "expected a number, a reference or `>`, found \(tokenDescription)", at: token.span,
      related: token.span.file == open.file ? [RelatedPlace("the array begins here", at: open)] : [],
      help: isOperator ? "expressions stand in parentheses: `<(1 + 2)>`" : nil)
  }

  private mutating func appendReference(widthBits: Int, from start: Int) {
    if widthBits == 32 {
      mark(.phandleReference, from: start, text: tree.names.intern(token.text), span: token.span)
    } else {
      report(
        .syntaxError, "a reference fits in an array of 32-bit elements only, this one has \(widthBits) bits")
    }
    tree.values.append(.max, width: widthBits / 8)
  }

  /// Appends an element.
  ///
  /// The bits above its width must be all zero, or all one for a negative number; else it is cut (dtc 1.8.1
  /// warns, 1.6.1 refuses).
  @inline(__always)
  private mutating func append(_ value: UInt64, widthBits: Int, span: SourceSpan) {
    if widthBits < 64, value >> UInt64(widthBits) != 0 { checkRange(value, widthBits: widthBits, span: span) }
    tree.values.append(value, width: widthBits / 8)
  }

  private mutating func checkRange(_ value: UInt64, widthBits: Int, span: SourceSpan) {
    let mask = (1 as UInt64) << UInt64(widthBits) - 1
    guard value | mask != .max else { return }
    let kept = String(value & mask, radix: 16)
    report(
      .truncatedCell,
      "0x\(String(value, radix: 16)) does not fit in \(widthBits) bits and is cut to 0x\(kept)", at: span,
      help: widthBits == 32 ? "write it as two cells, or use `/bits/ 64`" : nil)
  }

  private mutating func parseByteString(from start: Int) -> Bool {
    let open = token.span
    mark(.byteString, from: start, span: open)
    advance()
    while true {
      switch token.kind {
      case .byte:
        tree.values.append(UInt8(truncatingIfNeeded: token.value))
        advance()
      case .label:
        mark(.label, from: start, text: tree.names.intern(token.text), span: token.span)
        advance()
      case .punctuation where token.value == UInt64(UInt8(ascii: "]")):
        advance()
        return true
      default:
        lexer.findings.report(
          .syntaxError, "expected a byte of two hexadecimal digits or `]`, found \(tokenDescription)",
          at: token.span,
          related: token.span.file == open.file ? [RelatedPlace("the byte string begins here", at: open)] : []
        )
        lexer.mode = .value
        return false
      }
    }
  }

  // MARK: Files

  private mutating func parseIncbin(from start: Int) -> Bool {
    let place = token.span
    advance()
    guard takePunctuation(UInt8(ascii: "("), "after `/incbin/`") else { return false }
    guard token.kind == .string else {
      report(.syntaxError, "expected a file name, found \(tokenDescription)")
      return false
    }
    var name: [UInt8] = []
    lexer.unescape(token) { name.append($0) }
    let directory = lexer.directory
    advance()
    var offset: UInt64 = 0
    var length: UInt64?
    if token.isPunctuation(UInt8(ascii: ",")) {
      advance()
      guard let first = parseIntegerPrimary("an offset"), takePunctuation(UInt8(ascii: ","), "and a length"),
        let second = parseIntegerPrimary("a length")
      else { return false }
      offset = first
      length = second
    }
    guard takePunctuation(UInt8(ascii: ")"), "after `/incbin/`'s arguments") else { return false }
    mark(.included, from: start, span: place)
    appendFile(
      String(decoding: name.prefix { $0 != 0 }, as: UTF8.self), in: directory, offset, length,
      at: place.extended(to: previousEnd))
    return true
  }

  private mutating func appendFile(
    _ name: String, in directory: String, _ offset: UInt64, _ length: UInt64?, at place: SourceSpan
  ) {
    switch lexer.files.open(name, from: directory) {
    case .failure(let problem):
      report(.missingInclude, "cannot read `\(name)`: \(problem.reason)", at: place, help: problem.help)
    case .success(let file):
      let first = Int(min(offset, UInt64(file.bytes.count)))
      let count = Int(min(length ?? .max, UInt64(file.bytes.count - first)))
      if let length, UInt64(count) < length {
        report(
          .shortIncbin,
          "`\(name)` has \(file.bytes.count) bytes: \(count) of the \(length) bytes from \(offset) on are there",
          at: place)
      }
      file.bytes[first..<first + count].withUnsafeBufferPointer { tree.values.append($0) }
    }
  }
}
