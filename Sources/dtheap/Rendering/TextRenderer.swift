import Diagnostics

/// Writes findings for people: the message, the source with what is wrong underlined, the reasons and the cure.
///
/// Nothing of a hostile input reaches a terminal as a command: control characters are shown as escapes.
public struct TextRenderer: Sendable {
  private let sources: SourceMap
  private let file: String?
  private let hasColor: Bool
  private let widthMax: Int

  /// A renderer for the findings of one input.
  /// - Parameters:
  ///   - sources: the files that the findings point into.
  ///   - file: what a finding that names no file is about.
  ///   - hasColor: whether terminal colours are written; see ``ColorChoice``.
  ///   - widthMax: how many columns of a source line are shown, at least 40.
  public init(sources: SourceMap, file: String? = nil, hasColor: Bool = false, widthMax: Int = 160) {
    self.sources = sources
    self.file = file
    self.hasColor = hasColor
    self.widthMax = max(40, widthMax)
  }

  /// The findings that a text shows, an empty line after each, and what is left out.
  public func render(_ findings: DiagnosticList) -> String {
    let (shown, hidden) = findings.shown()
    var text = shown.map { render($0) + "\n" }.joined()
    for rest in hidden {
      let place = rest.first.span.map { sources[$0.file].name } ?? rest.first.file ?? file
      let words = Text.count(rest.counts.total, "more finding")
      text +=
        "... and \(words)\(place.map { " in " + DisplayText.harmless($0) } ?? "") (\(Self.summary(rest.counts)))\n\n"
    }
    return text
  }

  /// One finding, several lines, each with its line end.
  public func render(_ finding: Diagnostic) -> String {
    var output = StyledText(hasColor: hasColor)
    output.put(
      "\(finding.severity.rawValue)[\(DisplayText.harmless(finding.rule.code))]", finding.severity.style)
    output.put(": " + DisplayText.harmless(finding.message), .strong)
    output.endLine()
    let excerpt = Excerpt(finding, in: sources)
    let width = excerpt.numberWidth
    for (index, block) in excerpt.blocks.enumerated() {
      put(block, isFirst: index == 0, numberWidth: width, severity: finding.severity, to: &output)
    }
    if excerpt.blocks.isEmpty { putPlace(finding, to: &output) }
    let remarks = self.remarks(finding)
    if !excerpt.blocks.isEmpty, !remarks.isEmpty { putGutter(width, to: &output, endsLine: true) }
    for (kind, text) in remarks {
      output.put(String(repeating: " ", count: width + 1))
      output.put("= \(kind):", kind == "help" ? .help : .strong)
      output.put(" " + DisplayText.harmless(text))
      output.endLine()
    }
    return output.text
  }

  /// How many findings there are: `2 errors, 1 warning`, or `no findings`.
  public static func summary(_ counts: SeverityCounts) -> String {
    let parts = [(counts.errors, "error"), (counts.warnings, "warning"), (counts.notes, "note")]
    let words = parts.filter { $0.0 > 0 }.map { Text.count($0.0, $0.1) }
    return words.isEmpty ? "no findings" : words.joined(separator: ", ")
  }

  private func remarks(_ finding: Diagnostic) -> [(kind: String, text: String)] {
    let chain = finding.span.map { sources.includeChain(of: $0) } ?? []
    var remarks = chain.map { ("note", "included from \($0.file):\($0.line):\($0.column)") }
    remarks += finding.notes.map { ("note", $0) }
    if let help = finding.help ?? finding.fixes.first?.title { remarks.append(("help", help)) }
    return remarks
  }

  /// The place of a finding that has no text: its file and node.
  private func putPlace(_ finding: Diagnostic, to output: inout StyledText) {
    let names = [finding.file ?? file, finding.node].compactMap { $0 }
    guard !names.isEmpty else { return }
    output.put("  --> ", .gutter)
    output.put(names.map(DisplayText.harmless).joined(separator: ": "))
    output.endLine()
  }

  private func putGutter(
    _ width: Int, number: Int? = nil, to output: inout StyledText, endsLine: Bool = false
  ) {
    let digits = number.map { String($0) } ?? ""
    output.put(String(repeating: " ", count: width - digits.count) + digits + " |", .gutter)
    if endsLine { output.endLine() }
  }

  private func put(
    _ block: Excerpt.Block, isFirst: Bool, numberWidth width: Int, severity: Severity,
    to output: inout StyledText
  ) {
    let indent = String(repeating: " ", count: width)
    if !isFirst { putGutter(width, to: &output, endsLine: true) }
    output.put(indent + (isFirst ? "--> " : "::: "), .gutter)
    output.put("\(DisplayText.harmless(block.file)):\(block.line):\(block.column)")
    output.endLine()
    putGutter(width, to: &output, endsLine: true)
    var previous: Int?
    for line in block.lines {
      if let previous, line.number > previous, line.number - previous > 1 {
        output.put(String(repeating: " ", count: width - 1) + "...", .gutter)
        output.endLine()
      }
      put(line, numberWidth: width, severity: severity, to: &output)
      previous = line.number
    }
  }

  /// One line and its underlines; a very long line once for every part that is needed.
  private func put(
    _ line: Excerpt.Line, numberWidth width: Int, severity: Severity, to output: inout StyledText
  ) {
    // The primary place decides the window; what lies outside gets a window of its own.
    var waiting = line.underlines.enumerated().sorted { a, b in
      let (first, second) = (a.element, b.element)
      if first.isPrimary != second.isPrimary { return first.isPrimary }
      return (first.range.lowerBound, a.offset) < (second.range.lowerBound, b.offset)
    }.map(\.element)
    while let first = waiting.first {
      let shown = ShownLine(line.text, focus: first.range.lowerBound, widthMax: widthMax)
      putGutter(width, number: line.number, to: &output)
      output.put(shown.text.isEmpty ? "" : " " + shown.text)
      output.endLine()
      let here = waiting.filter { shown.contains($0.range.lowerBound) }
      waiting =
        here.isEmpty ? Array(waiting.dropFirst()) : waiting.filter { !shown.contains($0.range.lowerBound) }
      for underline in here {
        putGutter(width, to: &output)
        put(underline, columns: shown.columns(of: underline.range), severity, to: &output)
      }
    }
  }

  private func put(
    _ underline: Excerpt.Underline, columns: Range<Int>, _ severity: Severity, to output: inout StyledText
  ) {
    output.put(String(repeating: " ", count: columns.lowerBound + 1))
    let label = underline.label.map { " " + DisplayText.harmless($0) } ?? ""
    let marks = String(repeating: underline.isPrimary ? "^" : "-", count: columns.count)
    output.put(marks + label, underline.isPrimary ? severity.style : .secondary)
    output.endLine()
  }
}

extension Severity {
  var style: Style {
    switch self {
    case .error: .error
    case .warning: .warning
    case .note: .note
    }
  }
}
