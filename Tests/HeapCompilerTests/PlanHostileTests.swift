import Diagnostics
import TestSupport
import Testing

@testable import HeapCompiler

/// Plans that are made to exhaust or confuse a reader.
@Suite struct PlanHostileTests {
  private func codes(_ text: String) -> [String] { codes(Array(text.utf8)) }

  private func codes(_ bytes: [UInt8]) -> [String] {
    let reading = PlanFile.read(bytes: bytes, name: "plan.yaml")
    #expect(reading.diagnostics.isEmpty == (reading.plan != nil))
    for finding in reading.diagnostics {
      if let span = finding.span { _ = reading.sources.location(of: span) }
      for related in finding.related { _ = reading.sources.location(of: related.span) }
    }
    return reading.diagnostics.map(\.rule.code)
  }

  @Test func refusesWhatIsNoYAML() {
    #expect(codes("buffers: [") == ["DTH301"])
    #expect(codes("a: b: c\n") == ["DTH301"])
    #expect(codes("\"open") == ["DTH301"])
    #expect(codes("\t- a") == ["DTH301"])
    #expect(codes([0x62, 0xFF, 0xFE]) == ["DTH301"])
    #expect(codes("a: \u{0}\n") == ["DTH301"])
    #expect(codes("%YAML 9.9\n---\na: 1\n") == ["DTH301"])
  }

