import Diagnostics
import HeapCompiler
import HeapModel

/// A plan on a board as a page for a browser: the verdict, the pictures with a slider through time, and the table of
/// buffers.
///
/// The page is one file and asks for nothing over the network; its policy says so to the browser. It is well-formed XML
/// as well. Without scripts it shows the moment of the refusal, or of the peak.
package struct PlanPage {
  /// The most lines of the table.
  private static let rowsMax = 2000

  private let verdict: PlanVerdict
  private let words: PlanWords

  /// The page of a verdict.
  package init(_ verdict: PlanVerdict) {
    self.verdict = verdict
    words = PlanWords(verdict)
  }

  /// The whole document.
  package var text: String {
    var page = MarkupWriter()
    page.fixed("<!DOCTYPE html>\n")
    page.element("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"]) { page in
      page.element("head") { head(&$0) }
      page.element("body") { page in
        page.element("main") { main(&$0) }
      }
    }
    return page.text
  }

  private func head(_ page: inout MarkupWriter) {
    page.fixed("\n<meta charset=\"utf-8\"/>\n")
    page.fixed("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n")
    page.empty(
      "meta",
      [
        "http-equiv": "Content-Security-Policy",
        "content": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:",
      ])
    // Without an icon of its own a browser would look for one.
    page.fixed("<link rel=\"icon\" href=\"data:,\"/>\n")
    page.element("title", words.title)
    page.fixed("<style>")
    page.fixed(PlanPageParts.style)
    page.words(
      "\(PlanColours.lightRules)\n@media (prefers-color-scheme: dark) { \(PlanColours.darkRules) }\n"
        + "@media print { \(PlanColours.lightRules) }\n")
    page.fixed("</style>\n")
  }

  private func main(_ page: inout MarkupWriter) {
    page.element("h1", words.title)
    page.element("p", ["class": verdict.fits ? "verdict fits" : "verdict fails"], words.judgement)
    let isList = words.reasons.count > 1
    if isList {
      page.element("ul") { page in
        for reason in words.reasons { page.element("li", reason) }
      }
    } else {
      for reason in words.reasons { page.element("p", reason) }
    }
    guard case .ran(let report, let system) = verdict.outcome else { return }
    let scenes = PlanScenes(report, system)
    if scenes.moments.count > 1 { slider(scenes, &page) }
    let areas = scenes.areas
    for (number, area) in areas.prefix(PlanSVG.areasMax).enumerated() {
      section(PlanFigure(scenes: scenes, report: report, area: area, id: "area\(number)"), &page)
    }
    if areas.count > PlanSVG.areasMax {
      page.element("p", "and \(areas.count - PlanSVG.areasMax) more areas, not drawn")
    }
    legend(&page)
    table(scenes.rows.rows, &page)
    guard scenes.moments.count > 1 else { return }
    page.element("script", ["type": "application/json", "id": "scenes"]) { page in
      page.json(PlanSceneData(scenes, report, areas.prefix(PlanSVG.areasMax)).text)
    }
    page.fixed("<script>")
    page.fixed(PlanPageParts.script)
    page.fixed("</script>\n")
  }

  private func slider(_ scenes: PlanScenes, _ page: inout MarkupWriter) {
    let shown = scenes.moments[scenes.firstShown].words
    page.element("div", ["class": "time"]) { page in
      page.element("label", ["for": "moment"], "Time")
      page.empty(
        "input",
        [
          "type": "range", "id": "moment", "min": "0", "max": "\(scenes.moments.count - 1)", "step": "1",
          "value": "\(scenes.firstShown)", "aria-valuetext": shown,
        ])
      page.element("output", ["for": "moment", "id": "time"], shown)
    }
  }

  private func section(_ figure: PlanFigure, _ page: inout MarkupWriter) {
    let moment = figure.scenes.moments[figure.scenes.firstShown]
    page.element("section") { page in
      page.element("h2", "Area \(DisplayText.harmless(figure.area.name))")
      for (number, heap) in figure.area.heaps.enumerated() {
        page.element("p") { page in
          page.words("\(DisplayText.harmless(figure.report.heaps[heap].name)): ")
          page.element(
            "span", ["id": "\(figure.id)-use\(number)"],
            PlanSceneData.use(of: heap, figure.scenes, figure.report, moment))
        }
      }
      page.element("p") { page in
        page.element(
          "span", ["id": "\(figure.id)-state"], PlanSceneData.state(of: figure.area, figure.scenes, moment))
      }
      picture(figure, moment, &page)
    }
  }

  /// The pictures of an area; in a narrow window they are moved, not shrunk until nobody can read them.
  private func picture(_ figure: PlanFigure, _ moment: SimulationTime, _ page: inout MarkupWriter) {
    let label = "use over time, and the map of area \(DisplayText.harmless(figure.area.name))"
    let box = "0 0 \(PlanFigure.Measure.width) \(figure.timelinesHeight + figure.mapHeight)"
    page.element("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-label": label]) { page in
      page.element(
        "svg",
        [
          "xmlns": "http://www.w3.org/2000/svg", "class": "picture", "viewBox": box, "role": "img",
          "aria-label": label,
        ]
      ) { svg in
        svg.words("\n")
        figure.timelines(from: 0, to: &svg)
        figure.map(at: moment, from: figure.timelinesHeight, to: &svg)
      }
    }
  }

  private func legend(_ page: inout MarkupWriter) {
    page.element("p", ["class": "legend"]) { page in
      for (style, words) in [
        ("cell free", "free"), ("cell lent", "lent out"), ("cell pinned", "a page pinned, or kept by others"),
        ("cell b0", "used, coloured as in the table"), ("cell b0 part", "partly used"),
      ] {
        page.element("span") { page in
          swatch(style, &page)
          page.words(words)
        }
      }
      page.element("span", "dashed: the longest run of the area that is free or can be had back")
    }
  }

  private func swatch(_ style: String, _ page: inout MarkupWriter) {
    page.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "swatch", "viewBox": "0 0 10 10",
        "aria-hidden": "true",
      ]
    ) {
      $0.empty("rect", ["class": style, "width": "10", "height": "10"])
    }
  }

  // MARK: The table

  private func table(_ rows: [PlanRows.Row], _ page: inout MarkupWriter) {
    page.element("section") { page in
      page.element("h2", ["id": "buffers"], "Buffers")
      page.element("div", ["class": "wide", "tabindex": "0", "role": "region", "aria-labelledby": "buffers"])
      { page in
        page.element("table") { page in
          page.element("thead") { page in
            page.element("tr") { page in
              for name in ["Buffer", "Heap"] { page.element("th", ["scope": "col"], name) }
              for name in ["Count", "Size", "Given", "From", "To"] {
                page.element("th", ["scope": "col", "class": "number"], name)
              }
              page.element("th", ["scope": "col"], "Result")
            }
          }
          page.element("tbody") { page in
            for (number, row) in rows.prefix(Self.rowsMax).enumerated() { line(row, number, &page) }
          }
        }
      }
      if rows.count > Self.rowsMax {
        page.element("p", "and \(rows.count - Self.rowsMax) more lines of the plan")
      }
    }
  }

  private func line(_ row: PlanRows.Row, _ number: Int, _ page: inout MarkupWriter) {
    let isRefused = row.results.contains { $0.name != "ok" }
    page.element("tr", ["class": isRefused ? "fails" : "fits"]) { page in
      page.element("th", ["scope": "row"]) { page in
        swatch("cell b\(number % PlanFigure.colourCount)", &page)
        page.words(DisplayText.harmless(row.name))
      }
      page.element("td", DisplayText.harmless(row.first.heap))
      let given = row.first.error == nil ? row.first.allocated.inBinaryUnits : "-"
      for cell in [
        "\(row.count)", row.first.requested.inBinaryUnits, given, row.first.at.words,
        row.last?.words ?? "end",
      ] {
        page.element("td", ["class": "number"], cell)
      }
      page.element("td", ["class": "result"], row.outcome)
    }
  }
}

