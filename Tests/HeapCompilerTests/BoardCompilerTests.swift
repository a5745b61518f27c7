import DTParse
import HeapCompiler
import HeapModel
import Testing

@Suite struct BoardCompilerTests {
  @Test func memoryIsThatOfEnabledMemoryNodes() throws {
    let source = """
      /dts-v1/;
      / { #address-cells = <2>; #size-cells = <1>;
        memory@0 { device_type = "memory"; reg = <1 0x80000000 0x1000>, <2 0 0x2000>; };
        memory@9 { device_type = "memory"; status = "disabled"; reg = <9 0 0x1000>; };
      };
      """
    let loaded = try DevicetreeLoader.load(bytes: Array(source.utf8), path: "test.dts")
    let board = BoardCompiler.lower(try #require(loaded.tree))
    #expect(
      board.memory == [
        AddressRange(base: 0x1_8000_0000, size: 0x1000), AddressRange(base: 0x2_0000_0000, size: 0x2000),
      ])
  }
}
