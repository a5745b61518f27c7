import DTParse
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler

/// A tree from the body of its root.
func tree(_ body: String) throws -> Devicetree {
  let source = "/dts-v1/;\n/ {\n\(body)\n};\n"
  return try #require(try DevicetreeLoader.load(bytes: Array(source.utf8), path: "test.dts").tree)
}

@Suite struct BoardLoweringTests {
  private let cells = "#address-cells = <2>; #size-cells = <2>;"

  @Test func absentRootCellsCountAsOne() throws {
    let board = BoardCompiler.lower(
      try tree(#"memory@80000000 { device_type = "memory"; reg = <0x80000000 0x1000>; };"#))
    #expect(board.rootCells == CellCounts(address: nil, size: nil))
    #expect(board.memory == [AddressRange(base: 0x8000_0000, size: 0x1000)])
  }

  @Test(arguments: [
    "", "#address-cells = <0>; #size-cells = <0>;",
    "#address-cells = <0xffffffff>; #size-cells = <0xffffffff>;",
    "#address-cells; #size-cells = \"\";", "#address-cells = <2 2>; #size-cells = [01];",
  ])
  func oddRootCellsAreSurvived(cells: String) throws {
    let loaded = try tree(
      """
      \(cells)
      memory@0 { device_type = "memory"; reg = <0 0 0 0x1000>; };
      chosen { linux,usable-memory-range = <1 2 3>; };
      reserved-memory { ranges; a { reg = <1 2 3 4 5>; }; b { size = [00 01]; alloc-ranges = <1>; }; };
      """)
    for name in KernelProfile.names {
      let map = MemoryMap(
        booting: BoardCompiler.lower(loaded), with: KernelProfile.named(name, .arm64) ?? .default(.arm64))
      #expect(map.regions.count >= 2)
    }
  }

  @Test func boardWithoutMemoryDoesNotBoot() throws {
    let map = MemoryMap(booting: BoardCompiler.lower(try tree(cells)), with: .default(.arm64))
    #expect(!map.boots && map.deathCause == .noMemory)
  }

  @Test func overridesReplaceTheTree() throws {
    var overrides = BoardCompiler.Overrides()
    overrides.memory = [AddressRange(base: 1 << 32, size: 1 << 20)]
    overrides.commandLine = "cma=0"
    let board = BoardCompiler.lower(try tree(#"\#(cells) chosen { bootargs = "quiet"; };"#), overrides)
    #expect(board.memory == overrides.memory && board.commandLine == "cma=0" && board.occupied == nil)
  }

  @Test func chosenMayHaveAUnitAddress() throws {
    #expect(BoardCompiler.lower(try tree(#"chosen@0 { bootargs = "quiet"; };"#)).commandLine == "quiet")
  }

  @Test func usableMemoryIsCheckedAsTheKernelChecks() throws {
    func usable(_ cells: String, _ value: String) throws -> Int {
      BoardCompiler.lower(try tree("\(cells) chosen { linux,usable-memory-range = <\(value)>; };"))
        .usableMemory.count
    }
    #expect(try usable("", "0 1 2 3") == 2)
    // 16 bytes are no multiple of three cells; 20 bytes are one of four, and the rest is left out.
    #expect(try usable("#address-cells = <2>; #size-cells = <1>;", "0 0 1 2") == 0)
    #expect(try usable(cells, "0 0 0 1 2") == 1)
  }

  @Test func strayNodesAreThoseWhereNobodyLooks() throws {
    let board = BoardCompiler.lower(
      try tree(
        """
        reserved-memory { a { b { }; }; };
        reserved-memory@1 { c { d { }; }; };
        """))
    #expect(board.reservedMemory?.children.map(\.name) == ["a"])
    #expect(board.strayNodes.map(\.name) == ["b", "c", "d"])
  }

  @Test func usersAreHeapsAndDevicesOfRegions() throws {
    let board = BoardCompiler.lower(
      try tree(
        """
        reserved-memory { r: a { }; inside { memory-region = <&r>; }; };
        heap { compatible = "Linux,DMA-Heap-Chunk"; };
        bus { status = "disabled"; device { memory-region = <&r>, <0x77>; }; };
        other { compatible = "linux,something-else"; };
        """))
    #expect(board.users.map(\.path) == ["/heap", "/bus/device"])
    #expect(board.users[1].memoryRegions == [board.reservedMemory?.children[0].identifier, nil])
    #expect(board.users[1].status == Array("disabled\0".utf8), "nothing below a disabled bus is a device")
  }
}

@Suite struct BusLimitTests {
  /// The last addresses that the buses of a tree reach.
  private func limits(_ body: String) throws -> [UInt64] {
    BusLimits(of: try tree("#address-cells = <2>; #size-cells = <2>;\n" + body)).limits.map(\.value)
  }

  @Test func busReachesTheEndOfItsLargestRange() throws {
    let found = try limits(
      """
      soc { #address-cells = <1>; #size-cells = <1>;
        dma-ranges = <0 0 0x80000000 0x1000>, <0x1000 0 0x40000000 0x1000>; };
      """)
    #expect(found == [0x8000_0fff])
  }

  @Test func addressesGoThroughTheBusesAbove() throws {
    let found = try limits(
      """
      soc {
        #address-cells = <1>; #size-cells = <1>; dma-ranges = <0x40000000 0x1 0 0x10000000>;
        inner { #address-cells = <1>; #size-cells = <1>; dma-ranges = <0 0x41000000 0x1000>; };
        lost { #address-cells = <1>; #size-cells = <1>; dma-ranges = <0 0x70000000 0x1000>; };
      };
      """)
    // An address that no bus above holds is all ones, as in the kernel, and the sum wraps.
    #expect(found == [0x1_0fff_ffff, 0x1_0100_0fff, 0xffe])
  }

  @Test func countsAreThoseOfTheNearestNodeUpwards() throws {
    #expect(try limits("soc { dma-ranges = <0 0 0 0x80000000 0 0x1000>; };") == [0x8000_0fff])
  }

  @Test func disabledBusesAndEmptyRangesDoNotCount() throws {
    let found = try limits(
      """
      a { dma-ranges; };
      b { status = "disabled"; c { dma-ranges = <0 0 0 0 0 0x1000>; }; };
      """)
    #expect(found.isEmpty)
  }

  @Test func restsAndHugeCountsAreSurvived() throws {
    #expect(try limits("a { dma-ranges = <1 2 3>; };") == [0])
    #expect(
      try limits("a { #address-cells = <0xffffffff>; #size-cells = <0>; dma-ranges = <1 2 3>; };") == [0])
  }

  @Test(.endsInTime) func hostileRangesEndInTime() throws {
    let entries = Array(repeating: "<0 1 0x1000>", count: 20_000).joined(separator: ", ")
    let bus = "#address-cells = <1>; #size-cells = <1>; dma-ranges = \(entries);"
    let found = try limits(
      """
      a { \(bus) b { \(bus) c { \(bus) d { \(bus) }; }; }; }; };
      """)
    #expect(found.count == 4)
  }
}

@Suite struct BoardArchitectureTests {
  @Test(arguments: [
    ("arm,cortex-a53", Architecture.arm64), ("arm,cortex-a34", .arm64), ("arm,cortex-a520ae", .arm64),
    ("arm,cortex-x4", .arm64), ("arm,neoverse-v2", .arm64), ("arm,armv8", .arm64),
    ("apple,firestorm", .arm64),
    ("qcom,kryo780", .arm64), ("qcom,oryon", .arm64), ("nvidia,tegra194-carmel", .arm64),
    ("cavium,thunder2", .arm64), ("brcm,brahma-b53", .arm64), ("samsung,mongoose-m2", .arm64),
    ("arm,cortex-a5", .arm), ("arm,cortex-a7", .arm), ("arm,cortex-a9", .arm), ("arm,cortex-a15", .arm),
    ("arm,cortex-a17", .arm), ("arm,cortex-a32", .arm), ("arm,arm1176jzf-s", .arm), ("arm,arm11mpcore", .arm),
    ("arm,arm926ej-s", .arm), ("arm,arm720t", .arm), ("marvell,feroceon", .arm), ("marvell,pj4b", .arm),
    ("qcom,krait", .arm), ("qcom,scorpion", .arm), ("brcm,brahma-b15", .arm), ("faraday,fa526", .arm),
  ])
  func firstCPUTells(compatible: String, architecture: Architecture) throws {
    let loaded = try tree(
      #"cpus { idle-states { compatible = "x"; }; cpu@0 { compatible = "new,core", "\#(compatible)"; }; };"#)
    #expect(BoardArchitecture(of: loaded) == .modelled(architecture))
  }

  @Test(arguments: [
    "riscv", "mips,mips24Kc", "arm,cortex-m3", "arm,cortex-r5", "ingenic,xburst", "snps,archs38",
  ])
  func otherArchitecturesAreNamed(compatible: String) throws {
    #expect(
      BoardArchitecture(of: try tree(#"cpus { cpu@0 { compatible = "\#(compatible)"; }; };"#))
        == .other(compatible))
  }

  @Test func boardsThatSayNothing() throws {
    #expect(BoardArchitecture(of: try tree("")) == .unstated)
    #expect(BoardArchitecture(of: try tree("cpus { cpu@0 { }; };")) == .unstated)
    let timer = #"timer { compatible = "arm,armv7-timer"; };"#
    #expect(BoardArchitecture(of: try tree("cpus { cpu@0 { }; }; \(timer)")) == .modelled(.arm))
    #expect(
      BoardArchitecture(of: try tree(#"timer { compatible = "arm,armv8-timer"; };"#)) == .modelled(.arm64))
    let powerPC = try tree(#"cpus { PowerPC,8313@0 { device_type = "cpu"; }; };"#)
    #expect(BoardArchitecture(of: powerPC) == .other("PowerPC,8313"))
    let clock = try tree("cpus { cpu@0 { timebase-frequency = <1>; }; };")
    #expect(BoardArchitecture(of: clock) == .other("cpu@0"))
  }

  @Test(arguments: [
    ("arm,armv7m-nvic", BoardArchitecture.other("arm,armv7m-nvic")), ("ibm,uic", .other("ibm,uic")),
    ("intel,ixp46x-interrupt", .modelled(.arm)), ("arm,pl390", .modelled(.arm)), ("arm,gic-v3", .unstated),
  ])
  func interruptControllerTells(compatible: String, architecture: BoardArchitecture) throws {
    let controller = #"pic { interrupt-controller; compatible = "\#(compatible)"; };"#
    #expect(BoardArchitecture(of: try tree("cpus { cpu@0 { }; }; \(controller)")) == architecture)
    let expander = #"gpio { interrupt-controller; compatible = "x,gpio"; };"#
    let expected = architecture == .other("ibm,uic") ? .other("x,gpio") : architecture
    #expect(BoardArchitecture(of: try tree("\(expander) \(controller)")) == expected)
  }

  @Test func extentOfTheTree() throws {
    let board = BoardCompiler.lower(try tree("a@1 { reg = <1>; }; longer-name { name = \"x\"; p; };"))
    // The root, `a@1` and `longer-name`; the first two get a `name`, and the root has two properties from the header.
    #expect(board.treeExtent.nodes == 3)
    #expect(board.treeExtent.nameBytes == 8 + 8 + 8 + 8 + 16)
  }
}
