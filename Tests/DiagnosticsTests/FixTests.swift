import Diagnostics
import Testing

@Suite struct FixTests {
  private static let text = "a {\n\tflag;\n\tother;\n};\n"

  private static func world(_ text: String = text, name: String = "b.dts") -> SourceMap {
    var map = SourceMap()
    _ = map.add(SourceFile(name: name, bytes: Array(text.utf8)))
    return map
  }

  private static func finding(_ edits: (Range<Int>, String)..., more: [FixIt] = []) -> Diagnostic {
    var finding = Diagnostic(RuleID("DTH230", "unaligned-cma-region"), .error, "wrong")
    let edits = edits.map { range, text in
      SourceEdit(
        span: SourceSpan(
          file: SourceFileID(rawValue: 0), start: UInt32(range.lowerBound), end: UInt32(range.upperBound)),
        text: text)
    }
    finding.fixes = [FixIt(title: "cure", edits: edits)] + more
    return finding
  }

  private static func text(_ selection: FixSelection) -> [String] {
    selection.files.map { String(decoding: $0.after, as: UTF8.self) }
  }

  @Test func editsAreAppliedInOrder() {
    let edits = [TextEdit(4..<5, "E"), TextEdit(0..<1, "A"), TextEdit(2..<2, "1"), TextEdit(2..<2, "2")]
    #expect(String(decoding: edits.applied(to: Array("abcde".utf8)), as: UTF8.self) == "Ab12cdE")
    #expect([TextEdit]().applied(to: [1, 2]) == [1, 2])
  }

  @Test func conflictsAreAboutSharedBytes() {
    func conflict(_ a: Range<Int>, _ b: Range<Int>) -> Bool {
      let (first, second) = (TextEdit(a, "x"), TextEdit(b, "y"))
      #expect(first.conflicts(with: second) == second.conflicts(with: first))
      return first.conflicts(with: second)
    }
    #expect(conflict(0..<4, 2..<6) && conflict(0..<4, 0..<4) && conflict(1..<2, 0..<9))
    #expect(!conflict(0..<4, 4..<6))
    #expect(conflict(2..<2, 0..<4), "an insertion into what goes")
    #expect(!conflict(0..<0, 0..<4) && !conflict(4..<4, 0..<4) && !conflict(2..<2, 2..<2))
  }

  @Test func emptyLinesGoWithTheirText() {
    func removed(_ text: String, _ word: String) -> String {
      let bytes = Array(text.utf8)
      guard let range = text.firstRange(of: word) else { return "" }
      let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
      let edit = TextEdit(start..<start + word.utf8.count, "").withoutEmptyLines(in: bytes)
      return String(decoding: [edit].applied(to: bytes), as: UTF8.self)
    }
    #expect(removed("a\n\t flag; \r\nb\n", "flag;") == "a\nb\n")
    #expect(removed("a\nflag;", "flag;") == "a\n")
    #expect(removed("flag;\nb", "flag;") == "b")
    #expect(removed("a flag;\nb", "flag;") == "a \nb", "something stays")
    #expect(removed("\tflag; /* why */\n", "flag;") == "\t /* why */\n")
  }

  @Test func theFirstOfTwoWins() {
    let map = Self.world()
    var selection = FixSelection()
    #expect(selection.add(Self.finding((5..<9, "FLAG")), in: map) { $0 } == .taken)
    #expect(selection.add(Self.finding((12..<17, "OTHER"), (7..<8, "x")), in: map) { $0 } == .conflicting)
    #expect(selection.add(Self.finding((5..<9, "FLAG"), (0..<1, "A")), in: map) { $0 } == .taken)
    #expect(Self.text(selection) == ["A {\n\tFLAG;\n\tother;\n};\n"], "all of a cure or nothing")
    #expect(selection.takenCount == 2 && selection.conflictingCount == 1 && selection.foreignCount == 0)
  }

  @Test func onlyNamedFilesChange() {
    let map = Self.world()
    var selection = FixSelection()
    #expect(selection.add(Self.finding((5..<9, "FLAG")), in: map) { _ in nil } == .foreign)
    #expect(selection.files.isEmpty && selection.foreignCount == 1)
  }

  @Test func severalAnswersAreNone() {
    let map = Self.world()
    var selection = FixSelection()
    let choice = Self.finding((0..<1, "x"), more: [FixIt(title: "other", edits: [])])
    #expect(selection.add(choice, in: map) { $0 } == .none)
    #expect(selection.add(Diagnostic(RuleID("DTH230", "a"), .error, "b"), in: map) { $0 } == .none)
  }

  @Test func oneFileUnderTwoNamesIsOne() {
    var selection = FixSelection()
    let key: (String) -> String? = { _ in "the same" }
    selection.add(Self.finding((5..<9, "FLAG")), in: Self.world(), identity: key)
    selection.add(Self.finding((12..<17, "OTHER")), in: Self.world(name: "./b.dts"), identity: key)
    #expect(Self.text(selection) == ["a {\n\tFLAG;\n\tOTHER;\n};\n"])
    let changed = Self.world(Self.text + "\n", name: "./b.dts")
    #expect(selection.add(Self.finding((0..<1, "x")), in: changed, identity: key) == .conflicting)
  }
}
