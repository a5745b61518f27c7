import Diagnostics
import HeapCompiler
import HeapModel

/// A plan on a board as a picture: for every area the use of its heaps over time, above a map of the area at the moment
/// of the refusal, or of the peak.
package struct PlanSVG {
  /// The most areas that are drawn.
  static let areasMax = 16
  /// The most lines of advice, and of the legend.
  private static let linesMax = 24

  private let verdict: PlanVerdict

  /// The picture of a verdict.
  package init(_ verdict: PlanVerdict) { self.verdict = verdict }

  /// The whole document.
  package var text: String {
    let words = PlanWords(verdict)
    var page = SVGPage(title: "\(words.title): \(words.judgement)", rules: PlanColours.rules)
    page.line(words.title, isStrong: true)
    page.line(words.judgement)
    for line in words.reasons.prefix(Self.linesMax) {
      // A reason is a sentence with its numbers and longer than a line.
      for (number, part) in TextFlow.lines(line, width: 110).enumerated() {
        page.line((number == 0 ? "  " : "    ") + part)
      }
    }
    if case .ran(let report, let system) = verdict.outcome { draw(report, system, on: &page) }
    return page.document
  }

  private func draw(_ report: SimulationReport, _ system: HeapSystemConfiguration, on page: inout SVGPage) {
    let scenes = PlanScenes(report, system)
    let moment = scenes.moments[scenes.firstShown]
    let areas = scenes.areas
    for (number, area) in areas.prefix(Self.areasMax).enumerated() {
      let figure = PlanFigure(scenes: scenes, report: report, area: area, id: "area\(number)")
      page.space()
      page.figure(width: PlanFigure.Measure.width, height: figure.timelinesHeight + figure.mapHeight) {
        top, svg in
        figure.timelines(from: top, to: &svg)
        figure.map(at: moment, from: top + figure.timelinesHeight, to: &svg)
      }
    }
    if areas.count > Self.areasMax { page.line("and \(areas.count - Self.areasMax) more areas, not drawn") }
    page.space()
    page.line("the maps are those of \(moment.words); from left to right and downwards addresses rise")
    page.space()
    let rows = scenes.rows.rows
    page.samples([
      ("cell free", "free"), ("cell lent", "lent out"), ("cell pinned", "a page pinned, or kept by others"),
      ("cell b0 part", "partly used"),
    ])
    page.line("the line over the use is the longest run of the area that is free or can be had back")
    for (number, row) in rows.prefix(Self.linesMax).enumerated() {
      page.samples([("cell b\(number % PlanFigure.colourCount)", PlanWords.words(row))])
    }
    if rows.count > Self.linesMax { page.line("and \(rows.count - Self.linesMax) more lines of the plan") }
  }
}

/// The colours of plans in pictures and pages.
enum PlanColours {
  /// Those of rows of the plan, then of pins and of what is free.
  static let light: KeyValuePairs<String, String> = [
    "b0": "#4f8fd0", "b1": "#e0a030", "b2": "#5bae6a", "b3": "#b779c9", "b4": "#3fb2ae", "b5": "#d9737a",
    "b6": "#9a8a5a", "b7": "#7c85dd", "pinned": "#1a1a1a", "lent": "#c6ccb4", "free": "#e4e4e0",
  ]
  static let dark: KeyValuePairs<String, String> = [
    "b0": "#5b9fe4", "b1": "#d99a2b", "b2": "#58a967", "b3": "#b07ac2", "b4": "#3da5a1", "b5": "#d36e75",
    "b6": "#a3935f", "b7": "#8790e6", "pinned": "#f2f2f2", "lent": "#4b5440", "free": "#2e3239",
  ]

  private static func fills(_ colours: KeyValuePairs<String, String>, line: String, accent: String) -> String
  {
    colours.map { ".\($0) { fill: \($1) }" }.joined(separator: " ")
      + " .cell { stroke: none } .part { opacity: 0.55 } .grid { stroke: \(line); stroke-width: 0.5; opacity: 0.5 }"
      + " .use { fill: \(colours[0].value); opacity: 0.75 }"
      + " .longest { fill: none; stroke: \(line); stroke-width: 1; stroke-dasharray: 3 2 }"
      + " .refused { stroke: \(accent); stroke-width: 2; fill: none } .cursor { stroke: \(line); stroke-width: 1.5 }"
  }

  /// The rules for light, and for dark.
  static let lightRules = fills(light, line: "#444444", accent: "#c02418")
  static let darkRules = fills(dark, line: "#c8c8c8", accent: "#ff7a6e")

  /// For a document of its own.
  static let rules = (light: lightRules, dark: darkRules)
}
