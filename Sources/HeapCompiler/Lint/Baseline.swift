import Diagnostics

/// Findings that are known and hidden, so that an old tree can be checked for new ones.
///
/// A finding is known by its rule, its file, its node, its property and its words, and not by its line, so that lines
/// may move. What was recorded once hides one finding. The file has a line for each, with tabs between the five.
public struct Baseline: Sendable {
  /// A line that is no record.
  public struct Problem: Error, Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
  }

  /// What a finding is known by.
  private struct Record: Hashable, Comparable {
    var fields: [String]

    init(_ finding: Diagnostic, file: String) {
      fields = [file, finding.rule.code, finding.node ?? "", finding.property ?? "", finding.message]
    }

    init(fields: [String]) { self.fields = fields }

    static func < (a: Record, b: Record) -> Bool { a.fields.lexicographicallyPrecedes(b.fields) }
  }

  private static let title = "# dtheap baseline 1"
  private var counts: [Record: Int] = [:]

  /// Nothing is known.
  public init() {}

  /// Reads what ``text`` wrote.
  ///
  /// - Throws: a ``Problem`` with the first line that is no record.
  public init(parsing text: String) throws(Problem) {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if index == 0, line != Self.title { throw Problem(line: 1) }
      if line.isEmpty || line.hasPrefix("#") { continue }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map { Self.unescaped($0) }
      guard fields.count == 5 else { throw Problem(line: index + 1) }
      counts[Record(fields: fields), default: 0] += 1
    }
  }

  /// The file's text, by file, rule, node, property and words.
  public var text: String {
    let lines = counts.sorted { $0.key < $1.key }.flatMap { record, count in
      repeatElement(record.fields.map { Self.escaped($0) }.joined(separator: "\t"), count: count)
    }
    return ([Self.title] + lines).map { $0 + "\n" }.joined()
  }

  /// Records a finding in a file, called as the user calls it.
  public mutating func record(_ finding: Diagnostic, file: String) {
    counts[Record(finding, file: file), default: 0] += 1
  }

  /// Whether a finding is known; it then counts as seen, and its equal is known only if it was recorded as well.
  public mutating func hides(_ finding: Diagnostic, file: String) -> Bool {
    let record = Record(finding, file: file)
    guard let count = counts[record], count > 0 else { return false }
    counts[record] = count - 1
    return true
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { result, character in
      switch character {
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        result.append(character == "t" ? "\t" : character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}
