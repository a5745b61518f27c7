import Testing

@testable import Diagnostics

private let overlap = RuleID("DTH216", "overlapping-regions")
private let alignment = RuleID("DTH230", "unaligned-cma-region")

private func span(_ file: UInt32, _ start: UInt32) -> SourceSpan {
  SourceSpan(file: SourceFileID(rawValue: file), start: start, end: start + 1)
}

@Suite struct DiagnosticListTests {
  @Test func orderIsFileThenOffsetThenCode() {
    var list = DiagnosticList()
    list.add(Diagnostic(alignment, .error, "none, b"))
    list.add(Diagnostic(alignment, .error, "1 0 230", at: span(1, 0)))
    list.add(Diagnostic(alignment, .error, "0 9 230", at: span(0, 9)))
    list.add(Diagnostic(overlap, .error, "none, a"))
    list.add(Diagnostic(overlap, .error, "0 9 216", at: span(0, 9)))
    list.add(Diagnostic(alignment, .error, "0 3 230", at: span(0, 3)))
    #expect(list.sorted.map(\.message) == ["0 3 230", "0 9 216", "0 9 230", "1 0 230", "none, b", "none, a"])
    #expect(list.count(in: SourceFileID(rawValue: 0)) == 3)
  }

  @Test func oneMistakeIsReportedOnce() {
    var list = DiagnosticList()
    var first = Diagnostic(overlap, .warning, "first", at: span(0, 1), node: "/a", property: "reg")
    first.schemas = ["s1"]
    var second = Diagnostic(
      overlap, .error, "second", at: span(0, 1), node: "/a", property: "reg", help: "move it")
    second.schemas = ["s1", "s2"]
    second.related = [RelatedPlace("here", at: span(0, 5))]
    list.add(contentsOf: [first, second, second])
    #expect(list.count == 1)
    let folded = list.sorted[0]
    #expect(folded.message == "first")
    #expect(folded.severity == .error)
    #expect(folded.notes == ["second"])
    #expect(folded.schemas == ["s1", "s2"])
    #expect(folded.related.count == 1)
    #expect(folded.help == "move it")
  }

  @Test func differentMistakesAtOnePlaceStay() {
    var list = DiagnosticList()
    list.add(Diagnostic(overlap, .error, "lacks `reg`", at: span(0, 1), node: "/a", property: "reg"))
    list.add(Diagnostic(overlap, .error, "lacks `size`", at: span(0, 1), node: "/a", property: "size"))
    list.add(Diagnostic(overlap, .error, "one", node: "/a"))
    list.add(Diagnostic(overlap, .error, "two", node: "/a"))
    list.add(Diagnostic(overlap, .error, "two", node: "/a"))
    #expect(list.count == 4)
    #expect(list.counts.errors == 4)
  }

  @Test func textsShowSoManyOfAFile() {
    var list = DiagnosticList()
    for offset in 0..<7 {
      list.add(Diagnostic(overlap, offset > 4 ? .note : .error, "\(offset)", at: span(0, UInt32(offset))))
    }
    list.add(Diagnostic(overlap, .warning, "other", at: span(1, 0)))
    for index in 0..<5 { list.add(Diagnostic(overlap, .warning, "bare \(index)")) }
    let (shown, hidden) = list.shown(perFileMax: 4)
    #expect(shown.map(\.message) == ["0", "1", "2", "3", "other", "bare 0", "bare 1", "bare 2", "bare 3"])
    #expect(hidden.map(\.first.message) == ["4", "bare 4"])
    #expect(hidden[0].counts.errors == 1 && hidden[0].counts.notes == 2)
    #expect(list.shown().hidden.isEmpty)
  }

  @Test func suppressedOnesAreRemoved() {
    var list = DiagnosticList()
    list.add(Diagnostic(overlap, .error, "a", at: span(0, 0)))
    list.add(Diagnostic(alignment, .error, "b", at: span(0, 0)))
    #expect(list.removeAll { $0.rule == overlap } == 1)
    #expect(list.sorted.map(\.message) == ["b"])
    #expect(list.count(in: SourceFileID(rawValue: 0)) == 1)
  }
}

@Suite struct SuppressionTests {
  @Test(arguments: [
    ("x; /* dtheap:allow DTH230 the vendor wants it */", true),
    ("x; // dtheap:allow DTH230", true),
    ("x; // dtheap:allow unaligned-cma-region because", true),
    ("/* dtheap:allow DTH216, DTH230 */ x;", true),
    ("/* dtheap:allow DTH216 DTH230 */ x;", true),
    ("/* dtheap:allow overlap,DTH230 */ x;", true),
    ("/* first */ x; /*\tdtheap:allow\tDTH230*/", true),
    ("x = \"//\"; // dtheap:allow DTH230", true),
    ("x = \"a\\\"//\"; // dtheap:allow DTH230", true),
    ("// dtheap:allow DTH216 not for DTH230", false),
    ("// dtheap:allow DTH2300", false),
    ("// dtheap:allow", false),
    ("// dtheap:allows DTH230", false),
    ("// see dtheap:allow DTH230", false),
    ("x = \"// dtheap:allow DTH230\";", false),
    ("dtheap:allow DTH230", false),
    ("/* dtheap:allow DTH216 */ x = \"DTH230\";", false),
    ("/", false), ("", false), ("/*", false), ("//", false), ("\"\\", false),
  ])
  func commentsAllowRules(line: String, isAllowed: Bool) {
    #expect(Suppressions.line(Array(line.utf8)[...], allows: alignment) == isAllowed)
  }

  @Test func theLineAndTheOneAboveCount() {
    var map = SourceMap()
    let text = "a;\n// dtheap:allow DTH230\nb;\nc; // dtheap:allow DTH230\nd;\ne;\n"
    let bytes = Array(text.utf8)
    let id = map.add(SourceFile(name: "a.dts", bytes: bytes))
    let allowed = ["a;", "b;", "c;", "d;", "e;"].filter { word in
      let offset = UInt32(bytes.indices.first { bytes[$0...].starts(with: word.utf8) } ?? 0)
      return Suppressions(map).allow(
        Diagnostic(alignment, .error, "m", at: SourceSpan(file: id, start: offset, end: offset + 1)))
    }
    #expect(allowed == ["b;", "c;", "d;"])
    #expect(!Suppressions(map).allow(Diagnostic(alignment, .error, "no place")))
  }

  @Test func commentsThatCppRemovedCount() {
    var map = SourceMap()
    let id = map.add(SourceFile(name: "pp", bytes: Array("# 1 \"a.dts\"\n\nreg = <1>;\n".utf8)))
    map.add(LineMarker(offset: 12, line: 1, name: "a.dts"), to: id)
    let finding = Diagnostic(alignment, .error, "m", at: SourceSpan(file: id, start: 13, end: 16))
    #expect(!Suppressions(map).allow(finding))
    map.originals = OriginalSources { name in
      name == "a.dts" ? Array("/* dtheap:allow DTH230 */\nreg = <ONE>;\n".utf8) : nil
    }
    #expect(Suppressions(map).allow(finding))
  }
}
