import DTParse
import Diagnostics
import TestSupport
import Testing

/// What an overlay does to positions and findings; the resulting trees are compared with fdtoverlay by
/// `make conformance`.
@Suite struct OverlayTests {
  private static let base =
    "/dts-v1/;\n/ { soc: soc { heap@1 { reg = <1>; }; pool: pool { size = <1>; }; }; };\n"

  private func apply(_ overlay: String, to base: String = base) throws -> LoadResult {
    let scratch = try ScratchFolder()
    try write(base, to: "\(scratch.path)/base.dts")
    try write(overlay, to: "\(scratch.path)/add.dtso")
    var options = LoadOptions()
    options.overlays = ["\(scratch.path)/add.dtso"]
    return try DevicetreeLoader.load(path: "\(scratch.path)/base.dts", options)
  }

  @Test func placesOfBothFilesAreKept() throws {
    let loaded = try apply("/dts-v1/;\n/plugin/;\n&pool { size = <2>; new: inner { of = <&pool>; }; };\n")
    let tree = try #require(loaded.tree)
    #expect(loaded.diagnostics.isEmpty)
    let size = try #require(tree.node(path: "/soc/pool")?["size"])
    #expect(size.cell == 2)
    #expect(size.places.map { text($0.body, tree.sources) } == ["<2>", "<1>"])
    #expect(size.places.map { tree.sources[$0.name.file].name.hasSuffix("add.dtso") } == [true, false])
    let inner = try #require(tree.node(path: "/soc/pool/inner"))
    #expect(inner.labels == ["new"])
    #expect(inner["of"]?.phandleTargets?.first??.path == "/soc/pool")
    #expect(text(inner.span, tree.sources) == "inner")
  }

  @Test func aNameWithoutUnitAddressFindsTheNodeThatHasOne() throws {
    let tree = try #require(try apply("/dts-v1/;\n/plugin/;\n&soc { heap { x; }; };\n").tree)
    #expect(tree.node(path: "/soc/heap@1")?.has("x") == true)
    #expect(tree.node(path: "/soc/heap") == nil)
  }

  @Test(arguments: [
    ("&pol { x; };\n", "DTH046", "the base has no label `pol`", "did you mean `&pool`?"),
    ("&{/sock} { x; };\n", "DTH045", "the base has no node `/sock`", nil),
    (
      "/ { fragment@0 { __overlay__ { x; }; }; };\n", "DTH045",
      "the fragment has neither `target` nor `target-path`", nil
    ),
  ])
  func whatCannotBeAppliedIsAFinding(_ body: String, _ code: String, _ message: String, _ help: String?)
    throws
  {
    let loaded = try apply("/dts-v1/;\n/plugin/;\n" + body)
    let finding = try #require(loaded.diagnostics.first)
    #expect(loaded.diagnostics.count == 1)
    #expect(finding.rule.code == code && finding.message == message && finding.help == help)
    let span = try #require(finding.span)
    #expect(loaded.sources[span.file].name.hasSuffix("add.dtso"))
    #expect(loaded.tree?.root.has("x") == false)
  }

  @Test func phandlesOfTheBaseStay() throws {
    let base = "/dts-v1/;\n/ { a: a { phandle = <7>; }; user { of = <&a>; }; };\n"
    let overlay = "/dts-v1/;\n/plugin/;\n&{/} { b: a { y; }; other { of = <&b>; }; };\n"
    let tree = try #require(try apply(overlay, to: base).tree)
    #expect(tree.node(path: "/a")?.phandle == 7)
    #expect(tree.node(path: "/user")?["of"]?.phandleTargets?.first??.path == "/a")
    #expect(tree.node(path: "/other")?["of"]?.phandleTargets?.first??.path == "/a")
  }
}
