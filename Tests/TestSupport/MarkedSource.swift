import Diagnostics
import Testing

/// A source whose comments say which findings are expected.
///
/// `//! error[DTH216]` at the end of the line where the
/// finding's place begins, several of them separated by blanks, and `//! ok` where none may be. `#!` serves for YAML.
///
/// The comments stay in the text: they come last on their lines, so they move nothing.
public struct MarkedSource: Sendable {
  /// A finding that a marker announces.
  public struct Expectation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The line of the marker, from 1.
    public let line: Int
    /// `error`, `warning` or `note`.
    public let severity: Severity
    /// The rule's code.
    public let code: String

    /// As a report names it.
    public var description: String { "line \(line): \(severity.rawValue)[\(code)]" }

    /// By line, code and severity.
    public static func < (a: Self, b: Self) -> Bool {
      (a.line, a.code, a.severity) < (b.line, b.code, b.severity)
    }
  }

  /// The text with its markers.
  public let text: String
  /// What the markers announce, by line.
  public let expectations: [Expectation]

  /// Reads the markers of `text`; one that is misspelt is a test failure.
  public init(_ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    self.text = text
    var expectations: [Expectation] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard let marker = line.firstRange(of: "//! ") ?? line.firstRange(of: "#! ") else { continue }
      for word in line[marker.upperBound...].split(separator: " ") where word != "ok" {
        if let expected = Self.expectation(word, line: index + 1) {
          expectations.append(expected)
        } else {
          Issue.record(
            "marker `\(word)` in line \(index + 1) is not severity[CODE]", sourceLocation: sourceLocation)
        }
      }
    }
    self.expectations = expectations.sorted()
  }

  private static func expectation(_ word: Substring, line: Int) -> Expectation? {
    let parts = word.split(separator: "[", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].last == "]", let severity = Severity(rawValue: String(parts[0])) else {
      return nil
    }
    return Expectation(line: line, severity: severity, code: String(parts[1].dropLast()))
  }

  /// Checks that `findings` are exactly those that the markers announce.
  ///
  /// A finding without a place counts as line 0.
  public func expect(
    _ findings: [Diagnostic], in sources: SourceMap, sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) {
    let found = findings.map { finding in
      Expectation(
        line: finding.span.map { sources.location(of: $0).line } ?? 0, severity: finding.severity,
        code: finding.rule.code)
    }
    let difference = found.sorted().difference(from: expectations)
    for case .remove(_, let expected, _) in difference {
      Issue.record("expected and not found: \(expected)", sourceLocation: sourceLocation)
    }
    for case .insert(_, let unexpected, _) in difference {
      let messages = zip(found, findings).filter { $0.0 == unexpected }.map(\.1.message)
      Issue.record("not expected: \(unexpected): \(messages)", sourceLocation: sourceLocation)
    }
  }
}
