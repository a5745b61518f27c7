import DTParse
import Testing

/// Typed readings of values.
@Suite struct ValueTests {
  @Test func readingsGiveNilWhereTheFormIsAnother() throws {
    let root = try tree("/dts-v1/;\n/ { a = <1 2>; b = [00 01 02]; c = \"x\", \"\"; d = \"x\"; e; };\n").root
    #expect(root["a"]?.cells == [1, 2])
    #expect(root["a"]?.number == 0x1_0000_0002)
    #expect(root["a"]?.cell == nil)
    #expect(root["b"]?.cells == nil)
    #expect(root["b"]?.string == nil)
    #expect(root["c"]?.strings == ["x", ""])
    #expect(root["c"]?.string == nil)
    #expect(root["d"]?.string == "x")
    #expect(root["e"]?.cells == [])
    #expect(root["e"]?.strings == nil)
    #expect(root["f"] == nil)
  }

  @Test func regIsReadWithTheParentsCells() throws {
    let tree = try tree(
      "/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <1>;\n"
        + " m { reg = <0 0x40000000 0x1000>, <1 0 0x2000>; }; odd { reg = <1 2>; }; };\n")
    #expect(
      tree.node(path: "/m")?.reg
        == [RegEntry(address: 0x4000_0000, size: 0x1000), RegEntry(address: 0x1_0000_0000, size: 0x2000)])
    #expect(tree.node(path: "/odd")?.reg == nil)
  }

  @Test func addressesAreTranslatedThroughRanges() throws {
    let tree = try tree(
      """
      /dts-v1/;
      / { #address-cells = <2>; #size-cells = <2>;
        soc { #address-cells = <1>; #size-cells = <1>; ranges = <0x1000 0x8 0x40000000 0x1000>;
          bus { #address-cells = <1>; #size-cells = <1>; ranges; dev@1010 { reg = <0x1010 4>; }; };
          island { #address-cells = <1>; #size-cells = <1>; dev@0 { reg = <0 4>; }; };
        };
      };

      """)
    #expect(tree.node(path: "/soc/bus/dev@1010")?.cpuAddress(of: 0x1010) == 0x8_4000_0010)
    #expect(tree.node(path: "/soc/bus/dev@1010")?.cpuAddress(of: 0x3000) == nil)
    #expect(tree.node(path: "/soc/island/dev@0")?.cpuAddress(of: 0) == nil)
  }

  @Test func phandlesLeadToNodes() throws {
    let tree = try tree("/dts-v1/;\n/ { p = <&a 99>; a: a { }; };\n")
    let targets = try #require(tree.root["p"]?.phandleTargets)
    #expect(targets.map { $0?.path } == ["/a", nil])
    #expect(tree.node(path: "/a")?.labels == ["a"])
    #expect(tree.node(path: "/b") == nil)
  }
}
