import Diagnostics
import Foundation
import Rendering
import TestSupport
import Testing

@Suite struct JSONTests {
  @Test func valuesAreWrittenInOrder() throws {
    var json = JSONWriter()
    json.object { json in
      json.member("z", 1)
      json.member("a", UInt64.max)
      json.member("half", 0.5)
      json.member("large", 1e300)
      json.member("infinite", Double.infinity)
      json.member("yes", true)
      json.member("none", nil as String?)
      json.member("address", hex: 0x4000_0000)
      json.member("nowhere", hex: nil)
      json.array("empty") { _ in }
      json.array("texts", ["a", "b"])
      json.object("nested") { $0.object("deep") { _ in } }
    }
    expectSnapshot(json.text, named: "values", type: "json")
    _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
  }

  @Test func oneLineHasNoBlanks() {
    var json = JSONWriter(indent: nil)
    json.array { json in
      json.object { $0.member("a", 1) }
      json.value("b")
      json.null()
    }
    #expect(json.text == "[{\"a\":1},\"b\",null]\n")
  }

  @Test func stringsAreEscaped() throws {
    let hostile = "\"\\/\n\r\t\u{0}\u{1B}\u{7F}\u{80}é池\u{1F600}\u{2028}"
    var json = JSONWriter(indent: nil)
    json.array { json in
      json.value(hostile)
      json.value(utf8: [0x61, 0xFF, 0xC3, 0x62])
    }
    let values = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String]
    #expect(values == [hostile, "a\u{FFFD}\u{FFFD}b"])
    #expect(json.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
  }

  @Test func findingsHaveEveryKey() throws {
    let world = World(["board.dts": "/ {\n\tpool { reg = <0x1 0x2>; };\n};\n"])
    var first = Diagnostic(
      RuleID("DTH230", "unaligned-cma-region"), .error, "`pool` is not aligned", at: world.span("<0x1 0x2>"),
      node: "/pool", property: "reg", help: "align it")
    first.related = [RelatedPlace("in this node", at: world.span("pool { reg = <0x1 0x2>; }"))]
    first.notes = ["pageblocks have 4 MiB"]
    first.schemas = ["http://devicetree.org/schemas/a.yaml#", "http://devicetree.org/schemas/b.yaml#"]
    let end = world.span("<0x1 0x2>").end
    first.fixes = [
      FixIt(title: "align it", edits: [SourceEdit(span: world.span("0x1"), text: "0x400000")]),
      FixIt(
        title: "add a pair",
        edits: [
          SourceEdit(span: SourceSpan(file: SourceFileID(rawValue: 0), start: end, end: end), text: ", <3 4>")
        ]),
    ]
    var list = DiagnosticList()
    list.add(first)
    var blob = DiagnosticList()
    blob.add(Diagnostic(RuleID("DTH040", "broken-blob"), .warning, "cut off", node: "/a"))
    let document = FindingsJSON.document([
      FileFindings(file: "board.dts", findings: list, sources: world.map),
      FileFindings(file: "board.dtb", findings: blob, sources: SourceMap()),
    ])
    expectSnapshot(document, named: "findings", type: "json")
    _ = try JSONSerialization.jsonObject(with: Data(document.utf8))
    expectSnapshot(FindingsJSON.document([]), named: "no-findings", type: "json")
  }

  @Test func curesOfMacrosAreNotOffered() {
    var world = World(["board.pp": "# 1 \"board.dts\"\n reg = <0x1000>;\n"])
    world.map.add(LineMarker(offset: 16, line: 1, name: "board.dts"), to: SourceFileID(rawValue: 0))
    world.map.originals = OriginalSources { _ in Array(" reg = <BASE>;\n".utf8) }
    var finding = Diagnostic(RuleID("DTH230", "unaligned-cma-region"), .error, "m", at: world.span("0x1000"))
    finding.fixes = [
      FixIt(title: "in a macro", edits: [SourceEdit(span: world.span("0x1000"), text: "0")]),
      FixIt(title: "outside", edits: [SourceEdit(span: world.span("reg"), text: "size")]),
    ]
    var list = DiagnosticList()
    list.add(finding)
    let document = FindingsJSON.document([FileFindings(file: "board.dts", findings: list, sources: world.map)]
    )
    #expect(!document.contains("in a macro"))
    #expect(document.contains("outside"))
  }
}
