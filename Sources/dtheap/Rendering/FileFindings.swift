import Diagnostics

/// The findings of one input file and what their places mean.
public struct FileFindings: Sendable {
  /// The file as the user named it.
  public let file: String
  /// The findings.
  public let findings: DiagnosticList
  /// The files that the findings point into.
  public let sources: SourceMap

  /// Whether it is a file that was to be looked at, and not one that says how.
  public let isInput: Bool

  /// Describes one input.
  public init(file: String, findings: DiagnosticList, sources: SourceMap, isInput: Bool = true) {
    self.isInput = isInput
    self.file = file
    self.findings = findings
    self.sources = sources
  }

  /// How an input without a name is called.
  public static let standardInput = "<stdin>"

  /// The file in which a finding lies: the one of its place, the one that it names, or the input itself.
  func file(of finding: Diagnostic) -> String {
    finding.span.map { sources.location(of: $0).file } ?? finding.file ?? file
  }

  /// The message with the facts behind it and the cure, a line each, for formats that have one text.
  func wholeText(of finding: Diagnostic) -> String {
    var lines = [finding.message] + finding.notes.map { "note: \($0)" }
    if let help = finding.help ?? finding.fixes.first?.title { lines.append("help: \(help)") }
    return lines.joined(separator: "\n")
  }
}

extension [FileFindings] {
  /// How many findings of each severity all inputs have.
  public var counts: SeverityCounts { reduce(into: SeverityCounts()) { $0 += $1.findings.counts } }
}
