import Diagnostics

/// Turns devicetree source into tokens, as dtc's scanner does: the longest match wins, and what a name or a number is
/// depends on the mode that the tokens before have set.
///
/// `/include/` and line markers are dealt with here and are seen by nobody else.
struct Lexer: ~Copyable {
  enum Mode {
    /// Before the first keyword: neither names nor numbers.
    case start
    /// Names of nodes and properties.
    case name
    /// Values.
    case value
    /// Inside `[ ]`.
    case bytes
  }

  /// A file that is being read, and where.
  struct Frame {
    var buffer: InputBuffer
    var file: SourceFileID
    var directory: String
    var cursor: UnsafePointer<UInt8>
  }

  var mode = Mode.start
  var cursor: UnsafePointer<UInt8>
  var buffer: InputBuffer
  var file: SourceFileID
  /// The folder of the file being read, for `/include/` and `/incbin/`.
  var directory: String
  var frames: [Frame] = []
  /// Where a string was looked for that no quote closes; quotes in between open no string either.
  var unclosedString: Range<UnsafePointer<UInt8>>?
  /// Files that have been read to their end; tokens of the parser still point into them.
  var finished: [InputBuffer] = []
  var markerTexts = NameTable()
  var markerNames: [String?] = [""]
  private let classes: UnsafePointer<UInt8>
  var sources: SourceMap
  var findings: FindingSink
  var files: SourceFileAccess

  init(
    root: SourceFile, directory: String, files: consuming SourceFileAccess, findings: FindingSink,
    sources: SourceMap
  ) {
    self.sources = sources
    self.file = self.sources.add(root)
    self.directory = directory
    self.buffer = InputBuffer(root.bytes)
    self.cursor = buffer.base
    self.files = files
    self.findings = findings
    let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for (byte, of) in CharacterClass.table.enumerated() { table[byte] = of }
    self.classes = UnsafePointer(table)
  }

  deinit { classes.deallocate() }

  // MARK: Places

  /// Whether a pointer stands behind the last byte of the file being read.
  func isAtEnd(_ pointer: UnsafePointer<UInt8>) -> Bool { pointer >= buffer.limit }

  @inline(__always)
  func offset(_ pointer: UnsafePointer<UInt8>) -> UInt32 { UInt32(truncatingIfNeeded: pointer - buffer.base) }

  @inline(__always)
  func has(_ byte: UInt8, _ class: CharacterClass) -> Bool { classes[Int(byte)] & `class`.rawValue != 0 }

  /// Goes back to the start of a token of the file being read, to read it in another mode.
  mutating func rewind(to token: Token, mode: Mode) {
    guard token.file == file else { return }
    cursor = buffer.base + Int(token.start)
    self.mode = mode
  }

  @inline(__always)
  private func make(
    _ kind: TokenKind, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, value: UInt64 = 0,
    text: UnsafePointer<UInt8>? = nil, count: Int = 0
  ) -> Token {
    Token(
      kind: kind, file: file, start: offset(start), end: offset(end), textStart: text ?? start,
      textCount: count,
      value: value)
  }

