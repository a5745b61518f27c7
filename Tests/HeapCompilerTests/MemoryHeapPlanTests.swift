import DTParse
import Diagnostics
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler
@testable import Rendering

/// Plans with heaps that take their pages from all memory.
@Suite struct MemoryHeapPlanTests {
  private func compile(
    _ text: String, on board: PlanCompiler? = nil, model: String? = nil
  ) throws -> PlanCompilation {
    let reading = PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml")
    #expect(reading.diagnostics.map(\.message) == [])
    let board = try board ?? PlanCompilerTests.board(reserved: PlanCompilerTests.frames)
    return board.compile(try #require(reading.plan), heapModel: model)
  }

  private func simulation(_ compiled: PlanCompilation) throws -> Simulation {
    #expect(compiled.diagnostics.map(\.message) == [])
    return try Simulation(
      plan: try #require(compiled.plan), system: try #require(compiled.system), pressure: compiled.pressure)
  }

  private static let pool =
    "heaps: [{name: pool, model: compound-pool, order: 8, low: 2, fill: 3, high: 4}]\n"

  @Test func readsTheHeapsOfAPlan() throws {
    let compiled = try compile("buffers: [{name: a, size: 3MiB, heap: pool}]\n" + Self.pool)
    let heaps = try #require(compiled.system?.heaps)
    #expect(heaps.map(\.name) == ["frames-heap@60000000", "pool"])
    #expect(heaps.last?.area == nil)
    #expect(
      heaps.last?.kind == .compoundPool(CompoundPagePoolSettings(order: 8, low: 2, fill: 3, high: 4)))
    let report = try simulation(compiled).run()
    #expect(report.fits)
    // 1 GiB without the area of 64 MiB and what the kernel has taken.
    let pool = try #require(report.heaps.last)
    #expect(pool.size.bytes <= 960 << 20 && pool.size.bytes > 800 << 20)
    #expect(pool.peak.bytes == 3 << 20)
    #expect(report.buffers.first?.chunks == 3)
    #expect(report.buffers.first?.latency != nil)
  }

  @Test func everyBoardHasASystemHeap() throws {
    let compiled = try compile("buffers: [{name: a, size: 3MiB, heap: /dev/dma_heap/system}]\n")
    #expect(compiled.system?.heaps.last?.kind == .system)
    #expect(try simulation(compiled).run().fits)
    // A heap of the board comes first.
    let named = """
      system: system@60000000 { compatible = "linux,dma-heap-chunk"; reg = <0x60000000 0x4000000>; };
      """
    let label = try compile(
      "buffers: [{name: a, size: 3MiB, heap: system@60000000}]\n",
      on: try PlanCompilerTests.board(reserved: named))
    #expect(label.system?.heaps.map(\.kind) == [.chunk(.failfast, chunkOrder: 4)])
  }

  /// A board that does not boot has no heap of any kind.
  @Test func aDeadBoardHasNone() throws {
    let dead = """
      a@60000000 { compatible = "shared-dma-pool"; reusable; reg = <0x90000000 0x4000000>; };
      """
    let compiled = try compile(
      "buffers: [{name: a, size: 3MiB, heap: system}]\n", on: try PlanCompilerTests.board(reserved: dead))
    #expect(compiled.diagnostics.map(\.rule.code) == ["DTH317"])
    #expect(compiled.absence?.why.contains("does not boot") == true)
  }

  @Test func aPlanWithOneHeapNeedsNoName() throws {
    let bare = try PlanCompilerTests.board()
    #expect(bare.map.heaps.isEmpty)
    let text = "buffers: [{name: a, size: 3MiB}]\n"
    #expect(try compile(text + Self.pool, on: bare).plan?.buffers.first?.heap == "pool")
    let both = try compile(text + Self.pool)
    #expect(both.diagnostics.map(\.message) == ["the buffer names no heap, and board and plan have 2"])
  }

  @Test func refusesWhatTheBoardCannotHave() throws {
    let twice = try compile(
      "buffers: [{name: a, size: 3MiB}]\nheaps: [{name: frames-heap@60000000, model: system}]\n")
    #expect(twice.diagnostics.map(\.rule.code).contains("DTH311"))
    let order = try compile(
      "buffers: [{name: a, size: 3MiB, heap: p}]\nheaps: [{name: p, model: compound-pool, order: 11}]\n")
    #expect(order.diagnostics.map(\.rule.code) == ["DTH307"])
    #expect(order.diagnostics.first?.help == "its orders are 0 to 10")
  }

  @Test func findsWhatIsWrongWithHeaps() {
    let text = """
      buffers: [{name: a, size: 1MiB, heap: a}]
      heaps:
        - {name: a, model: compound-pol}  #! error[DTH307]
        - {name: b}  #! error[DTH309]
        - {model: system, order: 3}  #! error[DTH305]
        - {model: system}  #! error[DTH311]
        - name: c
          model: compound-pool
          order: 25  #! error[DTH308]
        - name: d
          model: compound-pool
          low: 100  #! error[DTH308]
        - name: e
          model: compound-pool
          high: 4294967296  #! error[DTH308]
        - name: f
          model: compound-pool
          lowmark: 4  #! error[DTH305]
        - 7  #! error[DTH307]

      """
    let reading = PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml")
    MarkedSource(text).expect(reading.diagnostics, in: reading.sources)
    #expect(reading.diagnostics.allSatisfy { $0.help != nil })
    let many = String(repeating: "  - {model: system}\n", count: 17)
    let crowd = PlanFile.read(
      bytes: Array("buffers: [{name: a, size: 1}]\nheaps:\n\(many)".utf8), name: "plan.yaml")
    #expect(crowd.diagnostics.map(\.rule.code) == ["DTH308"])
    #expect(crowd.diagnostics.first?.help == "let buffers share a heap")
  }

  /// What is free in areas does not help, and the answer says so.
  @Test func saysThatAreasDoNotHelp() throws {
    let area = """
      big@50000000 { compatible = "shared-dma-pool"; reusable; reg = <0x50000000 0x20000000>; };
      """
    let compiled = try compile(
      "buffers: [{name: a, size: 600MiB, heap: system}]\n", on: try PlanCompilerTests.board(reserved: area))
    let failure = try #require(try simulation(compiled).run().failure)
    #expect(failure.cause == .memoryFull)
    #expect(
      failure.why.contains("512 MiB of them belong to contiguous areas that heap `system` may not use"),
      "\(failure.why)")
  }

