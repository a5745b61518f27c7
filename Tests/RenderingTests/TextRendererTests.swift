import Diagnostics
import Rendering
import TestSupport
import Testing

private let overlap = RuleID("DTH216", "overlapping-regions")

/// Sources made of texts, and spans found by their text.
struct World {
  var map = SourceMap()

  init(_ files: KeyValuePairs<String, String>) {
    for (name, text) in files { _ = map.add(SourceFile(name: name, bytes: Array(text.utf8))) }
  }

  /// The span of the first occurrence of `text` in file `file`.
  func span(_ text: String, file: UInt32 = 0) -> SourceSpan {
    let id = SourceFileID(rawValue: file)
    let bytes = map[id].bytes
    let start = bytes.indices.first { bytes[$0...].starts(with: text.utf8) }
    guard let start else {
      Issue.record("no `\(text)` in file \(file)")
      return SourceSpan(file: id, start: 0, end: 0)
    }
    return SourceSpan(file: id, start: UInt32(start), end: UInt32(start + text.utf8.count))
  }

  func render(_ finding: Diagnostic, hasColor: Bool = false, widthMax: Int = 160) -> String {
    TextRenderer(sources: map, file: "board.dts", hasColor: hasColor, widthMax: widthMax).render(finding)
  }
}

private let board = """
  /dts-v1/;
  / {
    reserved-memory {
      #address-cells = <1>;
      #size-cells = <1>;
      ranges;

      /* firmware */

      fw@48000000 { reg = <0x48000000 0x1000>; };

      /* the pool */

      b: cma@48000800 { reg = <0x48000800 0x1000>; };
    };
  };

  """

private func overlapFinding(_ world: World) -> Diagnostic {
  var finding = Diagnostic(
    overlap, .error, "reserved region `cma@48000800` overlaps `fw@48000000` by 2 KiB",
    at: world.span("reg = <0x48000800 0x1000>"), help: "move it to 0x48001000 or above")
  finding.label = "starts at 0x48000800"
  finding.related = [
    RelatedPlace("first reserved here, ends at 0x48000fff", at: world.span("reg = <0x48000000 0x1000>"))
  ]
  finding.notes = ["both stay reserved: Linux 6.1 only logs the overlap (of_reserved_mem.c)"]
  return finding
}

@Suite struct TextRendererTests {
  @Test func twoPlacesOfOneFile() {
    let world = World(["board.dts": board])
    expectSnapshot(world.render(overlapFinding(world)), named: "two-places")
  }

