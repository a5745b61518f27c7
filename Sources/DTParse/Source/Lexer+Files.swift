import Diagnostics

/// `/include/` and line markers: which file is read, and what its lines are called.
extension Lexer {
  /// Enters the file of an `/include/ "name"` at the cursor; false if none stands there.
  mutating func readInclude() -> Bool {
    guard starts(with: "/include/") else { return false }
    let start = cursor
    var quote = cursor + 9
    while has(quote.pointee, .space) { quote += 1 }
    guard quote.pointee == UInt8(ascii: "\"") else { return false }
    cursor = quote
    guard let token = readString() else {
      cursor = start
      return false
    }
    enterFile(String(decoding: token.text, as: UTF8.self), at: span(start, cursor))
    return true
  }

  private mutating func enterFile(_ name: String, at place: SourceSpan) {
    guard frames.count + 1 < files.limits.includeDepthMax else {
      findings.report(
        .limitExceeded, "`/include/` is nested more than \(files.limits.includeDepthMax) deep", at: place,
        help: "look for a file that includes itself")
      return
    }
    switch files.open(name, from: directory) {
    case .failure(let problem):
      findings.lacksText = true
      findings.report(
        .missingInclude, "cannot include `\(name)`: \(problem.reason)", at: place, help: problem.help)
    case .success(let opened):
      frames.append(Frame(buffer: buffer, file: file, directory: directory, cursor: cursor))
      file = sources.add(SourceFile(name: opened.path, bytes: opened.bytes, includedFrom: place))
      directory = opened.directory
      buffer = InputBuffer(opened.bytes)
      unclosedString = nil
      cursor = buffer.base
    }
  }

  mutating func leaveFile() {
    guard let frame = frames.popLast() else { return }
    finished.append(buffer)
    buffer = frame.buffer
    unclosedString = nil
    file = frame.file
    directory = frame.directory
    cursor = frame.cursor
  }

  /// Reads a line marker, `# 12 "name"`, which counts at the first column only; false if none stands here.
  mutating func readLineMarker() -> Bool {
    guard cursor == buffer.base || cursor[-1] == UInt8(ascii: "\n") else { return false }
    let start = cursor
    var p = cursor + 1
    if p[0] == UInt8(ascii: "l"), p[1] == UInt8(ascii: "i"), p[2] == UInt8(ascii: "n"),
      p[3] == UInt8(ascii: "e")
    {
      p += 4
    }
    guard skipBlanks(&p), has(p.pointee, .digit) else { return false }
    var line = 0
    while has(p.pointee, .digit) {
      line = min(line * 10 + Int(p.pointee - UInt8(ascii: "0")), 1 << 40)
      p += 1
    }
    guard skipBlanks(&p), p.pointee == UInt8(ascii: "\"") else { return false }
    cursor = p
    guard let name = readString() else {
      cursor = start
      return false
    }
    p = cursor
    while true {
      var flag = p
      guard skipBlanks(&flag), has(flag.pointee, .digit) else { break }
      while has(flag.pointee, .digit) { flag += 1 }
      p = flag
    }
    cursor = p
    record(line: line, name: name, markerEnd: p)
    return true
  }

  private func skipBlanks(_ p: inout UnsafePointer<UInt8>) -> Bool {
    let start = p
    while p.pointee == UInt8(ascii: " ") || p.pointee == UInt8(ascii: "\t") { p += 1 }
    return p > start
  }

  private mutating func record(line: Int, name: Token, markerEnd: UnsafePointer<UInt8>) {
    guard let fileName = markerFileName(name) else {
      findings.report(.invalidToken, "the file name of a line marker holds a NUL byte", at: name.span)
      return
    }
    var rest = markerEnd
    while rest < buffer.limit, rest.pointee != UInt8(ascii: "\n") { rest += 1 }
    let next = rest < buffer.limit ? rest + 1 : rest
    sources.add(LineMarker(offset: offset(next), line: line, name: fileName), to: file)
  }

  /// The name in a marker, with its escapes decoded; a name is decoded once however often it comes.
  private mutating func markerFileName(_ token: Token) -> String? {
    let id = markerTexts.intern(token.text)
    if id.index < markerNames.count { return markerNames[id.index] }
    var text: [UInt8] = []
    unescape(token) { text.append($0) }
    let name = text.contains(0) ? nil : String(decoding: text, as: UTF8.self)
    markerNames.append(name)
    if let name { files.note(marker: name) }
    return name
  }
}
