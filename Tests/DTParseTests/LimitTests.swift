import DTParse
import TestSupport
import Testing

/// No input exhausts the stack or the memory.
@Suite struct LimitTests {
  @Test(arguments: [65, 10_000, 1_000_000])
  func deepTreesGetAFinding(_ depth: Int) throws {
    let source =
      "/dts-v1/;\n/ {" + String(repeating: "n{", count: depth - 1) + String(repeating: "};", count: depth)
    #expect(try load(source + "\n").diagnostics.map(\.rule.code) == ["DTH005"])
  }

  @Test func sixtyFourLevelsAreRead() throws {
    let source =
      "/dts-v1/;\n/ {" + String(repeating: "n{", count: 63) + String(repeating: "};", count: 64) + "\n"
    #expect(try load(source).diagnostics.isEmpty)
  }

  @Test func anUnclosedDeepTreeEnds() throws {
    #expect(try load("/dts-v1/;\n/ {" + String(repeating: "n{", count: 100_000)).hasErrors)
  }

  @Test func referencesDoNotNestDeeperThanBodies() throws {
    let chain = (0..<40).map { "l\($0): n {" }.joined() + String(repeating: "};", count: 40)
    let loaded = try load("/dts-v1/;\n/ { \(chain) };\n&l39 { \(chain.replacing("l", with: "m")) };\n")
    #expect(loaded.diagnostics.map(\.rule.code).contains("DTH005"))
  }

  @Test func deepExpressionsGetAFinding() throws {
    let source = "/dts-v1/;\n/ { a = <" + String(repeating: "(", count: 100_000) + "1"
    #expect(try load(source).diagnostics.first?.rule.code == "DTH005")
    let chain = "/dts-v1/;\n/ { a = <(" + String(repeating: "1 ? 2 : ", count: 100_000) + "3)>; };\n"
    #expect(try tree(chain).root["a"]?.cell == 2)
  }

  @Test func aFileThatIncludesItselfGetsAFinding() throws {
    let scratch = try ScratchFolder()
    let path = "\(scratch.path)/loop.dtsi"
    try write("/include/ \"loop.dtsi\"\n", to: path)
    let loaded = try DevicetreeLoader.load(path: path)
    #expect(loaded.diagnostics.map(\.rule.code).contains("DTH005"))
  }

  @Test func inputIsBounded() throws {
    let scratch = try ScratchFolder()
    try write(String(repeating: "x", count: 1000), to: "\(scratch.path)/data")
    var options = LoadOptions()
    options.limits.inputBytesMax = 1500
    let source =
      "/dts-v1/;\n/ { a = /incbin/(\"\(scratch.path)/data\"); b = /incbin/(\"\(scratch.path)/data\"); };\n"
    #expect(try load(source, options).diagnostics.map(\.rule.code) == ["DTH004"])
    #expect(throws: LoadFailure.self) {
      options.limits.inputBytesMax = 500
      _ = try DevicetreeLoader.load(path: "\(scratch.path)/data", options)
    }
  }

  @Test func manyMergesOfManyChildrenAreQuick() throws {
    let children = (0..<5000).map { "n\($0) { };" }.joined(separator: "\n")
    let merges = (0..<5000).map { "&a { n\($0) { p; }; };" }.joined(separator: "\n")
    let result = try tree("/dts-v1/;\n/ { a: a { \(children) }; };\n\(merges)\n")
    #expect(result.node(path: "/a/n4999")?.has("p") == true)
  }

  @Test func tokensOutliveTheirFile() throws {
    let scratch = try ScratchFolder()
    try write("/* " + String(repeating: "x", count: 1 << 20) + " */ foo", to: "\(scratch.path)/inc.dtsi")
    let source = "/dts-v1/;\n/ { /include/ \"inc.dtsi\" = <1>; };\n"
    try write(source, to: "\(scratch.path)/board.dts")
    let loaded = try DevicetreeLoader.load(path: "\(scratch.path)/board.dts")
    #expect(loaded.tree?.root["foo"]?.cell == 1)
  }

  /// Bodies that would take minutes if a look-up or a finding cost more than it should.
  enum HostileBody: CaseIterable {
    case unresolvedReferences, labelsOfOneNode, escapedQuotes, repeatedNames, paths

    var text: String {
      switch self {
      case .unresolvedReferences:
        (0..<5000).map { "p\($0) = <&absent\($0)>;" }.joined()
          + (0..<20_000).map { "l\($0): n\($0) { };" }.joined()
      case .labelsOfOneNode: (0..<20_000).map { "l\($0): " }.joined() + "n { };"
      case .escapedQuotes: "a = \"" + String(repeating: "\\\"", count: 50_000)
      case .repeatedNames: String(repeating: "n { };", count: 20_000)
      case .paths:
        (0..<10_000).map { "p\($0) = &{/n\($0)};" }.joined() + (0..<10_000).map { "n\($0) { };" }.joined()
      }
    }
  }

  @Test(.endsInTime, arguments: HostileBody.allCases)
  func hostileBodiesAreQuick(_ body: HostileBody) throws {
    _ = try load("/dts-v1/;\n/ { " + body.text + " };\n")
  }

  @Test func anOverlayThatReopensItsRootOftenIsApplied() throws {
    let scratch = try ScratchFolder()
    try write("/dts-v1/;\n/ { };\n", to: "\(scratch.path)/base.dts")
    try write(
      "/dts-v1/;\n/plugin/;\n" + String(repeating: "/ { };\n", count: 100_000), to: "\(scratch.path)/add.dtso"
    )
    var options = LoadOptions()
    options.overlays = ["\(scratch.path)/add.dtso"]
    #expect(try DevicetreeLoader.load(path: "\(scratch.path)/base.dts", options).hasErrors == false)
  }
}