  /// What is no UTF-8, and what YAML does not allow, is pointed at.
  @Test(
    arguments: [
      ([0x61, 0x3A, 0x20, 0x31, 0x0A, 0x62, 0x3A, 0x20, 0xFF, 0x0A], 2, 4),
      ([0x61, 0x3A, 0x0A, 0xC3, 0xA9, 0x3A, 0x20, 0xE2, 0x82], 2, 4),
      ([0xFE], 1, 1),
      (Array("a: 1\nb: \"\u{1}\"\n".utf8), 2, 5),
      (Array("größe: \u{7F}\n".utf8), 1, 8),
      (Array("a: b\n# \u{9F}\n".utf8), 2, 3),
      (Array("a: 1\nb: \u{FFFE}\u{1}\n".utf8), 2, 4),
      (Array("\u{FEFF}a: \u{0}".utf8), 1, 5),
      (Array("a: \u{85}\u{2028}\u{E000}\u{1F600}\t\r\n\u{8}".utf8), 2, 1),
    ] as [([UInt8], Int, Int)])
  func pointsAtWhatIsNoText(_ bytes: [UInt8], _ line: Int, _ column: Int) throws {
    let reading = PlanFile.read(bytes: bytes, name: "plan.yaml")
    #expect(reading.diagnostics.map(\.rule.code) == ["DTH301"])
    let place = reading.sources.location(of: try #require(reading.diagnostics.first?.span))
    #expect((place.line, place.column) == (line, column))
  }

  @Test func refusesAnythingButOneDocument() {
    #expect(codes("") == ["DTH304"])
    #expect(codes("# nothing\n") == ["DTH304"])
    #expect(codes("a: 1\n---\nb: 2\n") == ["DTH304"])
  }

  @Test func refusesReferencesAndTags() {
    #expect(codes("a: &x 1\n") == ["DTH303"])
    #expect(codes("a: &x 1\nb: *x\n") == ["DTH303"])
    #expect(codes("a: !!binary 1\n") == ["DTH303"])
    #expect(codes("a: !mine 1\n") == ["DTH303"])
    #expect(codes("{\"a\":*x}") == ["DTH303"])
    #expect(codes("%TAG ! tag:x,2026:\n---\na: 1\n") == ["DTH303"])
  }

  /// Bombs in the places where comparing them would take for ever: as keys.
  @Test(.endsInTime) func refusesBombs() {
    var bomb = "l0: &l0 [x, x]\n"
    for level in 1...60 { bomb += "l\(level): &l\(level) [*l\(level - 1), *l\(level - 1)]\n" }
    #expect(codes(bomb + "? *l60\n: 1\n") == ["DTH303"])
    let hidden = [
      "? [*l60, *l60]\n: 1\n", "{*l60 : 1}\n", "k: {? *l60 : 1}\n", "[*l60]: 1\n", "#\u{85}? *l60\n: 1\n",
      "k: \"a # b\" \n? *l60\n: 1\n", "k: 'a\n  # b', \n? *l60\n: 1\n", "# it's\n? *l60\n: 1\n",
      "#\u{2028}? *l60\n: 1\n",
    ]
    for text in hidden { #expect(codes(bomb + text).count == 1) }
  }

  @Test func letsStarsBeInTextAndComments() {
    let plan =
      "# 7680*4320 *2 bytes\nbuffers:  # see *above\n  - {name: \"a*b\", size: 1, heap: \"&label\"}  # *x\n"
    #expect(codes(plan) == [])
  }

  @Test(.endsInTime) func boundsDepth() {
    for depth in [65, 200, 999, 1001, 100_000, 500_000] {
      #expect(codes(String(repeating: "[", count: depth)).allSatisfy { ["DTH301", "DTH302"].contains($0) })
      let flow = "a: " + String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      #expect(codes(flow) == ["DTH302"])
      if depth < 100_000 { #expect(codes(String(repeating: "- ", count: depth) + "a") == ["DTH302"]) }
      #expect(codes(String(repeating: "? ", count: depth) + "a").count == 1)
    }
    var nested = ""
    for depth in 0..<700 { nested += String(repeating: " ", count: depth) + "a:\n" }
    #expect(codes(nested) == ["DTH302"])
  }

  @Test(.endsInTime) func boundsSize() {
    #expect(codes([UInt8](repeating: 0x20, count: 1 << 20)) == ["DTH304"])
    #expect(codes([UInt8](repeating: 0x20, count: 1 << 20 + 1)) == ["DTH302"])
    let line = "buffers: [" + String(repeating: "1,", count: 500_000) + "1]"
    #expect(codes(line).count == 100)
    let keys = (0..<60_000).map { "k\($0): 1\n" }.joined()
    #expect(codes(keys).count == 100)
    #expect(codes("a: " + String(repeating: "\"", count: 500_000)).count == 1)
    #expect(codes(String(repeating: "#'\n", count: 300_000)) == ["DTH304"])
  }

  /// A file that is not read has a name and no text.
  @Test func showsNothingOfWhatIsTooLargeToRead() throws {
    let plan = try PlanFile.read(path: "/dev/zero")
    let configuration = try ProjectConfiguration.read(path: "/dev/zero")
    let trace = try TraceFile.read(path: "/dev/zero")
    let recording = try FtraceFile.read(path: "/dev/zero")
    let findings =
      plan.diagnostics + configuration.diagnostics + trace.diagnostics + recording.diagnostics
    #expect(findings.map(\.rule.code) == ["DTH302", "DTH402", "DTH332", "DTH332"])
    #expect(findings.map(\.file) == [String?](repeating: "/dev/zero", count: 4))
    #expect(findings.allSatisfy { $0.span == nil })
    #expect(plan.plan == nil && trace.trace == nil && recording.recording == nil)
  }

  @Test func refusesRepeatedKeys() {
    #expect(codes("buffers: []\nbuffers: []\n") == ["DTH306"])
    #expect(codes("buffers: [{name: a, size: 1}]\n\"buffers\": []\n") == ["DTH306"])
  }

  /// Cut anywhere, a plan is read or refused, and what is refused has a place.
  @Test func survivesTruncationAndDamage() {
    let plan = Array(
      """
      buffers:
        - {name: "a\\u00e9", size: 64MiB, count: 3, start: 33ms, repeat: {every: 1, count: 2}}
        - name: 'b'
          frame: {width: 7680, height: 4320, format: P010}
      groups:
        - {name: g, end: 5, buffers: [{name: c, size: 0x1000}]}
      expect: {fits: true}

      """.utf8)
    for length in 0...plan.count { _ = codes(Array(plan[..<length])) }
    for index in plan.indices {
      for byte: UInt8 in [0, 0x0A, 0x20, 0x22, 0x2A, 0x3A, 0x5B, 0x7B, 0x80, 0xFF] {
        var damaged = plan
        damaged[index] = byte
        _ = codes(damaged)
      }
    }
  }
}
