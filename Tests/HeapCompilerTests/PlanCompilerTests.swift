import DTParse
import Diagnostics
import HeapModel
import Testing

@testable import HeapCompiler

@Suite struct PlanCompilerTests {
  /// A board with 1 GiB from 1 GiB on, and these nodes.
  static func board(reserved: String = "", devices: String = "") throws -> PlanCompiler {
    let source = """
      /dts-v1/;
      / {
        #address-cells = <1>; #size-cells = <1>;
        memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
        reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; \(reserved) };
        \(devices)
      };
      """
    var options = LoadOptions()
    options.generatesSymbols = true
    let loaded = try DevicetreeLoader.load(bytes: Array(source.utf8), path: "board.dts", options)
    let tree = try #require(loaded.tree)
    #expect(loaded.diagnostics.map(\.message) == [])
    var profile = KernelProfile.linux61Arm64
    profile.defaultCMASize = ByteCount(0)
    return PlanCompiler(map: MemoryMap(booting: BoardCompiler.lower(tree), with: profile), tree: tree)
  }

  static let frames = """
    frames: frames-heap@60000000 {
      compatible = "linux,dma-heap-chunk"; reg = <0x60000000 0x4000000>; chunk-order = <4>;
    };
    """
  static let firmware = """
    firmware@70000000 { compatible = "shared-dma-pool"; reusable; reg = <0x70000000 0x400000>; };
    """

  private func compile(_ heap: String?, on board: PlanCompiler, model: String? = nil) throws
    -> PlanCompilation
  {
    let entry = heap.map { ", heap: \"\($0)\"" } ?? ""
    let text = "buffers: [{name: a, size: 4MiB\(entry)}]\n"
    let plan = PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml")
    return board.compile(try #require(plan.plan), heapModel: model)
  }

  @Test(arguments: [
    "frames-heap@60000000", "/dev/dma_heap/frames-heap@60000000", "frames", "&frames",
    "/reserved-memory/frames-heap@60000000", nil,
  ])
  func findsAHeapByItsNames(_ name: String?) throws {
    let compiled = try compile(name, on: try Self.board(reserved: Self.frames))
    #expect(compiled.diagnostics.map(\.message) == [])
    #expect(compiled.plan?.buffers.map(\.heap) == ["frames-heap@60000000"])
  }

  @Test func findsAHeapByItsDeviceOrItsPool() throws {
    let pool = """
      pool: pool@60000000 { compatible = "shared-dma-pool"; reusable; reg = <0x60000000 0x4000000>; };
      """
    let device = """
      dev: heap { compatible = "samsung,dma-heap-chunk"; memory-region = <&pool>; dma-heap,name = "vframe";
        dma-heap,alignment = <0x10000>; };
      """
    let board = try Self.board(reserved: pool, devices: device)
    #expect(board.map.heaps.map(\.name) == ["vframe", "vframe-uncached"])
    for name in ["vframe", "dev", "/heap"] {
      #expect(try compile(name, on: board).plan?.buffers.map(\.heap) == ["vframe"])
    }
    #expect(try compile("vframe-uncached", on: board).plan?.buffers.map(\.heap) == ["vframe-uncached"])
    let several = try compile("pool", on: board)
    #expect(several.diagnostics.map(\.rule.code) == ["DTH316"])
    #expect(several.diagnostics.first?.help == "name one of them: `vframe` or `vframe-uncached`")
    #expect(try compile(nil, on: board).diagnostics.map(\.rule.code) == ["DTH315"])
  }

  @Test func namesTheSystemHeapToWhoMisspellsOne() throws {
    let finding = try #require(
      try compile("nothing", on: try Self.board(reserved: Self.frames)).diagnostics.first)
    #expect(finding.help == "there are `frames-heap@60000000` and `system`")
    let meant = try compile("sytem", on: try Self.board(reserved: Self.frames)).diagnostics.first
    #expect(meant?.message == "the board has no heap `sytem`; did you mean `system`?")
  }

  /// A limit that nothing could break would be met whatever the board does.
  @Test func refusesLimitsOfTimeOnAnIdleMachine() throws {
    let board = try Self.board(reserved: Self.frames)
    let text = "buffers: [{name: a, size: 4MiB}]\nexpect: {latency: {max: 1ms}}\n"
    let idle = try #require(PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml").plan)
    #expect(board.compile(idle).diagnostics.map(\.rule.code) == ["DTH309"])
    #expect(board.compile(idle, heapModel: "system").diagnostics.isEmpty)
    let timed = text + "pressure: {holders: [{kind: kernel, size: 1MiB}]}\n"
    let plan = try #require(PlanFile.read(bytes: Array(timed.utf8), name: "plan.yaml").plan)
    #expect(board.compile(plan).diagnostics.isEmpty)
  }

