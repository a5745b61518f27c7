import DTParse
import Diagnostics
import Foundation
import FoundationXML
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler
@testable import Rendering

/// What a reader of XML finds in a picture or a page.
private final class Document: NSObject, XMLParserDelegate {
  private(set) var texts: [String] = []
  private(set) var classes: [String: Int] = [:]
  private(set) var names: Set<String> = []
  private(set) var ids: [String] = []
  private(set) var references: [String] = []
  private var words = ""

  init?(_ text: String) {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    names.insert(name)
    words = ""
    for part in (attributes["class"] ?? "").split(separator: " ") { classes[String(part), default: 0] += 1 }
    if let id = attributes["id"] { ids.append(id) }
    for key in ["for", "aria-labelledby"] {
      if let reference = attributes[key] { references.append(reference) }
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { words += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if !words.isEmpty { texts.append(words) }
    words = ""
  }
}

@Suite struct PlanPictureTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let board = """
    /dts-v1/;
    / { #address-cells = <1>; #size-cells = <1>;
      memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
      reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
        frames@60000000 { compatible = "linux,dma-heap-chunk"; reg = <0x60000000 0x4000000>; chunk-order = <4>; };
      };
    };
    """

  private func verdict(board: String, _ plan: String, name: String = "plan.yaml") throws -> PlanVerdict {
    let loaded = try DevicetreeLoader.load(bytes: Array(board.utf8), path: "board.dts")
    let tree = try #require(loaded.tree)
    let map = MemoryMap(booting: BoardCompiler.lower(tree), with: .linux612Arm64)
    let file = try #require(PlanFile.read(bytes: Array(plan.utf8), name: "plan.yaml").plan)
    let compiled = PlanCompiler(map: map, tree: tree).compile(file)
    let outcome: PlanVerdict.Outcome
    if let absence = compiled.absence {
      outcome = .absentHeap(absence)
    } else {
      let system = try #require(compiled.system)
      outcome = .ran(try Simulation(plan: try #require(compiled.plan), system: system).run(), system)
    }
    return PlanVerdict(board: "board.dts", name: name, plan: file, map: map, seed: 1, outcome: outcome)
  }

  private func example(_ board: String, _ plan: String) throws -> PlanVerdict {
    let text = { (path: String) in
      String(decoding: try Data(contentsOf: Self.root.appending(path: "examples/\(path)")), as: UTF8.self)
    }
    return try verdict(board: text("boards/\(board).dts"), text("plans/\(plan).yaml"), name: "\(plan).yaml")
  }

  @Test(arguments: [("media-soc", "8k-hdr-playback"), ("camera", "4800-chunks")])
  func picturesAreAsRecorded(_ board: String, _ plan: String) throws {
    let verdict = try example(board, plan)
    expectSnapshot(PlanSVG(verdict).text, named: plan, type: "svg")
  }

  @Test func pageIsAsRecorded() throws {
    expectSnapshot(
      PlanPage(try example("camera", "camera-recording")).text, named: "camera-recording", type: "html")
  }

  /// Pictures and pages are well-formed, every name in them is unique, and what is pointed at is there.
  @Test(arguments: [
    ("media-soc", "8k-hdr-playback"), ("camera", "4800-chunks"), ("camera", "8k-hdr-playback"),
    ("camera", "camera-recording"),
  ])
  func isWellFormed(_ board: String, _ plan: String) throws {
    let verdict = try example(board, plan)
    let picture = try #require(Document(PlanSVG(verdict).text), "the picture is no XML")
    let page = try #require(Document(PlanPage(verdict).text), "the page is no XML")
    for document in [picture, page] {
      #expect(Set(document.ids).count == document.ids.count)
      #expect(Set(document.references).subtracting(document.ids) == [])
      #expect((document.classes["cell"] ?? 0) > 256)
    }
    #expect(page.texts.contains { $0.hasPrefix(verdict.fits ? "fits" : "does not fit") })
    #expect((page.classes["refused"] ?? 0) == (verdict.fits ? 0 : 1))
  }

  /// No network: nothing with an address, and a policy that would not let it.
  @Test func pageStandsAlone() throws {
    let text = PlanPage(try example("camera", "camera-recording")).text
    let addresses = text.split(separator: "\"").filter { $0.contains("://") }
    #expect(Set(addresses) == ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"])
    #expect(text.contains("default-src &#39;none&#39;"))
    #expect(!text.contains("url(") && !text.contains("@import") && !text.contains("src="))
    #expect(text.contains("prefers-reduced-motion: reduce") && text.contains("prefers-color-scheme: dark"))
  }

  private static let plan = """
    buffers:
      - {name: first, size: 16MiB, heap: frames, start: 0, end: 2}
      - {name: second, size: 8MiB, count: 2, heap: frames, start: 1, end: 3}
      - {name: small, size: 4KiB, heap: frames, start: 2.5}
    """

  @Test func scenesFollowTheBuffers() throws {
    let verdict = try verdict(
      board: Self.board, Self.plan.replacingOccurrences(of: "frames", with: "frames@60000000"))
    guard case .ran(let report, let system) = verdict.outcome else { throw CancellationError() }
    let scenes = PlanScenes(report, system)
    #expect(scenes.moments.map(\.seconds) == [0, 1, 2, 2.5, 3])
    let area = try #require(scenes.areas.first)
    #expect(area.cellCount == 512 && area.cellBytes == 128 << 10 && area.base == 0x6000_0000)
    let counts = scenes.moments.map { moment in
      let cells = scenes.cells(of: area, at: moment)
      return [0, 1, 2].map { row in
        cells.count { if case .used(row, _) = $0 { true } else { false } }
      }
    }
    #expect(counts == [[128, 0, 0], [128, 128, 0], [0, 128, 0], [0, 128, 1], [0, 0, 1]])
    let last = scenes.cells(of: area, at: SimulationTime(microseconds: 3_000_000))
    #expect(last.contains(.used(row: 2, isWhole: false)))
    #expect(scenes.moments[scenes.firstShown].seconds == 1)
    #expect(scenes.use(of: area.heaps[0], at: scenes.moments[1]) == (32 << 20, 3))
  }

  @Test func showsPins() throws {
    var verdict = try verdict(
      board: Self.board, Self.plan.replacingOccurrences(of: "frames", with: "frames@60000000"))
    guard case .ran(_, var system) = verdict.outcome else { throw CancellationError() }
    let place = try #require(system.machine.areas.firstIndex { $0.base == PageFrame(0x60000) })
    system.machine.areas[place].pins = [16000]
    let report = try Simulation(
      plan: AllocationPlan(buffers: [
        PlannedBuffer(name: "a", size: ByteCount(1 << 20), heap: "frames@60000000")
      ]), system: system
    ).run()
    verdict = PlanVerdict(
      board: verdict.board, name: verdict.name, plan: verdict.plan, map: verdict.map, seed: 1,
      outcome: .ran(report, system))
    let scenes = PlanScenes(report, system)
    let cells = scenes.cells(of: try #require(scenes.areas.first), at: .zero)
    #expect(cells.indices.filter { cells[$0] == .pinned } == [500])
    #expect(Document(PlanSVG(verdict).text)?.classes["pinned"] == 2)
  }

  /// Names that are markup, script, control characters and more than a line.
  @Test func hostileNamesAreText() throws {
    let hostile =
      "</title><script>alert(1)</script>\u{0}\u{202E}\u{FFFE}&\"'" + String(repeating: "n", count: 500)
    let verdict = try verdict(
      board: Self.board, Self.plan.replacingOccurrences(of: "frames", with: "frames@60000000"), name: hostile)
    guard case .ran(_, var system) = verdict.outcome else { throw CancellationError() }
    var heap = try #require(system.heaps.first { $0.name == "frames@60000000" })
    system.machine.areas.removeAll { $0.name != heap.area }
    system.machine.areas[0].name = hostile
    (heap.name, heap.area) = (hostile, hostile)
    system.heaps = [heap]
    let buffers = [ByteCount(1 << 20), ByteCount(1 << 30)].enumerated().map { index, size in
      PlannedBuffer(
        name: hostile + "]]><!--\(index)", size: size, heap: hostile,
        time: PlannedTime(end: SimulationTime(microseconds: 10)))
    }
    let report = try Simulation(plan: AllocationPlan(buffers: buffers), system: system).run()
    #expect(report.failure != nil)
    let bad = PlanVerdict(
      board: hostile, name: hostile, plan: verdict.plan, map: verdict.map, seed: 1,
      outcome: .ran(report, system))
    for text in [PlanSVG(bad).text, PlanPage(bad).text] {
      let document = try #require(Document(text))
      #expect(!text.contains("<script>alert") && !text.contains("<!--") && !text.contains("\u{202E}"))
      #expect(document.texts.contains { $0.contains("</title><script>alert(1)") })
    }
  }

  @Test func everyWayOfWritingEscapes() {
    var markup = MarkupWriter()
    markup.element("p", ["title": "a\"b'<&>"], "<b>&\u{1}")
    markup.element("script") { $0.json("[\"</script>&\"]") }
    #expect(
      markup.text == """
        <p title="a&quot;b&#39;&lt;&amp;&gt;">&lt;b&gt;&amp;\u{FFFD}</p>
        <script>["\\u003c/script\\u003e\\u0026"]</script>

        """)
  }

  /// A plan of very many moments and lines is drawn within bounds.
  @Test(.endsInTime) func boundsHugePlans() throws {
    var plan = "buffers:\n"
    for index in 0..<3000 {
      plan += "  - {name: b\(index), size: 4KiB, heap: frames@60000000, start: \(index)ms, duration: 5ms}\n"
    }
    let verdict = try verdict(board: Self.board, plan)
    guard case .ran(let report, let system) = verdict.outcome else { throw CancellationError() }
    let scenes = PlanScenes(report, system)
    #expect(scenes.moments.count <= PlanScenes.momentsMax)
    #expect(scenes.moments.contains(report.heaps[0].peakAt))
    #expect(scenes.moments.last == SimulationTime(microseconds: 3_004_000))
    let page = PlanPage(verdict).text
    #expect(page.utf8.count < 2 << 20)
    #expect(Document(page) != nil && Document(PlanSVG(verdict).text) != nil)
  }

  @Test func showsAHeapThatIsNotThere() throws {
    let board = Self.board.replacingOccurrences(
      of: "reg = <0x60000000 0x4000000>", with: "reg = <0x10000000 0x4000000>")
    let absent = try verdict(
      board: board, Self.plan.replacingOccurrences(of: "frames", with: "frames@60000000"))
    guard case .absentHeap = absent.outcome else { throw CancellationError() }
    #expect(Document(PlanSVG(absent).text)?.texts.contains { $0.hasPrefix("does not fit") } == true)
    #expect(Document(PlanPage(absent).text)?.names.contains("script") == false)
  }
}