  @Test func colorsAreALayer() {
    let world = World(["board.dts": board])
    for severity in Severity.allCases {
      var finding = overlapFinding(world)
      finding.severity = severity
      let colored = world.render(finding, hasColor: true)
      expectSnapshot(
        colored.replacing("\u{1B}", with: "ESC"), named: "two-places-color-\(severity.rawValue)")
      let plain = colored.replacing(#/\u{1B}\[[0-9;]*m/#, with: "")
      #expect(plain == world.render(finding))
    }
  }

  @Test func placesInOtherFilesFollow() {
    let world = World([
      "board.dts": "/ {\n  a = <1>;\n};\n", "soc.dtsi": String(repeating: "\n", count: 104) + "a = <0>;\n",
    ])
    var finding = Diagnostic(overlap, .warning, "`a` is written twice", at: world.span("a = <1>"))
    finding.related = [
      RelatedPlace("also defined here", at: world.span("a = <0>", file: 1)),
      RelatedPlace("of this node", at: world.span("/")),
    ]
    expectSnapshot(world.render(finding), named: "other-file")
  }

  @Test func severalLinesShowTheFirstAndTheLast() {
    let world = World(["board.dts": board])
    var finding = Diagnostic(
      overlap, .note, "a long node",
      at: world.span(
        String(board[board.range(of: "reserved-memory")..<board.range(of: "  };\n};")] + "  };")))
    finding.label = "all of this"
    expectSnapshot(world.render(finding), named: "several-lines")
    let two = World(["x.dts": "  a = <1>,   \n\t<2>;\n"])
    expectSnapshot(
      two.render(Diagnostic(overlap, .error, "two lines", at: two.span("<1>,   \n\t<2>;"))),
      named: "two-lines")
  }

  @Test func severalPlacesOfOneLineHaveTheirOwnRows() {
    let world = World(["x.dts": "reg = <1 2>, <3 4>;\n"])
    var finding = Diagnostic(overlap, .error, "pairs overlap", at: world.span("<3 4>"))
    finding.label = "second"
    finding.related = [
      RelatedPlace("the property", at: world.span("reg")), RelatedPlace("first", at: world.span("<1 2>")),
    ]
    expectSnapshot(world.render(finding), named: "one-line")
  }

  @Test func tabsAndWideCharactersAlign() {
    let world = World(["x.dts": "\tlabel =\t\"池\u{1F600}e\u{301}\u{1F1E9}\u{1F1EA}\", <ünö>;\n"])
    for (name, text) in [
      ("property", "label"), ("string", "\"池\u{1F600}e\u{301}\u{1F1E9}\u{1F1EA}\""), ("after", "<ünö>"),
    ] {
      expectSnapshot(
        world.render(Diagnostic(overlap, .error, name, at: world.span(text))), named: "wide-\(name)")
    }
  }

  @Test func hostileTextIsHarmless() {
    var world = World([:])
    let bytes =
      Array("a\u{1B}]0;x\u{7} = \"\u{202E}\u{9B}31m\u{FEFF}".utf8) + [0xFF, 0xC3] + Array("\" z;\r\n".utf8)
    let id = world.map.add(SourceFile(name: "evil\u{1B}[2J\n.dts", bytes: bytes))
    let place = world.span("z")
    var finding = Diagnostic(
      overlap, .error, "node `\u{1B}[31m\n\t\u{202E}\u{0}` is bad", at: place, help: "remove \u{1B}[0m")
    finding.label = "here \u{8}"
    finding.notes = ["a note\r with \u{2028} breaks"]
    finding.related = [RelatedPlace("there \u{7F}", at: SourceSpan(file: id, start: 0, end: 2))]
    let text = world.render(finding)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    expectSnapshot(text, named: "hostile")
    finding.span = nil
    finding.file = "evil\u{1B}[2J"
    finding.node = "/\u{1B}"
    expectSnapshot(world.render(finding).replacing("\u{1B}", with: "NOT ESCAPED"), named: "hostile-blob")
  }

  @Test func longLinesAreCutRoundThePlace() {
    let cells = (0..<60_000).map { "0x\(String($0, radix: 16))" }.joined(separator: " ")
    let world = World(["x.dts": "reg = <\(cells)> end;\n"])
    for (name, text) in [("start", "reg"), ("middle", "0x3039"), ("end", "end")] {
      expectSnapshot(
        world.render(Diagnostic(overlap, .error, name, at: world.span(text)), widthMax: 60),
        named: "long-\(name)")
    }
    var finding = Diagnostic(overlap, .error, "far apart", at: world.span("0x3039 0x303a"))
    finding.related = [
      RelatedPlace("the property", at: world.span("reg")), RelatedPlace("near", at: world.span("0x303c")),
    ]
    expectSnapshot(world.render(finding, widthMax: 60), named: "long-far")
    finding.span = world.span("<\(cells)>")
    expectSnapshot(world.render(finding, widthMax: 60), named: "long-span")
  }

  @Test func placesBetweenBytesHaveOneCaret() {
    let world = World(["x.dts": "a = <1>\nb;"])
    let end = world.span("<1>").end
    let id = SourceFileID(rawValue: 0)
    expectSnapshot(
      world.render(
        Diagnostic(overlap, .error, "a semicolon is missing", at: SourceSpan(file: id, start: end, end: end))),
      named: "between")
    expectSnapshot(
      world.render(
        Diagnostic(overlap, .error, "the file ends", at: SourceSpan(file: id, start: 10, end: 10))),
      named: "at-end")
    let empty = World(["x.dts": ""])
    expectSnapshot(
      empty.render(
        Diagnostic(overlap, .error, "the file is empty", at: SourceSpan(file: id, start: 0, end: 0))),
      named: "empty")
  }

  @Test func findingsWithoutTextNameFileAndNode() {
    let world = World([:])
    var finding = Diagnostic(
      RuleID("DTH040", "broken-blob"), .error, "the property is cut off",
      node: "/reserved-memory/pool@50001000",
      property: "reg", help: "write the blob again")
    finding.file = "board.dtb"
    finding.notes = ["the structure block ends at 0x48"]
    expectSnapshot(world.render(finding), named: "blob")
    finding.file = nil
    (finding.node, finding.notes, finding.help) = (nil, [], nil)
    expectSnapshot(world.render(finding), named: "file-only")
  }

  @Test func includesAndMacrosAreShown() {
    var world = World(["board.dts": "/include/ \"soc.dtsi\"\n"])
    let place = world.span("/include/ \"soc.dtsi\"")
    _ = world.map.add(SourceFile(name: "soc.dtsi", bytes: Array("a = <1>;\n".utf8), includedFrom: place))
    let finding = Diagnostic(
      overlap, .error, "one is too few", at: world.span("<1>", file: 1), help: "write 2")
    expectSnapshot(world.render(finding), named: "included")

    var macro = World(["board.pp": "# 5 \"board.dts\"\n reg = <0x1000 0x2>;\n"])
    macro.map.add(LineMarker(offset: 16, line: 2, name: "board.dts"), to: SourceFileID(rawValue: 0))
    macro.map.originals = OriginalSources { name in
      name == "board.dts" ? Array("#define BASE 0x1000\n\treg = <BASE 0x2>; // here\n".utf8) : nil
    }
    expectSnapshot(
      macro.render(Diagnostic(overlap, .error, "an odd address", at: macro.span("0x1000"))), named: "macro")
  }

  @Test func listsEndWithWhatIsHidden() {
    let world = World(["board.dts": String(repeating: "a;\n", count: 130)])
    var list = DiagnosticList()
    for index in 0..<123 {
      let span = SourceSpan(
        file: SourceFileID(rawValue: 0), start: UInt32(3 * index), end: UInt32(3 * index + 1))
      list.add(Diagnostic(overlap, index == 110 ? .error : .warning, "number \(index)", at: span))
    }
    let text = TextRenderer(sources: world.map).render(list)
    let parts = text.split(separator: "\n\n")
    #expect(parts.count == 101)
    expectSnapshot(parts.suffix(2).joined(separator: "\n\n") + "\n", named: "hidden")
    #expect(TextRenderer.summary(list.counts) == "1 error, 122 warnings")
    #expect(TextRenderer.summary(SeverityCounts()) == "no findings")
  }

  @Test(
    arguments: [
      (ColorChoice.auto, true, [:], true), (.auto, false, [:], false),
      (.auto, true, ["NO_COLOR": "1"], false),
      (.auto, true, ["NO_COLOR": ""], true), (.auto, true, ["TERM": "dumb"], false),
      (.always, false, ["NO_COLOR": "1"], true), (.never, true, [:], false),
    ] as [(ColorChoice, Bool, [String: String], Bool)])
  func colorIsChosen(choice: ColorChoice, isTerminal: Bool, environment: [String: String], isOn: Bool) {
    #expect(choice.isOn(isTerminal: isTerminal, environment: environment) == isOn)
  }
}

extension String {
  /// Where the first occurrence of `text` begins.
  fileprivate func range(of text: String) -> String.Index { firstRange(of: text)?.lowerBound ?? startIndex }
}
