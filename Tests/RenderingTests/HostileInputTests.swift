import Diagnostics
import Foundation
import Rendering
import TestSupport
import Testing

/// Random texts, markers and spans: nothing may crash, and what is shown stays harmless.
@Suite struct HostileInputTests {
  /// SplitMix64, so that a seed names a run.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let pieces: [[UInt8]] =
    [
      "a", "REG(", ")", "\"", "\\", "\n", "/*", "*/", "//", "\t", " ", "é", "池", "0x10", "\r", "\u{1B}[",
      "dtheap:allow DTH216",
      "\u{301}",
    ].map { Array($0.utf8) } + [[0xFF], [0xE2, 0x82], [0x80]]

  private static func text(_ random: inout Generator) -> [UInt8] {
    (0..<Int.random(in: 0...60, using: &random)).flatMap { _ in pieces.randomElement(using: &random) ?? [] }
  }

  @Test(arguments: 0..<16) func nothingCrashes(seed: Int) throws {
    var random = Generator(state: UInt64(seed))
    for _ in 0..<25 {
      var map = SourceMap()
      let bytes = Self.text(&random)
      let id = map.add(SourceFile(name: "x", bytes: bytes))
      let original = Self.text(&random)
      var offset: UInt32 = 0
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        offset += .random(in: 0...40, using: &random)
        let name = Bool.random(using: &random) ? "a" : "b"
        map.add(LineMarker(offset: offset, line: .random(in: -1...5, using: &random), name: name), to: id)
      }
      map.originals = OriginalSources { $0 == "a" ? original : nil }
      func span() -> SourceSpan {
        let start = UInt32.random(in: 0...UInt32(bytes.count + 2), using: &random)
        return SourceSpan(file: id, start: start, end: start + .random(in: 0...30, using: &random))
      }
      var finding = Diagnostic(RuleID("DTH216", "overlapping-regions"), .error, "m", at: span())
      finding.related = [RelatedPlace("r", at: span()), RelatedPlace("s", at: span())]
      finding.fixes = [FixIt(title: "f", edits: [SourceEdit(span: span(), text: "t")])]
      _ = Suppressions(map).allow(finding)
      let place = map.resolve(span())
      #expect(place.range.upperBound <= place.source.bytes.count)
      #expect(
        (place.location.line, place.location.column) <= (place.location.endLine, place.location.endColumn))
      #expect(place.location.line >= 1 && place.location.column >= 1)
      let shown = TextRenderer(sources: map, widthMax: 40).render(finding)
      #expect(shown.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
      var list = DiagnosticList()
      list.add(finding)
      let json = FindingsJSON.document([FileFindings(file: "x", findings: list, sources: map)])
      _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
    }
  }

  @Test(.endsInTime) func manyFindingsInOneHugeLineAreQuick() {
    var map = SourceMap()
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
    let id = map.add(SourceFile(name: "pp", bytes: bytes))
    map.add(LineMarker(offset: 0, line: 1, name: "a"), to: id)
    map.originals = OriginalSources { _ in bytes }
    var columns = 0
    for index in 0..<2000 {
      let start = UInt32(index * 499)
      columns += map.location(of: SourceSpan(file: id, start: start, end: start + 1)).column
    }
    #expect(columns == 2000 + 499 * 1999 * 1000)
  }
}
