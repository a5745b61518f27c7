import DTParse
import Testing

/// One mistake is one finding, and what follows it is still read.
@Suite struct RecoveryTests {
  @Test(arguments: [
    ("a missing semicolon", "/dts-v1/;\n/ {\n a = <1>\n b = <2>;\n};\n", ["DTH001 3:9"]),
    ("a missing semicolon before a brace", "/dts-v1/;\n/ {\n a = <1>\n};\n", ["DTH001 3:9"]),
    ("a missing semicolon after a body", "/dts-v1/;\n/ {\n n { }\n m { };\n};\n", ["DTH001 3:7"]),
    (
      "two mistakes", "/dts-v1/;\n/ {\n a = ;\n b = <1>;\n c = [0];\n d;\n};\n", ["DTH001 3:6", "DTH001 5:7"]
    ),
    ("a number without brackets", "/dts-v1/;\n/ {\n a = 1;\n b = \"x\";\n};\n", ["DTH001 3:6"]),
    ("an expression without parentheses", "/dts-v1/;\n/ {\n a = <1 + 2>;\n b;\n};\n", ["DTH001 3:9"]),
    ("a missing brace", "/dts-v1/;\n/ {\n n {\n a;\n};\n", ["DTH001 6:1"]),
    ("a brace too many", "/dts-v1/;\n/ { };\n};\n/ { a; };\n", ["DTH001 3:1"]),
    ("no version", "/ {\n a = <1>;\n};\n", ["DTH007 1:1"]),
    (
      "a property after a node", "/dts-v1/;\n/ {\n n { };\n p;\n q = <08>;\n};\n",
      ["DTH006 4:2", "DTH006 5:2", "DTH002 5:7"]
    ),
    ("text after the tree", "/dts-v1/;\n/ { };\nfoo bar;\n/ { a; };\n", ["DTH001 3:1"]),
    ("an open comment", "/dts-v1/;\n/ { };\n/* open\n", ["DTH009 3:1"]),
    ("an open string", "/dts-v1/;\n/ {\n a = \"x;\n b;\n};\n", ["DTH001 3:6"]),
    ("a byte order mark", "\u{feff}/dts-v1/;\n/ { };\n", ["DTH001 1:1"]),
  ])
  func mistakes(_ name: String, _ source: String, _ expected: [String]) throws {
    #expect(places(try load(source)) == expected, "\(name)")
  }

  @Test func whatIsRightIsStillRead() throws {
    let loaded = try load("/dts-v1/;\n/ {\n a = ;\n n { b = <2>; };\n};\n&missing { };\n/ { c; };\n")
    #expect(places(loaded) == ["DTH001 3:6", "DTH030 6:1"])
    let root = try #require(loaded.tree?.root)
    #expect(root.child("n")?["b"]?.cell == 2)
    #expect(root.has("c"))
  }

  @Test func aHundredFindingsAreKeptAndTheRestCounted() throws {
    let body = String(repeating: "a = ;\n", count: 250)
    let loaded = try load("/dts-v1/;\n/ {\n\(body)};\n")
    #expect(loaded.diagnostics.count == 100)
    #expect(loaded.droppedCount >= 150)
    #expect(loaded.hasErrors)
  }

  @Test func whatAMissingFileWouldDefineIsNotMissed() throws {
    let loaded = try load("/include/ \"absent.dtsi\"\n/ { p = <&x>; };\n&y { };\n")
    #expect(places(loaded) == ["DTH004 1:1"])
    #expect(loaded.hasErrors)
  }

  @Test func labelsOfADroppedBodyAreKnown() throws {
    let loaded = try load("/dts-v1/;\n/ { p = <&x>; };\n&missing { x: x { }; };\n")
    #expect(places(loaded) == ["DTH030 3:1"])
  }
}
