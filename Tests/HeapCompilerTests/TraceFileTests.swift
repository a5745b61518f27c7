import Diagnostics
import Foundation
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler

@Suite struct TraceFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("HeapModelTests/Fixtures/traces")

  private static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".json") }.sorted()
  }()

  private func read(_ text: String) -> TraceReading {
    TraceFile.read(bytes: Array(text.utf8), name: "trace.json")
  }

  private func trace(_ operations: String, heaps: String = "") -> String {
    """
    {"title": "t", "pageSize": 4096, "pageblockOrder": 9, "maxOrder": 11,
     "areas": [{"name": "area", "basePFN": 4096, "pages": 4096}], "heaps": [\(heaps)], "operations": [\(operations)]}
    """
  }

  private func codes(_ reading: TraceReading) -> [String] {
    #expect(reading.diagnostics.allSatisfy { $0.help != nil }, "\(reading.diagnostics)")
    for finding in reading.diagnostics {
      if let span = finding.span { _ = reading.sources.location(of: span) }
    }
    return reading.diagnostics.map(\.rule.code)
  }

  @Test func everyRecordingIsReadAndWrittenBack() throws {
    #expect(Self.names.count == 141)
    for name in Self.names {
      let bytes = try Array(Data(contentsOf: Self.folder.appendingPathComponent(name)))
      let reading = TraceFile.read(bytes: bytes, name: name)
      #expect(reading.diagnostics.map(\.message) == [])
      let file = try #require(reading.trace)
      #expect(try TraceReplay.run(file.trace).agrees, "\(name)")
      let text = TraceFile.text(of: file.trace, source: "a test")
      #expect(read(text).trace?.trace == file.trace, "\(name)")
    }
  }

  @Test func readsEveryKindOfHeapAndOperation() throws {
    let heaps = """
      {"name": "a", "area": "area", "type": "chunk", "variant": "bulk", "chunkOrder": 4, "passes": 3},
      {"name": "b", "area": "area", "type": "cma"},
      {"name": "c", "area": "area", "type": "repeated", "blockBytes": 65536}
      """
    let operations = """
      {"op": "pin", "area": "area", "offset": 7}, {"op": "alloc", "heap": "a", "id": 1, "bytes": 65536},
      {"op": "cmaAlloc", "area": "area", "id": -2, "count": 3, "alignOrder": 0, "result": 0, "pages": [[4112, 3]]},
      {"op": "freePart", "id": 1, "count": 1}, {"op": "free", "id": 1, "used": 0},
      {"op": "unpin", "area": "area", "offset": 7}
      """
    let reading = read(trace(operations, heaps: heaps))
    #expect(codes(reading) == [])
    let system = try #require(reading.trace?.trace.system)
    #expect(
      system.heaps.map(\.kind) == [
        .chunk(.bulk(passes: 3), chunkOrder: 4), .cma(alignOrderMax: 8),
        .repeated(blockBytes: 65536, alignOrderMax: 8),
      ])
    #expect(reading.trace?.trace.operations.count == 6)
  }

  @Test(arguments: [
    ("", "DTH331"), ("{", "DTH331"), ("[1,]", "DTH331"), ("{\"a\":1,}", "DTH331"), ("{'a':1}", "DTH331"),
    ("[01]", "DTH331"), ("[1.]", "DTH331"), ("[+1]", "DTH331"), ("[NaN]", "DTH331"), ("\"\\x\"", "DTH331"),
    ("\"\\ud800\"", "DTH331"), ("\"\n\"", "DTH331"), ("[1] 2", "DTH331"), ("[-]", "DTH331"),
    ("[1e]", "DTH331"),
    ("nul", "DTH331"), ("\u{FEFF}{}", "DTH331"), ("// a\n{}", "DTH331"), ("[]", "DTH335"), ("1", "DTH335"),
  ])
  func refusesWhatIsNoTrace(_ text: String, _ code: String) {
    #expect(codes(read(text)) == [code])
    #expect(read(text).trace == nil)
  }

  @Test(arguments: [
    ("{\"op\": \"alloc\", \"heap\": \"a\", \"id\": 1}", "DTH337"), ("{\"id\": 1}", "DTH337"), ("7", "DTH335"),
    ("{\"op\": \"alocc\"}", "DTH335"), ("{\"op\": 1}", "DTH335"),
    ("{\"op\": \"free\", \"id\": 1.5}", "DTH336"),
    ("{\"op\": \"free\", \"id\": 99999999999999999999}", "DTH336"),
    ("{\"op\": \"free\", \"id\": null}", "DTH335"),
    ("{\"op\": \"pin\", \"area\": \"area\", \"offset\": -1}", "DTH336"),
    ("{\"op\": \"free\", \"id\": 1, \"pages\": [[1]]}", "DTH335"),
    ("{\"op\": \"free\", \"id\": 1, \"pages\": [[18446744073709551615, 2]]}", "DTH335"),
    ("{\"op\": \"free\", \"id\": 1, \"pages\": 3}", "DTH335"),
    ("{\"op\": \"free\", \"id\": 1, \"id\": 1}", "DTH334"),
    ("{\"op\": \"cmaAlloc\", \"area\": \"area\", \"id\": 1, \"count\": 1, \"alignOrder\": 64}", "DTH336"),
  ])
  func findsWhatIsWrongWithOperations(_ operation: String, _ code: String) {
    #expect(codes(read(trace(operation))) == [code])
  }

  @Test func findsWhatIsWrongWithTheMachine() {
    #expect(codes(read("{}")).count == 5)
    let text = trace("")
    let changes = [
      ("\"pageSize\": 4096", "\"pageSize\": 5000", "DTH336"),
      ("\"pageSize\": 4096", "\"pageSize\": 1", "DTH336"),
      ("\"maxOrder\": 11", "\"maxOrder\": 99", "DTH336"), ("\"pages\": 4096", "\"pages\": 0", "DTH336"),
      ("\"pages\": 4096", "\"pages\": 1000000000000", "DTH336"),
      ("\"name\": \"area\"", "\"name\": 3", "DTH335"),
      ("\"title\": \"t\"", "\"title\": \"\\u001b[31m\"", "DTH335"),
    ]
    for (old, new, code) in changes {
      #expect(codes(read(text.replacingOccurrences(of: old, with: new))) == [code], "\(new)")
    }
    let heaps = [
      "{\"name\": \"h\", \"area\": \"area\", \"variant\": \"having\", \"chunkOrder\": 4}",
      "{\"name\": \"h\", \"area\": \"area\", \"type\": \"system\"}",
    ]
    for heap in heaps { #expect(codes(read(trace("", heaps: heap))) == ["DTH335"]) }
  }

  @Test func findsWhatCannotBeRun() throws {
    let cases = [
      ("{\"op\": \"alloc\", \"heap\": \"h\", \"id\": 1, \"bytes\": 1}", "", "the trace declares no heap `h`"),
      (
        "{\"op\": \"pin\", \"area\": \"a\", \"offset\": 1}", "", "the trace declares no area `a`"
      ),
      (
        "", "{\"name\": \"h\", \"area\": \"a\", \"type\": \"cma\"}",
        "heap `h` names area `a`, which the trace does not declare"
      ),
    ]
    for (operations, heaps, message) in cases {
      let file = try #require(read(trace(operations, heaps: heaps)).trace)
      #expect(throws: TraceError.self) { try TraceReplay.run(file.trace) }
      do {
        _ = try TraceReplay.run(file.trace)
      } catch {
        let finding = file.finding(error)
        #expect(finding.message == message)
        #expect(finding.help != nil)
        #expect((finding.span?.start ?? 0) > 0, "the finding is of the whole trace")
      }
    }
  }

  /// An operation, and what its one finding advises.
  @Test(arguments: [
    ("{\"op\": \"free\", \"id\": 1, \"id\": 1}", "keep one of them"),
    ("{\"op\": \"free\"}", "add `\"id\": …`"),
    ("{\"op\": \"free\", \"id\": \"1\"}", "write `1`, without quotes"),
    (
      "{\"op\": \"free\", \"id\": 1, \"resutl\": 1}",
      "the keys are `op`, `id`, `result`, `pages`, `attempts`, `cmaCalls` and `used`"
    ),
    ("{\"op\": \"aloc\"}", "write `alloc`"),
    ("{\"op\": \"xyzzy\"}", "write one of them"),
    ("{\"op\": \"alloc\", \"heap\": 3, \"id\": 1, \"bytes\": 1}", "write it in double quotes"),
  ])
  func advises(_ operation: String, _ help: String) {
    #expect(read(trace(operation)).diagnostics.map(\.help) == [help])
  }

  @Test func tellsAnotherKindOfFile() {
    let recording = read("# tracer: nop\n")
    #expect(recording.diagnostics.map(\.help) == ["ftrace's text is read with `dtheap replay --ftrace FILE`"])
    let cut = read("{\"title\": \"a\", ")
    #expect(cut.diagnostics.map(\.help) == ["the file is cut off: record it again"])
  }

  @Test func placesFindings() throws {
    let reading = read("{\"title\": \"größe\",\n \"pageSize\": \"big\"}")
    let finding = try #require(reading.diagnostics.first { $0.rule.code == "DTH335" })
    let location = reading.sources.location(of: try #require(finding.span))
    #expect((location.line, location.column, location.endColumn) == (2, 14, 19))
  }

  @Test func countsTheFindingsThatAreLeftOut() {
    let reading = read(trace([String](repeating: "1", count: 150).joined(separator: ", ")))
    #expect(reading.diagnostics.count == 100 && reading.droppedCount == 50)
  }

  @Test func readsEscapes() throws {
    let text = trace("").replacingOccurrences(of: "\"t\"", with: #""\u00e9\ud83d\ude00\/\"\\""#)
    #expect(read(text).trace?.trace.title == "é😀/\"\\")
    #expect(JSONText.quoted("a\"\\\n\u{1B}\u{2028}é") == #""a\"\\\n\u001b\u2028é""#)
  }

  @Test(.endsInTime) func boundsDepthAndValues() {
    #expect(codes(read(String(repeating: "[", count: 1_000_000))) == ["DTH332"])
    #expect(codes(read(String(repeating: "{\"a\":", count: 100_000))) == ["DTH332"])
    let values = Array(("[" + String(repeating: "1,", count: 99) + "1]").utf8)
    #expect(throws: JSONFault.self) { try JSONReader.read(values, valuesMax: 100) }
    #expect(throws: Never.self) { try JSONReader.read(values, valuesMax: 101) }
    #expect(codes(read("[" + String(repeating: "9", count: 1_000_000) + "]")) == ["DTH335"])
  }

  /// Cut anywhere or damaged, a trace is read or refused with a place.
  @Test func survivesTruncationAndDamage() {
    let heaps =
      "{\"name\": \"h\", \"area\": \"area\", \"type\": \"chunk\", \"variant\": \"halving\", \"chunkOrder\": 2}"
    let bytes = Array(
      trace("{\"op\": \"alloc\", \"heap\": \"h\", \"id\": 1, \"bytes\": 99999}", heaps: heaps).utf8)
    for length in 0..<bytes.count {
      #expect(codes(TraceFile.read(bytes: Array(bytes[..<length]), name: "t")).count == 1)
    }
    for index in bytes.indices {
      for byte: UInt8 in [0, 0x22, 0x2D, 0x30, 0x39, 0x5B, 0x5C, 0x7D, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] = byte
        let reading = TraceFile.read(bytes: damaged, name: "t")
        _ = codes(reading)
        if let file = reading.trace { _ = try? TraceReplay.run(file.trace) }
      }
    }
  }

  @Test func recordsARunOfAPlan() throws {
    let machine = MachineConfiguration(
      geometry: try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11)),
      areas: [AreaConfiguration(name: "area", base: PageFrame(4096), pages: 4096)])
    let second = { (number: UInt64) in SimulationTime(microseconds: number * 1_000_000) }
    for kind in [HeapKind.cma()] + HeapKind.cma().alternatives() {
      let system = HeapSystemConfiguration(
        machine: machine, heaps: [HeapConfiguration(name: "heap", area: "area", kind: kind)])
      let plan = AllocationPlan(buffers: [
        PlannedBuffer(
          name: "a", size: ByteCount(3 << 20), count: 3, heap: "heap",
          time: PlannedTime(start: second(0), end: second(2))),
        PlannedBuffer(
          name: "b", size: ByteCount(12 << 20), count: 2, heap: "heap", time: PlannedTime(start: second(1))),
        PlannedBuffer(name: "c", size: ByteCount(5 << 20), heap: "heap", time: PlannedTime(start: second(3))),
      ])
      let simulation = try Simulation(plan: plan, system: system)
      let text = TraceFile.text(of: simulation.trace(titled: "run"), source: "a test")
      let file = try #require(read(text).trace)
      let replayed = try TraceReplay.run(file.trace)
      #expect(replayed.agrees)
      // The allocations of the trace are the buffers of the report.
      let report = simulation.run(isDetailed: false)
      for (operation, answer) in zip(file.trace.operations, replayed.answers) {
        guard case .allocate(_, let id, let bytes) = operation.action else { continue }
        let buffer = report.buffers[Int(id) - 1]
        #expect(buffer.requested.bytes == bytes)
        #expect(buffer.error?.rawValue ?? 0 == answer.result)
        #expect(buffer.ranges.map(\.base.value) == answer.pages?.map { $0.first.number * 4096 })
      }
    }
  }
}