  @Test func showsWhichAreaTheBoardDoesNotHave() throws {
    let text = """
      buffers: [{name: a, size: 4MiB}]
      pressure:
        holders: [{kind: area-user, area: nowhere, size: 1MiB}]
      """
    let reading = PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml")
    let compiled = try Self.board(reserved: Self.frames).compile(try #require(reading.plan))
    let span = try #require(compiled.diagnostics.first?.span)
    #expect(reading.sources.location(of: span).column == 37)
  }

  /// A user that has the whole area leaves nothing to the heap on it.
  @Test(arguments: [
    "frames-heap@60000000", "frames", "&frames", "/reserved-memory/frames-heap@60000000",
  ])
  func findsAnAreaByItsNames(_ area: String) throws {
    let text = """
      buffers: [{name: a, size: 4MiB, heap: frames}]
      pressure:
        holders: [{kind: area-user, area: "\(area)", size: 64MiB}]
      """
    let plan = try #require(PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml").plan)
    let compiled = try Self.board(reserved: Self.frames + Self.firmware).compile(plan)
    #expect(compiled.diagnostics.map(\.message) == [])
    let simulation = try Simulation(
      plan: try #require(compiled.plan), system: try #require(compiled.system), pressure: compiled.pressure)
    let fits = simulation.run(seed: 1).fits
    #expect(!fits)
  }

  @Test(arguments: [
    (
      "frames-heap@6000000",
      "the board has no area `frames-heap@6000000`; did you mean `frames-heap@60000000`?"
    ),
    ("frames-heap", "the board has no area `frames-heap`; did you mean `frames-heap@60000000`?"),
    ("raw", "`raw` has no area that a driver can allocate from"),
    ("/cpus", "the board has no area `/cpus`"),
  ])
  func saysWhyThereIsNoArea(_ area: String, _ message: String) throws {
    let text = """
      buffers: [{name: a, size: 4MiB, heap: frames}]
      pressure: {holders: [{kind: area-user, area: "\(area)", size: 1MiB}]}
      """
    let plan = try #require(PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml").plan)
    let raw = "raw: raw@70000000 { no-map; reg = <0x70000000 0x400000>; };"
    let compiled = try Self.board(reserved: Self.frames + raw).compile(plan)
    #expect(compiled.diagnostics.map(\.message) == [message])
    #expect(
      compiled.diagnostics.map(\.help)
        == ["the areas are `frames-heap@60000000`; the label and the path of a region name its area too"])
  }

  @Test func makesAreasAndHeapsOfTheMap() throws {
    let board = try Self.board(reserved: Self.frames + Self.firmware)
    let system = try #require(board.system())
    #expect(system.machine.geometry == MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    #expect(system.machine.areas.map(\.name) == ["frames-heap@60000000", "firmware@70000000"])
    #expect(system.machine.areas.map(\.base.number) == [0x60000, 0x70000])
    #expect(system.machine.areas.map(\.pages) == [0x4000, 0x400])
    #expect(system.heaps.map(\.kind) == [.chunk(.failfast, chunkOrder: 4)])
    let models = PlanCompiler.heapModels.map { board.system(heapModel: $0)?.heaps.first?.kind.name }
    #expect(
      models == [
        "pageblock-scan", "bulk", "failfast", "halving", "cma", "repeated", "compound-pool", "system",
      ])
  }

