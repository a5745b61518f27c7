import DTParse
import Foundation
import FoundationXML
import HeapCompiler
import HeapModel
import Rendering
import TestSupport
import Testing

/// Texts and pieces of a picture, as a reader of XML finds them.
private final class Picture: NSObject, XMLParserDelegate {
  struct Box {
    var x, y, width, height: Double
    var text = ""

    func overlaps(_ other: Box) -> Bool {
      x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
    }
  }

  private(set) var texts: [Box] = []
  private(set) var pieces: [Box] = []
  private(set) var size = Box(x: 0, y: 0, width: 0, height: 0)
  private var open: (attributes: [String: String], text: String)?

  init?(_ document: String) {
    super.init()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    guard parser.parse() else { return nil }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    func number(_ key: String) -> Double { Double(attributes[key] ?? "") ?? .nan }
    if name == "svg" { size = Box(x: 0, y: 0, width: number("width"), height: number("height")) }
    if name == "text" { open = (attributes, "") }
    if name == "rect", attributes["class"]?.hasPrefix("piece") == true {
      pieces.append(Box(x: number("x"), y: number("y"), width: number("width"), height: number("height")))
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { open?.text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    guard name == "text", let (attributes, text) = open else { return }
    open = nil
    // The widest of the usual fonts takes 7.3 units a character at this size, and 14 from top to bottom.
    let width = Double(text.count) * 7.3
    let x = Double(attributes["x"] ?? "") ?? .nan
    let base = Double(attributes["y"] ?? "") ?? .nan
    let left = attributes["text-anchor"] == "end" ? x - width : x
    texts.append(Box(x: left, y: base - 11, width: width, height: 14, text: text))
  }
}

@Suite struct MapSVGTests {
  private func picture(
    path: String, name: String, _ profile: KernelProfile,
    _ overrides: BoardCompiler.Overrides = BoardCompiler.Overrides()
  ) throws -> String {
    let loaded = try DevicetreeLoader.load(path: path)
    let tree = try #require(loaded.tree)
    let board = BoardCompiler.lower(tree, overrides)
    let map = MemoryMap(booting: board, with: profile)
    return MapSVG(BootedBoard(name: name, loaded: loaded, tree: tree, board: board, map: map)).text
  }

  private static func example(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "examples/boards/\(name)").path
  }

  @Test(arguments: ["media-soc", "camera"]) func picturesAreAsRecorded(name: String) throws {
    let text = try picture(path: Self.example("\(name).dts"), name: "\(name).dts", .linux612Arm64)
    expectSnapshot(text, named: name, type: "svg")
  }

  /// Every recorded board: well-formed, no text on another, nothing outside, and every piece can be seen.
  @Test(arguments: try RecordedBoot.all(in: "boot") + RecordedBoot.all(in: "boot-chunk"))
  func nothingCoversAnything(_ boot: RecordedBoot) throws {
    let recording = try boot.recording()
    let architecture = try #require(Architecture(rawValue: recording.arch))
    let profile = try #require(KernelProfile.named(boot.kernel, architecture))
    var overrides = BoardCompiler.Overrides()
    overrides.commandLine = recording.cmdline
    let text = try picture(path: boot.source(of: recording), name: boot.id, profile, overrides)
    try check(text)
  }

  private func check(_ document: String) throws {
    let picture = try #require(Picture(document), "it is no XML")
    for (index, box) in picture.texts.enumerated() {
      let covered = picture.texts[(index + 1)...].first { $0.overlaps(box) }
      #expect(covered == nil, "\(box.text) and \(covered?.text ?? "")")
      #expect(
        box.x >= 0 && box.x + box.width <= picture.size.width && box.y + box.height <= picture.size.height,
        "\(box.text) is cut off")
      #expect(!picture.pieces.contains { $0.overlaps(box) }, "\(box.text) is on a piece")
    }
    #expect(picture.pieces.count > 8 && picture.pieces.allSatisfy { $0.height >= 3 && $0.width > 0 })
    for (index, piece) in picture.pieces.enumerated() {
      let shrunk = Picture.Box(x: piece.x, y: piece.y + 0.2, width: piece.width, height: piece.height - 0.4)
      #expect(!picture.pieces[(index + 1)...].contains { $0.overlaps(shrunk) })
    }
  }

  @Test func hostileNamesAndNumbersMakeAPicture() throws {
    let regions = (0..<900).map { index in
      let base = 0x4100_0000 + index * 0x2000
      return "r\(index)@\(String(base, radix: 16)) { reg = <\(base) 0x1000>; };"
    }
    let source = """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>;
        memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000 0xfffff000 0x1000>; };
        reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
          \(String(repeating: "n", count: 31)) { reg = <0 0x1000>; }; \(regions.joined())
        };
        heap { compatible = "samsung,dma-heap-chunk"; memory-region = <0>; dma-heap,name = "<&\\"'\\x01\\xff>"; };
      };
      """
    let folder = try ScratchFolder()
    try Data(source.utf8).write(to: URL(filePath: folder.path + "/b.dts"))
    let text = try picture(
      path: folder.path + "/b.dts", name: "</title><script>\u{0}\u{FFFE}&", .linux612Arm64)
    try check(text)
    #expect(text.contains("more pieces, not drawn") && !text.contains("<script>"))
    #expect(text.utf8.count < 1 << 20)
  }
}