/// What the script of a page needs of every moment, as JSON of numbers and times: no name is among it.
struct PlanSceneData {
  /// The object.
  let text: String

  init(_ scenes: PlanScenes, _ report: SimulationReport, _ areas: some Sequence<PlanScenes.Area>) {
    var json = "{\"times\":[" + scenes.moments.map { "\"\($0.words)\"" }.joined(separator: ",") + "],\"x\":["
    let all = Array(areas)
    if let area = all.first {
      let figure = PlanFigure(scenes: scenes, report: report, area: area, id: "")
      json += scenes.moments.map { "\(figure.x($0))" }.joined(separator: ",")
    }
    json += "],\"areas\":["
    for (number, area) in all.enumerated() {
      json += (number > 0 ? ",\n" : "\n") + "{\"maps\":["
      json += scenes.moments.map { Self.runs(scenes.cells(of: area, at: $0)) }.joined(separator: ",")
      json += "],\"uses\":["
      json += area.heaps.map { heap in
        "[" + scenes.moments.map { "\"\(Self.use(of: heap, scenes, report, $0))\"" }.joined(separator: ",")
          + "]"
      }.joined(separator: ",")
      json += "],\"states\":["
      json += scenes.moments.map { "\"\(Self.state(of: area, scenes, $0))\"" }.joined(separator: ",")
      json += "]}"
    }
    text = json + "]}"
  }

  /// Cells as pairs of a number of cells and what they are: 0 free, 1 pinned, 2 lent, then two for every colour, the
  /// second for a part.
  private static func runs(_ cells: [PlanScenes.Cell]) -> String {
    var runs: [(count: Int, code: Int)] = []
    for cell in cells {
      let code =
        switch cell {
        case .free: 0
        case .pinned: 1
        case .lent: 2
        case .used(let row, let isWhole): 3 + row % PlanFigure.colourCount * 2 + (isWhole ? 0 : 1)
        }
      if runs.last?.code == code { runs[runs.count - 1].count += 1 } else { runs.append((1, code)) }
    }
    return "[" + runs.map { "\($0.count),\($0.code)" }.joined(separator: ",") + "]"
  }

  /// What an area is used for at a moment beside the buffers, in words.
  static func state(of area: PlanScenes.Area, _ scenes: PlanScenes, _ moment: SimulationTime) -> String {
    guard let state = scenes.state(of: area, at: moment) else { return "" }
    let parts = [(state.free, "free"), (state.lent, "lent out"), (state.kept, "kept by others")]
    let words = parts.filter { $0.0 > 0 }.map { "\(ByteCount($0.0).inBinaryUnits) \($0.1)" }
    return (words + ["longest run \(ByteCount(state.longestRun).inBinaryUnits)"]).joined(separator: ", ")
  }

  /// What a heap holds at a moment, in words.
  static func use(
    of heap: Int, _ scenes: PlanScenes, _ report: SimulationReport, _ moment: SimulationTime
  ) -> String {
    let use = scenes.use(of: heap, at: moment)
    let size = Text.size(report.heaps[heap].size.bytes)
    return "\(ByteCount(use.bytes).inBinaryUnits) of \(size) in \(Text.count(use.buffers, "buffer"))"
  }
}