  @Test func suggestsAHeap() throws {
    let compiled = try compile("frame-heap@60000000", on: try Self.board(reserved: Self.frames))
    #expect(
      compiled.diagnostics.map(\.message)
        == ["the board has no heap `frame-heap@60000000`; did you mean `frames-heap@60000000`?"])
    #expect(compiled.absence == nil)
    #expect(try compile("systems", on: try Self.board(reserved: Self.frames)).diagnostics.count == 1)
  }

  /// Each board, the heap that a plan names on it, and a part of the reason why the kernel has none.
  @Test(arguments: [
    // Rejected: the size is no multiple of the CMA minimum.
    (
      "h@60001000 { compatible = \"shared-dma-pool\"; reusable; reg = <0x60001000 0x4000000>; };", "",
      "h@60001000",
      "misaligned-cma"
    ),
    // No room for it.
    (
      "h { compatible = \"linux,dma-heap-chunk\"; size = <0x70000000>; };", "", "h",
      "finds no room for region `h`"
    ),
    // Disabled.
    (
      "h@60000000 { compatible = \"linux,dma-heap-chunk\"; reg = <0x60000000 0x4000000>; status = \"disabled\"; };",
      "", "h@60000000", "never looks at region `h@60000000`, which its `status` disables"
    ),
    // Where the kernel does not look: below a region, in a second container, in one that it refuses.
    (
      "o@60000000 { reg = <0x60000000 0x4000000>; h@0 { reg = <0 0x1000>; }; };", "", "h@0",
      "never looks at region `h@0`, which is no child of the first `/reserved-memory`"
    ),
    (
      "};\nreserved-memory@1 { #address-cells = <1>; #size-cells = <1>; h@60000000 { reg = <0x60000000 0x1000>; };",
      "", "h@60000000", "which is no child of the first `/reserved-memory`"
    ),
    (
      "h@60000000 { reg = <0x60000000 0x1000>; }; }; };\n/ { reserved-memory { /delete-property/ ranges;", "",
      "h@60000000",
      "never looks at region `h@60000000`, because the cells or `ranges` of `/reserved-memory` are wrong"
    ),
    // A pool without a driver on it.
    (firmware, "", "firmware@70000000", "is a CMA area, over which this kernel makes no heap"),
    // A device on a pool that is not reusable.
    (
      "p: p@60000000 { compatible = \"shared-dma-pool\"; no-map; reg = <0x60000000 0x4000000>; };",
      "d: d { compatible = \"linux,dma-heap-chunk\"; memory-region = <&p>; alignment = <65536>; };", "d",
      "is a coherent pool and not `reusable`"
    ),
    // A device without a region.
    ("", "d: d { compatible = \"linux,dma-heap-chunk\"; };", "/d", "`memory-region` is missing"),
    // A device that is disabled, and one that is no heap.
    (
      "", "d: d { compatible = \"linux,dma-heap-chunk\"; status = \"disabled\"; };", "d",
      "is disabled by its `status`"
    ),
    ("", "d: d { compatible = \"vendor,thing\"; };", "d", "node `/d` is no heap"),
    ("", "", nil, "the kernel creates none on this board"),
  ])
  func saysWhyTheKernelHasNoHeap(_ reserved: String, _ devices: String, _ heap: String?, _ reason: String)
    throws
  {
    let compiled = try compile(heap, on: try Self.board(reserved: reserved, devices: devices))
    #expect(compiled.diagnostics.map(\.rule.code) == ["DTH317"])
    let message = compiled.diagnostics.first?.message ?? ""
    #expect(message.contains(reason), "\(message)")
    let absence = try #require(compiled.absence)
    #expect(absence.buffer == "a[0]")
    #expect(absence.why == message)
    #expect(compiled.plan == nil)
  }

  @Test func saysThatABoardDoesNotBoot() throws {
    let outside = "h@10000000 { compatible = \"linux,dma-heap-chunk\"; reg = <0x10000000 0x4000000>; };"
    let board = try Self.board(reserved: outside)
    guard !board.map.boots else { return }
    let compiled = try compile("h@10000000", on: board)
    #expect(compiled.diagnostics.first?.message.contains("does not boot") == true)
  }

  @Test func foldsOneMistakeOfManyBuffers() throws {
    let text = """
      buffers: [{name: a, size: 1, heap: nowhere, start: 3}, {name: b, size: 1, heap: nowhere}]
      groups: [{name: g, start: 1, buffers: [{name: c, size: 1, heap: nowhere}]}]
      """
    let plan = try #require(PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml").plan)
    let compiled = try Self.board(reserved: Self.frames).compile(plan)
    #expect(compiled.diagnostics.count == 1)
    #expect(compiled.diagnostics.first?.related.count == 2)
  }

  @Test func runsTheHistoricRequest() throws {
    let reserved =
      "h: h@60000000 { compatible = \"linux,dma-heap-chunk\"; reg = <0x60000000 0x14000000>; chunk-order = <4>; };"
    let board = try Self.board(reserved: reserved)
    let text = "buffers: [{name: a, size: 300MiB, heap: h}]\n"
    let plan = try #require(PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml").plan)
    for model in [nil] + PlanCompiler.heapModels {
      let compiled = board.compile(plan, heapModel: model)
      let report = try Simulation(plan: try #require(compiled.plan), system: try #require(compiled.system))
        .run()
      #expect(report.fits)
    }
  }
}
