/// A Swift file with its code and its comments told apart, line by line.
struct SwiftSource {
  /// What a check objects to.
  struct Objection: Hashable, CustomStringConvertible {
    let line: Int
    let what: String
    var description: String { "\(line): \(what)" }
  }

  /// The lines as they are.
  let lines: [String]
  /// The lines with blanks for comments and for the contents of strings.
  let code: [String]
  /// The lines with blanks for all but comments.
  let comments: [String]

  init(_ text: String) {
    var scanner = Scanner(Array(text))
    scanner.run()
    func split(_ text: String) -> [String] {
      text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
    lines = split(text)
    code = split(String(scanner.code))
    comments = split(String(scanner.comments))
  }

  /// Tells code, comments and strings apart.
  ///
  /// Interpolations are code within strings.
  private struct Scanner {
    private enum Mode {
      case code(openParentheses: Int)
      case string(hashes: Int, isMultiline: Bool)
    }

    private let text: [Character]
    private var at = 0
    private var modes: [Mode] = [.code(openParentheses: 0)]
    var code: [Character] = []
    var comments: [Character] = []

    init(_ text: [Character]) { self.text = text }

    private func starts(_ word: String) -> Bool { text[at...].starts(with: word) }

    private mutating func take(_ count: Int, toCode: Bool = false, toComments: Bool = false) {
      for character in text[at..<min(at + count, text.count)] {
        let blank: Character = character.isNewline ? "\n" : " "
        code.append(toCode ? character : blank)
        comments.append(toComments ? character : blank)
      }
      at = min(at + count, text.count)
    }

    mutating func run() {
      while at < text.count {
        switch modes[modes.count - 1] {
        case .code(let depth): scanCode(depth)
        case .string(let hashes, let isMultiline): scanString(hashes, isMultiline)
        }
      }
    }

    private mutating func scanCode(_ depth: Int) {
      if starts("//") {
        while at < text.count, !text[at].isNewline { take(1, toComments: true) }
      } else if starts("/*") {
        scanBlockComment()
      } else if text[at] == "\"" || text[at] == "#" {
        let hashes = text[at...].prefix { $0 == "#" }.count
        let rest = text[(at + hashes)...]
        if rest.first == "\"" {
          let isMultiline = rest.starts(with: "\"\"\"")
          modes.append(.string(hashes: hashes, isMultiline: isMultiline))
          take(hashes + (isMultiline ? 3 : 1), toCode: true)
        } else if hashes > 0, rest.first == "/" {
          let end = "/" + String(repeating: "#", count: hashes)
          take(hashes + 1)
          while at < text.count, !starts(end) { take(1) }
          take(end.count)
        } else {
          take(max(1, hashes), toCode: true)
        }
      } else {
        let change = text[at] == "(" ? 1 : text[at] == ")" ? -1 : 0
        if depth == 0, change < 0, modes.count > 1 {
          modes.removeLast()
        } else {
          modes[modes.count - 1] = .code(openParentheses: depth + change)
        }
        take(1, toCode: true)
      }
    }

    private mutating func scanBlockComment() {
      var depth = 0
      repeat {
        let change = starts("/*") ? 1 : starts("*/") ? -1 : 0
        depth += change
        take(change == 0 ? 1 : 2, toComments: true)
      } while depth > 0 && at < text.count
    }

    private mutating func scanString(_ hashes: Int, _ isMultiline: Bool) {
      let marks = String(repeating: "#", count: hashes)
      let end = (isMultiline ? "\"\"\"" : "\"") + marks
      if starts(end) || (!isMultiline && text[at].isNewline) {
        modes.removeLast()
        take(text[at].isNewline ? 1 : end.count, toCode: true)
      } else if starts("\\" + marks + "(") {
        take(hashes + 1)
        take(1, toCode: true)
        modes.append(.code(openParentheses: 0))
      } else {
        take(starts("\\" + marks) ? hashes + 2 : 1)
      }
    }
  }
}

extension SwiftSource {
  /// Code that stops the program where a value or an error was not thought of.
  var forcedUnwraps: [Objection] {
    matches(of: #/\b(?:try|as)!/#) + matches(of: #/[\w\)\]\}"?]![^=\w"]/#) + matches(of: #/[\w\)\]\}"?]!$/#)
  }

  /// Work that was put off and not written down where it is found again.
  var postponedWork: [Objection] {
    comments.enumerated().compactMap { index, line in
      line.firstMatch(of: #/\b(?:TODO|FIXME|XXX|HACK)\b/#).map {
        Objection(line: index + 1, what: String($0.output))
      }
    }
  }

  /// Lines wider than `limit` columns.
  func longLines(limit: Int) -> [Objection] {
    lines.enumerated().filter { $0.element.unicodeScalars.count > limit }.map {
      Objection(line: $0.offset + 1, what: "\($0.element.unicodeScalars.count) columns")
    }
  }

  /// The modules that the file imports.
  var imports: [String] {
    code.compactMap { line in
      line.firstMatch(
        of:
          #/^\s*(?:[@\w]+\s+)*?import\s+(?:(?:struct|class|enum|func)\s+)?(\w+)/#
      )
      .map { String($0.output.1) }
    }
  }

  /// Functions of more than `limit` lines, from the line that names them to the one that closes them.
  func longFunctions(limit: Int) -> [Objection] {
    var objections: [Objection] = []
    for (index, line) in code.enumerated() {
      for match in line.matches(
        of: #/(?:^|[^.\w`])(func\s+[^\s(<]+|init[?]?(?=\s*[(<])|deinit|subscript(?=\s*[(<]))/#)
      {
        let column = line.distance(from: line.startIndex, to: match.output.1.endIndex)
        guard let end = endOfBody(line: index, column: column), end - index + 1 > limit else { continue }
        objections.append(Objection(line: index + 1, what: "\(match.output.1) has \(end - index + 1) lines"))
      }
    }
    return objections
  }

  /// The line that closes the body of the function whose name ends at a place; nil if it has no body.
  private func endOfBody(line: Int, column: Int) -> Int? {
    var (parentheses, braces) = (0, 0)
    for index in line..<code.count {
      let text = index == line ? code[index].dropFirst(column) : code[index][...]
      let first = text.drop { $0 == " " }.prefix { $0.isLetter || "{-)".contains($0) }
      let goesOn = ["where", "throws", "async", "rethrows", "{", "->", ")", "-", "){"].contains {
        first.hasPrefix($0)
      }
      if index > line, parentheses == 0, braces == 0, !goesOn { return nil }
      for character in text {
        switch character {
        case "(", "[": parentheses += 1
        case ")", "]": parentheses -= 1
        // A brace within parentheses is a default argument's closure.
        case "{" where parentheses == 0 || braces > 0: braces += 1
        case "}" where braces > 0:
          braces -= 1
          if braces == 0 { return index }
        case "}" where parentheses == 0: return nil
        default: break
        }
      }
    }
    return nil
  }

  private func matches(of pattern: some RegexComponent) -> [Objection] {
    code.enumerated().compactMap { index, line in
      line.firstMatch(of: pattern).map { Objection(line: index + 1, what: String(line[$0.range])) }
    }
  }
}
