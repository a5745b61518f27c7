import Diagnostics

/// Findings as commands that a GitHub workflow turns into annotations, one line each.
///
/// - Source: GitHub documentation, "Workflow commands for GitHub Actions", and actions/toolkit, `command.ts`, for what
///   is escaped.
public enum FindingsGitHub {
  /// Writes the commands, in the order of the inputs and their findings.
  public static func text(_ inputs: [FileFindings]) -> String {
    inputs.map { input in input.findings.sorted.map { line($0, of: input) }.joined() }.joined()
  }

  private static func line(_ finding: Diagnostic, of input: FileFindings) -> String {
    var properties: [(name: String, value: String)] = []
    let file = input.file(of: finding)
    if file != FileFindings.standardInput { properties.append(("file", file)) }
    if let span = finding.span {
      let place = input.sources.location(of: span)
      properties.append(("line", "\(place.line)"))
      properties.append(("endLine", "\(place.endLine)"))
      // Columns mean something only inside of one line; the last one is inside of the place.
      if place.line == place.endLine {
        properties.append(("col", "\(place.column)"))
        properties.append(("endColumn", "\(max(place.column, place.endColumn - 1))"))
      }
    }
    properties.append(("title", "\(finding.rule.code) \(finding.rule.name)"))
    let list = properties.map { "\($0.name)=\(escaped($0.value, isProperty: true))" }.joined(separator: ",")
    // Without a line there is nothing to see but the text.
    let node = finding.span == nil ? finding.node.map { "\($0): " } ?? "" : ""
    let text = escaped(node + input.wholeText(of: finding), isProperty: false)
    return "::\(command(finding.severity)) \(list)::\(text)\n"
  }

  private static func command(_ severity: Severity) -> String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .note: "notice"
    }
  }

  /// Text without what would end a command or one of its properties, and without what a terminal would obey.
  static func escaped(_ text: String, isProperty: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": result += "%25"
      case "\r": result += "%0D"
      case "\n": result += "%0A"
      case ":" where isProperty: result += "%3A"
      case "," where isProperty: result += "%2C"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return DisplayText.harmless(result)
  }
}