  @Test func adviceNamesAnotherHeapAndOrder() throws {
    let text = """
      buffers: [{name: a, size: 32MiB, heap: p}]
      heaps: [{name: p, model: compound-pool, low: 0, fill: 0, high: 0}]
      pressure:
        holders: [{kind: long-pins, name: d, file: true, place: outside, share: 100%, pages: 4000}]

      """
    let failure = try #require(try simulation(compile(text)).run().failure)
    #expect(failure.cause == .pinnedPages)
    #expect(failure.why.contains("pages of `d`, which nothing moves (15.6 MiB in all)"), "\(failure.why)")
    let changes = failure.wouldFitWith.map(\.change)
    #expect(changes.contains { if case .poolOrder = $0 { true } else { false } })
    #expect(changes.contains(.otherHeap(heap: "p", instead: "frames-heap@60000000")))
    #expect(changes.contains(.kind(heap: "p", .system)))
    #expect(changes.contains(.withoutHolder("d")))
  }

  /// The pool was filled before the others came, and gives buffers where none can be made any more.
  @Test func aPoolOutlivesFragmentation() throws {
    let text = """
      buffers: [{name: a, size: 32MiB, heap: p, start: 1}]
      heaps: [{name: p, model: compound-pool}]
      pressure:
        holders: [{kind: long-pins, name: d, file: true, place: outside, share: 100%, pages: 4000}]

      """
    let report = try simulation(compile(text)).run()
    #expect(report.fits)
    #expect(report.heaps.last?.pool?.mostHeld.bytes == 128 << 20)
  }

  @Test func drawsAllMemory() throws {
    let text = "buffers: [{name: a, size: 30MiB, heap: system, end: 5}, {name: b, size: 9MiB, heap: pool}]\n"
    let board = try PlanCompilerTests.board(reserved: PlanCompilerTests.frames)
    let compiled = try compile(text + Self.pool, on: board)
    let simulation = try simulation(compiled)
    let scenes = PlanScenes(simulation.run(), simulation.system)
    #expect(scenes.areas.map(\.name) == ["all memory"])
    let area = try #require(scenes.areas.first)
    #expect(area.heaps == [1, 2] && area.cellCount <= Int(AreaHistory.cellsMax))
    let cells = scenes.cells(of: area, at: .zero)
    #expect(cells.contains { if case .used = $0 { true } else { false } })
  }

  @Test func everyHeapOfTheBoardCanBeRunAsOne() throws {
    for model in ["compound-pool", "system"] {
      let compiled = try compile("buffers: [{name: a, size: 100MiB}]\n", model: model)
      #expect(compiled.system?.heaps.map(\.area) == [nil])
      #expect(try simulation(compiled).run().fits)
    }
  }
}
