import Diagnostics
import Foundation
import Rendering
import TestSupport
import Testing

/// SARIF and GitHub's commands; the values are those that ``FindingsJSON`` is tested with.
@Suite struct FindingFormatTests {
  private static let rules = [
    Rule(
      "DTH230", "unaligned-cma-region", .error, summary: "not aligned", rationale: "CMA needs it.",
      badExample: "bad;\n", goodExample: "good;\n", references: ["Linux 6.1 mm/cma.c"]),
    Rule(
      "DTH040", "broken-blob", .error, summary: "cut off", rationale: "Nothing can be read.", badExample: "",
      goodExample: "", references: ["Devicetree Specification v0.4"]),
  ]

  /// A finding in a source, with a name that formats have to escape, and one in a blob.
  private static func inputs() -> [FileFindings] {
    let name = "dir/a,b:c%d é.dts"
    let world = World([name: "/ {\n\té = <1>; pool { reg = <0x1 0x2>; };\n};\n"])
    var first = Diagnostic(
      RuleID("DTH230", "unaligned-cma-region"), .error, "`pool` is 100% wrong\u{1B}[31m",
      at: world.span("<0x1 0x2>"), node: "/pool", property: "reg", help: "align it, or: not")
    first.related = [RelatedPlace("in this node", at: world.span("pool { reg = <0x1 0x2>; }"))]
    first.notes = ["first\r\nsecond"]
    first.fixes = [
      FixIt(title: "align it", edits: [SourceEdit(span: world.span("0x1"), text: "0x400000")])
    ]
    var list = DiagnosticList()
    list.add(first)
    list.add(
      Diagnostic(
        RuleID("DTH999", "unregistered"), .note, "over two lines", at: world.span("{\n\té = <1>;"), node: "/")
    )
    var blob = DiagnosticList()
    blob.add(Diagnostic(RuleID("DTH040", "broken-blob"), .warning, "cut off", node: "/soc/a@0"))
    blob.add(Diagnostic(RuleID("DTH040", "broken-blob"), .warning, "cut off", node: "/soc/b@0"))
    return [
      FileFindings(file: name, findings: list, sources: world.map),
      FileFindings(file: "/boards/board.dtb", findings: blob, sources: SourceMap()),
    ]
  }

  @Test func logHoldsEverything() throws {
    var none = FindingsSARIF(rules: Self.rules, version: "$VERSION")
    let empty = none.end()
    var log = FindingsSARIF(rules: Self.rules, version: "$VERSION")
    let text = Self.inputs().map { log.add($0) }.joined() + log.end()
    expectSnapshot(text, named: "log", type: "sarif")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(document["version"] as? String == "2.1.0")
    expectSnapshot(empty, named: "empty-log", type: "sarif")
  }

  @Test func equalFindingsHaveDifferentFingerprints() throws {
    var list = DiagnosticList()
    for (offset, file) in ["a.dtb", "a.dtb", "b.dtb"].enumerated() {
      var finding = Diagnostic(RuleID("DTH040", "broken-blob"), .error, "cut off", node: "/a")
      finding.file = file
      finding.property = offset == 1 ? "reg" : nil
      list.add(finding)
    }
    let input = FileFindings(file: "a.dtb", findings: list, sources: SourceMap())
    var log = FindingsSARIF(rules: Self.rules, version: "1")
    let prints = (log.add(input) + log.add(input) + log.end()).split(separator: "\n").filter {
      $0.contains("dtheapFinding/v1")
    }
    #expect(prints.count == 6 && Set(prints).count == 6)
    #expect(
      prints.filter { $0.contains(":1\"") }.count == 3 && prints.filter { $0.contains(":2\"") }.count == 3)
  }

  @Test func commandsAreOneLineEach() {
    let text = FindingsGitHub.text(Self.inputs())
    expectSnapshot(text, named: "commands")
    #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("::") })
    #expect(!text.contains("\u{1B}"))
  }

  @Test func standardInputHasNoFileToAnnotate() {
    var list = DiagnosticList()
    list.add(Diagnostic(RuleID("DTH040", "broken-blob"), .error, "cut off"))
    let input = FileFindings(file: FileFindings.standardInput, findings: list, sources: SourceMap())
    #expect(FindingsGitHub.text([input]) == "::error title=DTH040 broken-blob::cut off\n")
  }
}
