import TestSupport
import Testing

@testable import Diagnostics

/// A preprocessed text with its markers recorded as a lexer does it.
private func preprocessed(_ text: String, originals: [String: String] = [:]) -> SourceMap {
  var map = SourceMap()
  let file = SourceFile(name: "board.pp", bytes: Array(text.utf8))
  let id = map.add(file)
  for index in file.lineStarts.indices {
    let words = String(decoding: file.line(index), as: UTF8.self).split(separator: " ")
    guard words.count >= 3, words[0] == "#", let line = Int(words[1]), index + 1 < file.lineStarts.count
    else { continue }
    map.add(
      LineMarker(
        offset: file.lineStarts[index + 1], line: line, name: String(words[2].dropFirst().dropLast())), to: id
    )
  }
  map.originals = OriginalSources { name in originals[name].map { Array($0.utf8) } }
  return map
}

extension SourceMap {
  /// The span of the `count`th occurrence of `text` in the first file.
  fileprivate func span(_ text: String, occurrence count: Int = 0) -> SourceSpan {
    let bytes = files[0].bytes
    let wanted = Array(text.utf8)
    let starts = bytes.indices.filter { bytes[$0...].starts(with: wanted) }
    return SourceSpan(
      file: SourceFileID(rawValue: 0), start: UInt32(starts[count]), end: UInt32(starts[count] + wanted.count)
    )
  }

  /// Name, place and the text that is underlined.
  fileprivate func shown(_ text: String, occurrence: Int = 0) -> String {
    let place = resolve(span(text, occurrence: occurrence))
    let location = place.location
    let underlined = String(decoding: place.source.bytes[place.range], as: UTF8.self)
    return
      "\(location.file):\(location.line):\(location.column)-\(location.endLine):\(location.endColumn) \(underlined)"
      + (place.isExact ? "" : " (macro)")
  }
}

@Suite struct LocationTests {
  @Test func plainTextHasItsOwnLines() {
    let map = preprocessed("a;\n\tünö = <1>;\n")
    #expect(map.shown("ünö") == "board.pp:2:2-2:5 ünö")
    #expect(map.shown("<1>") == "board.pp:2:8-2:11 <1>")
    #expect(map.shown("a;\n\tü") == "board.pp:1:1-2:3 a;\n\tü")
    #expect(map.shown("a;\n") == "board.pp:1:1-1:3 a;")
  }

  @Test func spansBeyondTheEndAreCut() {
    let map = preprocessed("ab")
    let place = map.resolve(SourceSpan(file: SourceFileID(rawValue: 0), start: 7, end: 9))
    #expect(place.location == SourceLocation(file: "board.pp", line: 1, column: 3, endLine: 1, endColumn: 3))
    let empty = preprocessed("").resolve(SourceSpan(file: SourceFileID(rawValue: 0), start: 0, end: 1))
    #expect(empty.location.line == 1)
    #expect(empty.line(0).isEmpty)
  }

  @Test func markersNameLines() {
    let map = preprocessed("# 7 \"a.dts\"\nx;\ny;\n# 3 \"b.dtsi\" 1\nz;\n# 9 \"a.dts\" 2\nw;\n")
    #expect(map.shown("y") == "a.dts:8:1-8:2 y (macro)")
    #expect(map.shown("z") == "b.dtsi:3:1-3:2 z (macro)")
    #expect(map.shown("w") == "a.dts:9:1-9:2 w (macro)")
    // It begins in one file and ends in another: the first line is shown.
    #expect(map.shown("y;\n# 3 \"b.dtsi\" 1\nz;") == "a.dts:8:1-8:3 y; (macro)")
  }

  @Test func hostileMarkersDoNotOverflow() {
    let map = preprocessed("# 9223372036854775807 \"a\"\nx;\ny;\n# -5 \"b\"\nz;\n")
    #expect(map.location(of: map.span("y")).line == .max)
    #expect(map.location(of: map.span("z")).line == 1)
  }