  /// The bytes between two pointers into the file being read.
  func span(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> SourceSpan {
    SourceSpan(file: file, start: offset(start), end: offset(end))
  }

  /// Some bytes of the file being read.
  func bytes(from start: UInt32, to end: UInt32) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: buffer.base + Int(start), count: max(0, Int(end) - Int(start)))
  }

  /// Skips these bytes if they come next.
  mutating func skip(_ bytes: [UInt8]) -> Bool {
    for (index, byte) in bytes.enumerated() where cursor[index] != byte { return false }
    cursor += bytes.count
    return true
  }

  /// Skips text of no interest without making tokens: up to and with the next `;`, or up to the `}` of the
  /// enclosing body (`stopsAtSemicolon`), or behind the `}` that closes the next `{`.
  ///
  /// Strings and comments are respected.
  mutating func skipRaw(stopsAtSemicolon: Bool) {
    var depth = 0
    while cursor < buffer.limit {
      switch cursor.pointee {
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        if depth == 0 { return }
        depth -= 1
        if depth == 0, !stopsAtSemicolon {
          cursor += 1
          return
        }
      case UInt8(ascii: ";"):
        if depth == 0, stopsAtSemicolon {
          cursor += 1
          return
        }
      case UInt8(ascii: "\""):
        if readString() != nil { continue }
      case UInt8(ascii: "/"):
        if skipComment() { continue }
      default: break
      }
      cursor += 1
    }
  }

  // MARK: The next token

  /// Reads the next token.
  mutating func next() -> Token {
    while true {
      let byte = cursor.pointee
      if has(byte, .space) {
        cursor += 1
        continue
      }
      switch byte {
      case 0:
        if cursor == buffer.limit {
          if frames.isEmpty { return make(.endOfFile, cursor, cursor) }
          leaveFile()
          continue
        }
      case UInt8(ascii: "#"):
        if readLineMarker() { continue }
      case UInt8(ascii: "/"):
        if skipComment() { continue }
        if let token = readKeyword() { return token }
        if readInclude() { continue }
      case UInt8(ascii: "\""):
        if let token = readString() { return token }
      case UInt8(ascii: "&"):
        if let token = readReference() { return token }
      case UInt8(ascii: "'"):
        if let token = readCharacter() { return token }
      default: break
      }
      if has(byte, .labelStart), let token = readLabel() { return token }
      if let token = readInMode(byte) { return token }
      return readOperator(byte)
    }
  }

  @inline(__always)
  private mutating func readInMode(_ byte: UInt8) -> Token? {
    switch mode {
    case .name:
      if has(byte, .name) || byte == UInt8(ascii: "\\") { return readName(byte) }
    case .value:
      if has(byte, .digit) { return readInteger() }
    case .bytes:
      if has(byte, .hexDigit), has(cursor[1], .hexDigit) {
        let start = cursor
        cursor += 2
        return make(.byte, start, cursor, value: hexValue(byte) << 4 | hexValue(start[1]))
      }
    case .start: break
    }
    return nil
  }

  private mutating func readLabel() -> Token? {
    var end = cursor + 1
    while has(end.pointee, .label) { end += 1 }
    guard end.pointee == UInt8(ascii: ":") else { return nil }
    let start = cursor
    cursor = end + 1
    return make(.label, start, cursor, text: start, count: end - start)
  }

  @inline(__always)
  private mutating func readName(_ byte: UInt8) -> Token? {
    let start = cursor
    let text = byte == UInt8(ascii: "\\") ? cursor + 1 : cursor
    var end = text
    while has(end.pointee, .name) { end += 1 }
    guard end > text else { return nil }
    cursor = end
    mode = .value
    return make(.name, start, end, text: text, count: end - text)
  }

  private mutating func readReference() -> Token? {
    let start = cursor
    if has(cursor[1], .labelStart) {
      var end = cursor + 2
      while has(end.pointee, .label) { end += 1 }
      cursor = end
      return make(.reference, start, end, text: start + 1, count: end - start - 1)
    }
    guard cursor[1] == UInt8(ascii: "{") else { return nil }
    let text = cursor + 2
    var end = text
    if has(end.pointee, .labelStart) {
      while has(end.pointee, .label) { end += 1 }
    }
    guard end.pointee == UInt8(ascii: "/") else { return nil }
    while has(end.pointee, .name) || end.pointee == UInt8(ascii: "/") { end += 1 }
    guard end.pointee == UInt8(ascii: "}") else { return nil }
    cursor = end + 1
    return make(.pathReference, start, cursor, text: text, count: end - text)
  }

  mutating func readString() -> Token? {
    if let unclosedString, unclosedString.contains(cursor) { return nil }
    let start = cursor
    var end = cursor + 1
    while end < buffer.limit {
      switch end.pointee {
      case UInt8(ascii: "\""):
        cursor = end + 1
        return make(.string, start, cursor, text: start + 1, count: end - start - 1)
      case UInt8(ascii: "\\"):
        if end + 1 >= buffer.limit || end[1] == UInt8(ascii: "\n") {
          unclosedString = start..<end
          return nil
        }
        end += 2
      default: end += 1
      }
    }
    unclosedString = start..<end
    return nil
  }

  private mutating func readOperator(_ byte: UInt8) -> Token {
    let start = cursor
    let second = cursor[1]
    var kind = TokenKind.punctuation
    switch (byte, second) {
    case (UInt8(ascii: "<"), UInt8(ascii: "<")): kind = .shiftLeft
    case (UInt8(ascii: ">"), UInt8(ascii: ">")): kind = .shiftRight
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): kind = .lessOrEqual
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): kind = .greaterOrEqual
    case (UInt8(ascii: "="), UInt8(ascii: "=")): kind = .equal
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): kind = .notEqual
    case (UInt8(ascii: "&"), UInt8(ascii: "&")): kind = .and
    case (UInt8(ascii: "|"), UInt8(ascii: "|")): kind = .or
    default: break
    }
    cursor += kind == .punctuation ? 1 : 2
    if kind == .punctuation {
      switch byte {
      case UInt8(ascii: "["): mode = .bytes
      case UInt8(ascii: "]"): if mode == .bytes { mode = .value }
      case UInt8(ascii: "{"), UInt8(ascii: ";"): mode = .name
      default: break
      }
    }
    return make(kind, start, cursor, value: UInt64(byte))
  }

  // MARK: Comments, keywords

  /// Skips the comment at the cursor; false if there is none that is closed.
  private mutating func skipComment() -> Bool {
    if cursor[1] == UInt8(ascii: "*") {
      var end = cursor + 2
      while end < buffer.limit {
        if end.pointee == UInt8(ascii: "*"), end[1] == UInt8(ascii: "/") {
          cursor = end + 2
          return true
        }
        end += 1
      }
      findings.report(
        .unterminatedComment, "comment is not closed before the end of the file", at: span(cursor, cursor + 2)
      )
      cursor = buffer.limit
      return true
    }
    guard cursor[1] == UInt8(ascii: "/") else { return false }
    while cursor < buffer.limit, cursor.pointee != UInt8(ascii: "\n") { cursor += 1 }
    return true
  }

  private static let keywords: [(text: StaticString, kind: TokenKind, mode: Mode?)] = [
    ("/delete-node/", .deleteNode, .name), ("/delete-property/", .deleteProperty, .name),
    ("/bits/", .bits, .value), ("/omit-if-no-ref/", .omitIfNoReference, .name),
    ("/dts-v1/", .versionTag, .value), ("/plugin/", .plugin, nil), ("/memreserve/", .memreserve, .value),
  ]

  private mutating func readKeyword() -> Token? {
    guard has(cursor[1], .labelStart) else { return nil }
    for keyword in Self.keywords where starts(with: keyword.text) {
      let start = cursor
      cursor += keyword.text.utf8CodeUnitCount
      if let mode = keyword.mode { self.mode = mode }
      return make(keyword.kind, start, cursor)
    }
    if mode == .value || mode == .start, starts(with: "/incbin/") {
      let start = cursor
      cursor += 8
      return make(.incbin, start, cursor)
    }
    return nil
  }

  func starts(with text: StaticString) -> Bool {
    let expected = text.utf8Start
    for index in 0..<text.utf8CodeUnitCount where cursor[index] != expected[index] { return false }
    return true
  }
}
