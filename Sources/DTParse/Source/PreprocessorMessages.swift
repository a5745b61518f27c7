import Diagnostics

/// Turns what the C preprocessor prints into findings with positions.
struct PreprocessorMessages {
  /// A line of the form `file:line:column: kind: text`.
  struct Message: Hashable {
    let file: String
    let line: Int
    let column: Int
    let severity: Severity
    let text: String
  }

  /// How many messages are taken over.
  private static let messagesMax = 100

  /// The messages in a compiler's output; lines that explain (`In file included from`, carets) are passed over.
  static func parse(_ output: [UInt8]) -> [Message] {
    var messages: [Message] = []
    for line in output.split(separator: UInt8(ascii: "\n")) where messages.count < messagesMax {
      if let message = parse(line: String(decoding: line, as: UTF8.self)) { messages.append(message) }
    }
    return messages
  }

  private static func parse(line: String) -> Message? {
    for (word, severity) in [
      (": fatal error: ", Severity.error), (": error: ", .error), (": warning: ", .warning),
    ] {
      guard let range = line.range(ofUTF8: word) else { continue }
      let place = line[..<range.lowerBound].split(separator: ":")
      guard place.count >= 3, let row = Int(place[place.count - 2]), let column = Int(place[place.count - 1])
      else {
        continue
      }
      return Message(
        file: place.dropLast(2).joined(separator: ":"), line: row, column: column, severity: severity,
        text: String(line[range.upperBound...]))
    }
    return nil
  }

  /// Reports messages, with spans in files that are added to `sources`.
  static func report(
    _ messages: [Message], to findings: inout FindingSink, sources: inout SourceMap, bytesMax: Int
  ) {
    var known: [String: SourceFileID] = [:]
    for message in messages {
      var diagnostic = Diagnostic(
        Rule.preprocessorError.id, message.severity, "the C preprocessor says: \(message.text)")
      if let file = known[message.file] ?? add(message.file, to: &sources, bytesMax: bytesMax) {
        known[message.file] = file
        diagnostic.span = span(message, in: sources[file], file)
      } else {
        diagnostic.file = message.file
      }
      if message.text.hasSuffix("No such file or directory") {
        diagnostic.help = "add the folder that holds it with -I"
      }
      findings.report(diagnostic)
    }
  }

  private static func add(_ name: String, to sources: inout SourceMap, bytesMax: Int) -> SourceFileID? {
    guard case .success(let bytes) = FileSystem.read(name, bytesMax: bytesMax) else { return nil }
    return sources.add(SourceFile(name: name, bytes: bytes))
  }

  private static func span(_ message: Message, in file: SourceFile, _ id: SourceFileID) -> SourceSpan {
    let starts = file.lineStarts
    let index = min(max(message.line - 1, 0), starts.count - 1)
    let line = file.line(index)
    let start = Int(starts[index]) + min(max(message.column - 1, 0), line.count)
    var end = start
    while end < line.endIndex, !(line[end] == 0x20 || line[end] == 0x09) { end += 1 }
    return SourceSpan(file: id, start: UInt32(start), end: UInt32(max(end, min(start + 1, line.endIndex))))
  }
}

extension String {
  /// The first place of an ASCII text.
  fileprivate func range(ofUTF8 text: String) -> Range<String.Index>? {
    let wanted = Array(text.utf8)
    var start = utf8.startIndex
    while start != utf8.endIndex {
      if utf8[start...].starts(with: wanted) { return start..<utf8.index(start, offsetBy: wanted.count) }
      start = utf8.index(after: start)
    }
    return nil
  }
}
