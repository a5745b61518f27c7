import Diagnostics

/// What is expected, what is there instead, and where reading goes on.
extension Parser {
  /// Takes `;`.
  ///
  /// If it is missing at the end of a line, reading goes on as if it were there.
  mutating func expectSemicolon(_ context: String) {
    if token.isPunctuation(UInt8(ascii: ";")) { return advance() }
    let isNextLine = startsNewLine(token)
    if isNextLine || token.isPunctuation(UInt8(ascii: "}")) || token.kind == .endOfFile {
      let place = SourceSpan(file: previousEnd.file, start: previousEnd.end, end: previousEnd.end)
      report(.syntaxError, "expected `;` \(context)", at: place)
      lexer.rewind(to: token, mode: .name)
      token = lexer.next()
      if !beginsStatement { skipStatement() }
      return
    }
    report(.syntaxError, "expected `;` \(context), found \(tokenDescription)")
    skipStatement()
  }

  /// Whether a statement can begin with the token, or a body end with it.
  private var beginsStatement: Bool {
    switch token.kind {
    case .name, .label, .reference, .pathReference, .deleteNode, .deleteProperty, .omitIfNoReference,
      .memreserve,
      .endOfFile, .plugin, .versionTag:
      true
    case .punctuation: token.value == UInt64(UInt8(ascii: "}")) || token.value == UInt64(UInt8(ascii: "/"))
    default: false
    }
  }

  /// Whether a line end stands between the last token and this one.
  private func startsNewLine(_ token: Token) -> Bool {
    guard token.file == previousEnd.file, token.kind != .endOfFile else { return false }
    let between = lexer.bytes(from: previousEnd.end, to: token.start)
    return between.contains(UInt8(ascii: "\n"))
  }

  mutating func takePunctuation(_ character: UInt8, _ context: String) -> Bool {
    if token.isPunctuation(character) {
      advance()
      return true
    }
    report(
      .syntaxError,
      "expected `\(Character(UnicodeScalar(character)))` \(context), found \(tokenDescription)")
    return false
  }

  /// Skips to the end of the statement: behind its `;`, or before the `}` of the body that it stands in.
  mutating func skipStatement() {
    lexer.rewind(to: token, mode: .value)
    lexer.skipRaw(stopsAtSemicolon: true)
    lexer.mode = .name
    advance()
  }

  /// Skips `{ … }` and a `;` behind it, however deep it is nested; the token is the `{`.
  mutating func skipBalancedBody() {
    lexer.rewind(to: token, mode: .value)
    lexer.skipRaw(stopsAtSemicolon: false)
    lexer.mode = .name
    advance()
    if token.isPunctuation(UInt8(ascii: ";")) { advance() }
  }

  /// The token as a person would name it.
  var tokenDescription: String {
    switch token.kind {
    case .endOfFile: return "the end of the file"
    case .string: return "a string"
    case .label: return "the label `\(token.string):`"
    case .punctuation:
      switch token.value {
      case 0x20..<0x7f: return "`\(Character(UnicodeScalar(UInt8(token.value))))`"
      default: return "byte 0x\(String(token.value, radix: 16))"
      }
    default: return "`\(sourceText(token))`"
    }
  }

  /// The source of a token, as it is written.
  func sourceText(_ token: Token) -> String {
    switch token.kind {
    case .reference: return "&" + token.string
    case .pathReference: return "&{" + token.string + "}"
    case .versionTag: return "/dts-v1/"
    case .plugin: return "/plugin/"
    case .memreserve: return "/memreserve/"
    case .bits: return "/bits/"
    case .deleteProperty: return "/delete-property/"
    case .deleteNode: return "/delete-node/"
    case .omitIfNoReference: return "/omit-if-no-ref/"
    case .incbin: return "/incbin/"
    default:
      let end = token.textStart + Int(token.end - token.start)
      return String(
        decoding: UnsafeBufferPointer(start: token.textStart, count: min(end - token.textStart, 80)),
        as: UTF8.self)
    }
  }
}

extension Token {
  /// The token's text; bytes that are no UTF-8 are replaced.
  var string: String { String(decoding: text, as: UTF8.self) }
}