  /// What cpp makes of the source, and where its parts are in it.
  @Test(arguments: [
    // Macros are underlined as they are used.
    ("  reg = <A 0x2>;", "  reg = <0x1000 0x2>;", "0x1000", "a.dts:1:10-1:11 A (macro)"),
    ("  reg = <A 0x2>;", "  reg = <0x1000 0x2>;", "0x2", "a.dts:1:12-1:15 0x2"),
    ("  reg = <A B C>;", "  reg = <0x1 0x2 0x3>;", "0x2", "a.dts:1:10-1:15 A B C (macro)"),
    ("  reg = <A 0x5 B>;", "  reg = <0x1 0x5 0x3>;", "0x3", "a.dts:1:16-1:17 B (macro)"),
    ("  reg = REG(A, 7), <8>;", "  reg = <0x1000 7>, <8>;", "7", "a.dts:1:9-1:18 REG(A, 7) (macro)"),
    ("  reg = REG(A, 7), <8>;", "  reg = <0x1000 7>, <8>;", "8", "a.dts:1:21-1:22 8"),
    ("  MY_NODE", "  node { status = \"okay\"; };", "status", "a.dts:1:3-1:10 MY_NODE (macro)"),
    // White space is squeezed, comments go.
    (
      "\t\treg   =\t<1>; /* c */ x = \"a  b\";  // foo", "  reg = <1>; x = \"a  b\";", "x",
      "a.dts:1:24-1:25 x"
    ),
    (
      "\t\treg   =\t<1>; /* c */ x = \"a  b\";", "  reg = <1>; x = \"a  b\";", "\"a  b\"",
      "a.dts:1:28-1:34 \"a  b\""
    ),
    ("   c */ x = <1>;", "        x = <1>;", "x", "a.dts:1:9-1:10 x"),
    // Lines are joined.
    ("x = R(1,\n  2), <8>;", "x = <1 2>, <8>;", "8", "a.dts:2:8-2:9 8"),
    ("x = R(1,\n  2), <8>;", "x = <1 2>, <8>;", "2", "a.dts:1:5-2:5 R(1,\n  2) (macro)"),
    ("x = <1>; /* c\n end */ y = <2>;", "x = <1>; y = <2>;", "y", "a.dts:2:9-2:10 y"),
    ("x = <1 \\\n  2>;", "x = <1 2>;", "2", "a.dts:2:3-2:4 2"),
    // The file has changed since, or has no such line: the preprocessed text is shown.
    ("", "x = <1>;", "x", "a.dts:1:1-1:2 x (macro)"),
    ("};", "x = <1>", "x", "a.dts:1:1-1:2 x (macro)"),
  ])
  func columnsAreThoseOfTheSource(source: String, line: String, text: String, shown: String) {
    let map = preprocessed("# 1 \"a.dts\"\n\(line)\n", originals: ["a.dts": source + "\n"])
    #expect(map.shown(text) == shown)
  }

  @Test func placesBetweenBytesClingToTheTokenBefore() {
    let map = preprocessed("# 1 \"a.dts\"\n x = <1>\n", originals: ["a.dts": "\tx  =  <1> // no semicolon\n"])
    let end = map.span("<1>").end
    let place = map.resolve(SourceSpan(file: SourceFileID(rawValue: 0), start: end, end: end))
    #expect(place.location == SourceLocation(file: "a.dts", line: 1, column: 11, endLine: 1, endColumn: 11))
    #expect(place.isExact)
    #expect(Array(map.displayLine(of: map.span("<1>"))) == Array("\tx  =  <1> // no semicolon".utf8))
  }

  @Test func nodesOverSeveralLinesEndInTheSource() {
    let map = preprocessed(
      "# 1 \"a.dts\"\n n {\n  a = <5>;\n };\n", originals: ["a.dts": "\tn {\n\t\ta = <FIVE>;\n\t};\n"])
    #expect(map.shown("n {\n  a = <5>;\n };") == "a.dts:1:2-3:4 n {\n\t\ta = <FIVE>;\n\t};")
  }

  @Test func includesAreChained() {
    var map = SourceMap()
    let root = map.add(SourceFile(name: "a.dts", bytes: Array("/include/ \"b\"\n".utf8)))
    let place = SourceSpan(file: root, start: 0, end: 13)
    let middle = map.add(
      SourceFile(name: "b", bytes: Array("\n /include/ \"c\"\n".utf8), includedFrom: place))
    let inner = SourceSpan(file: middle, start: 2, end: 15)
    let leaf = map.add(SourceFile(name: "c", bytes: Array("x".utf8), includedFrom: inner))
    let chain = map.includeChain(of: SourceSpan(file: leaf, start: 0, end: 1))
    #expect(chain.map { "\($0.file):\($0.line):\($0.column)" } == ["b:2:2", "a.dts:1:1"])
  }

  @Test func hugeLinesAreNotAligned() {
    let filler = String(repeating: "x ", count: 20_000)
    let map = preprocessed("# 1 \"a.dts\"\n\(filler)y z\n", originals: ["a.dts": filler + "y  z\n"])
    #expect(map.shown("z") == "a.dts:1:40003-1:40004 z (macro)")
  }

  /// The real preprocessor, on everything that it moves.
  @Test func everyTokenOfCppIsFoundAgain() async throws {
    let source = """
      #define BASE 0x1000
      #define REG(a, b) <a b>
      / {
      \tnode@1 { /* one */ compatible = "a,b"; }; // two
      \t\treg   =  <0x7\tBASE>; /* c
       end */ after = "é";
      #if 0
      \tbelow = <0x1000>;
      #endif
      \tlater = REG(BASE,
      \t\t0x9), <0x8>; tail;
         last = <1 \\
        2>;
      };

      """
    let scratch = try ScratchFolder()
    let result = try await runTool(
      "cpp", ["-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp", "-"], stdin: Array(source.utf8),
      in: scratch.path)
    #expect(result.status == 0)
    let map = preprocessed(result.text, originals: ["<stdin>": source])
    for word in [
      "node@1", "compatible", "\"a,b\"", "reg", "0x7", "after", "\"é\"", "later", "0x8", "tail", "last", "2>",
    ] {
      let place = map.resolve(map.span(word))
      #expect(place.source.bytes[place.range].elementsEqual(word.utf8), "\(word)")
      #expect(place.isExact && place.isOriginal, "\(word)")
    }
    #expect(map.shown("0x1000") == "<stdin>:5:17-5:21 BASE (macro)")
    #expect(map.shown("0x9") == "<stdin>:10:10-11:7 REG(BASE,\n\t\t0x9) (macro)")
  }
}
