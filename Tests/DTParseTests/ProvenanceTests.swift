import DTParse
import Diagnostics
import TestSupport
import Testing

/// Every node and property knows all places where it was written.
@Suite struct ProvenanceTests {
  @Test func mergesKeepAllPlaces() throws {
    let tree = try tree("/dts-v1/;\n/ { a: n { p = <1>; }; };\n&a { p = <2>; };\n/ { n { p = <3>; q; }; };\n")
    let node = try #require(tree.node(path: "/n"))
    #expect(node.places.map { text($0.name, tree.sources) } == ["n", "&a", "n"])
    #expect(node.places.map { tree.sources[$0.name.file].lineIndex(at: $0.name.start) + 1 } == [4, 3, 2])
    let property = try #require(node["p"])
    #expect(property.places.map { text($0.body, tree.sources) } == ["<3>", "<2>", "<1>"])
    #expect(text(property.span, tree.sources) == "p")
    #expect(text(property.valueSpan, tree.sources) == "<3>")
    #expect(text(node["q"]?.valueSpan, tree.sources) == "q")
  }

  @Test func includedFilesAreNamed() throws {
    let scratch = try ScratchFolder()
    try write("n { p = <1>; };\n", to: "\(scratch.path)/part.dtsi")
    try write("/dts-v1/;\n/ {\n /include/ \"part.dtsi\"\n};\n", to: "\(scratch.path)/board.dts")
    let loaded = try DevicetreeLoader.load(path: "\(scratch.path)/board.dts")
    let span = try #require(loaded.tree?.node(path: "/n")?.span)
    #expect(loaded.sources[span.file].name == "\(scratch.path)/part.dtsi")
    #expect(text(loaded.sources[span.file].includedFrom, loaded.sources) == "/include/ \"part.dtsi\"")
  }

  @Test func lineMarkersAreRecorded() throws {
    let loaded = try load("/dts-v1/;\n# 40 \"soc.dtsi\" 1 3\n/ { p; };\n# 7 \"board.dts\" 2\n/ { q; };\n")
    let markers = loaded.sources.markers[0]
    #expect(markers.map(\.line) == [40, 7])
    #expect(markers.map(\.name) == ["soc.dtsi", "board.dts"])
  }

  @Test func thePreprocessorIsRunWhereItIsNeeded() throws {
    let scratch = try ScratchFolder()
    try write("#define BASE 0x40000000\n", to: "\(scratch.path)/defs.h")
    try write(
      "/dts-v1/;\n#include \"defs.h\"\n/ {\n\tp = <BASE SIZE>;\n};\n", to: "\(scratch.path)/board.dts")
    var options = LoadOptions()
    options.defines = ["SIZE=4"]
    let loaded = try DevicetreeLoader.load(path: "\(scratch.path)/board.dts", options)
    #expect(loaded.tree?.root["p"]?.cells == [0x4000_0000, 4])
    #expect(loaded.dependencies == ["\(scratch.path)/board.dts", "\(scratch.path)/defs.h"])
  }

  @Test func whatThePreprocessorRefusesIsAFinding() throws {
    let scratch = try ScratchFolder()
    try write("/dts-v1/;\n\n#include \"absent.h\"\n/ { };\n", to: "\(scratch.path)/board.dts")
    let loaded = try DevicetreeLoader.load(path: "\(scratch.path)/board.dts")
    #expect(places(loaded) == ["DTH003 3:10"])
    #expect(loaded.tree == nil)
  }

  @Test func partsOfAValueHavePlaces() throws {
    let tree = try tree("/dts-v1/;\n/ { p = \"x\", <1 &n>, &n, [00]; n: n { }; };\n")
    let parts = try #require(tree.root["p"]).parts
    #expect(parts.map { text($0.span, tree.sources) } == ["\"x\"", "<", "&n", "&n", "["])
    #expect(parts.map(\.offset) == [0, 2, 6, 10, 13])
  }
}
