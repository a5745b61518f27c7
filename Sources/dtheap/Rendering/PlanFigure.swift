import Diagnostics
import HeapModel

/// The pictures of one area in a plan: the use of each of its heaps over time, and its map at a moment below.
///
/// Coordinates are the figure's own, from the upper left corner; the picture and the page place it.
struct PlanFigure {
  /// The measures, in the picture's units.
  enum Measure {
    static let plotLeft = 128
    static let plotWidth = 640
    static let plotHeight = 104
    /// What stands over a plot, and under it.
    static let plotAbove = 24
    static let plotBelow = 30
    static let columns = 64
    static let cell = 10
    static let width = plotLeft + plotWidth + 24
  }

  /// The number of colours for rows of the plan; later rows use them again.
  static let colourCount = 8

  let scenes: PlanScenes
  let report: SimulationReport
  let area: PlanScenes.Area
  /// What the names of elements begin with, for the script of a page.
  let id: String

  /// The class of a cell, which decides how it looks.
  static func style(_ cell: PlanScenes.Cell) -> String {
    switch cell {
    case .free: "cell free"
    case .lent: "cell lent"
    case .pinned: "cell pinned"
    case .used(let row, let isWhole): "cell b\(row % colourCount)" + (isWhole ? "" : " part")
    }
  }

  // MARK: Use over time

  private var end: SimulationTime { UseOverTime.end(of: report.buffers) }

  /// The height of all timelines; 0 where nothing happens after the start.
  var timelinesHeight: Int {
    end > .zero ? area.heaps.count * (Measure.plotAbove + Measure.plotHeight + Measure.plotBelow) : 0
  }

  /// The horizontal place of a time.
  func x(_ time: SimulationTime) -> Double {
    guard end > .zero else { return Double(Measure.plotLeft) }
    let share = Double(time.microseconds) / Double(end.microseconds)
    return Double(Measure.plotLeft) + (share * Double(Measure.plotWidth) * 10).rounded() / 10
  }

  /// Writes the timelines from a height on.
  func timelines(from top: Int, to svg: inout MarkupWriter) {
    guard end > .zero else { return }
    for (number, heap) in area.heaps.enumerated() {
      let y = top + number * (Measure.plotAbove + Measure.plotHeight + Measure.plotBelow) + Measure.plotAbove
      timeline(of: report.heaps[heap], number: heap, y: y, to: &svg)
    }
  }

  private func timeline(of heap: HeapReport, number: Int, y: Int, to svg: inout MarkupWriter) {
    let (left, right) = (Measure.plotLeft, Measure.plotLeft + Measure.plotWidth)
    let bottom = y + Measure.plotHeight
    put("use of `\(DisplayText.harmless(heap.name))` over time", x: left, y: y - 8, style: "strong", to: &svg)
    for (share, label) in [
      (0, Text.size(heap.size.bytes)), (1, ByteCount(heap.size.bytes / 2).inBinaryUnits), (2, "0"),
    ] {
      let line = y + share * Measure.plotHeight / 2
      svg.empty("path", ["class": "grid", "d": "M\(left) \(line)H\(right)"])
      put(label, x: left - 12, y: line + 4, anchor: "end", to: &svg)
    }
    svg.empty("path", ["class": "use", "d": path(of: heap, bottom: bottom)])
    svg.empty("path", ["class": "longest", "d": longestRuns(bottom: bottom)])
    if let failure = report.failure, isOn(heap, failure) {
      let x = x(failure.at)
      svg.element("g", ["class": "refused"]) { svg in
        svg.element(
          "title", [:], "`\(DisplayText.harmless(failure.buffer))` is refused at \(failure.at.words)")
        svg.empty("path", ["d": "M\(x) \(y)V\(bottom)M\(x - 5) \(y - 5)l10 10m0 -10l-10 10"])
      }
    }
    svg.empty(
      "path", ["class": "cursor", "d": "M0 \(y - 4)V\(bottom + 4)", "transform": "translate(\(x(shown)) 0)"])
    put("0 s", x: left, y: bottom + 18, to: &svg)
    put(end.words, x: right, y: bottom + 18, anchor: "end", to: &svg)
    let peak = "peak \(heap.peak.inBinaryUnits) at \(heap.peakAt.words)"
    put(peak, x: (left + right) / 2, y: bottom + 18, anchor: "middle", to: &svg)
  }

  private var shown: SimulationTime { scenes.moments[scenes.firstShown] }

  private func isOn(_ heap: HeapReport, _ failure: FailureReport) -> Bool {
    report.buffers.contains { $0.name == failure.buffer && $0.heap == heap.name }
  }

  /// The outline of what is used: a step for every column in which it changes.
  private func path(of heap: HeapReport, bottom: Int) -> String {
    let own = report.buffers.lazy.filter { $0.heap == heap.name }
    let use = UseOverTime(own, until: end, columns: Measure.plotWidth).bytes
    var path = "M\(Measure.plotLeft) \(bottom)"
    var last: Double?
    for (column, bytes) in use.enumerated() {
      let share = Double(bytes) / Double(max(heap.size.bytes, 1))
      let height = (share * Double(Measure.plotHeight) * 10).rounded() / 10
      guard height != last else { continue }
      path += "H\(Measure.plotLeft + column)V\(Double(bottom) - height)"
      last = height
    }
    return path + "H\(Measure.plotLeft + Measure.plotWidth)V\(bottom)Z"
  }

  /// The longest run of the area that could be had, over time: a step for every moment at which it changes.
  private func longestRuns(bottom: Int) -> String {
    var path = ""
    var last: Double?
    for moment in scenes.moments {
      guard let state = scenes.state(of: area, at: moment) else { continue }
      let share = Double(state.longestRun) / Double(max(area.size, 1))
      let height = (share * Double(Measure.plotHeight) * 10).rounded() / 10
      guard height != last else { continue }
      let y = Double(bottom) - height
      path += last == nil ? "M\(Measure.plotLeft) \(y)" : "H\(x(moment))V\(y)"
      last = height
    }
    return path + "H\(Measure.plotLeft + Measure.plotWidth)"
  }

  // MARK: The map

  /// The height of the map with its line of text.
  var mapHeight: Int { 28 + (area.cellCount + Measure.columns - 1) / Measure.columns * Measure.cell + 8 }

  /// Writes the map at a moment, from a height on.
  func map(at moment: SimulationTime, from top: Int, to svg: inout MarkupWriter) {
    let cell = ByteCount(area.cellBytes).inBinaryUnits
    put(
      "area `\(DisplayText.harmless(area.name))`, \(Text.size(area.size)), a square is \(cell)",
      x: Measure.plotLeft,
      y: top + 16, style: "strong", to: &svg)
    let cells = scenes.cells(of: area, at: moment)
    svg.element("g", ["id": "\(id)-map"]) { svg in
      svg.words("\n")
      for (index, cell) in cells.enumerated() {
        let (row, column) = (index / Measure.columns, index % Measure.columns)
        svg.empty(
          "rect",
          [
            "class": Self.style(cell), "x": "\(Measure.plotLeft + column * Measure.cell)",
            "y": "\(top + 28 + row * Measure.cell)", "width": "\(Measure.cell - 1)",
            "height": "\(Measure.cell - 1)",
          ])
      }
    }
    for row in stride(from: 0, to: area.cellCount, by: Measure.columns) {
      let y = top + 28 + row / Measure.columns * Measure.cell + Measure.cell - 1
      // A label is as high as two rows.
      guard row / Measure.columns % 2 == 0 else { continue }
      put(
        Text.hex(area.base + UInt64(row) * area.cellBytes), x: Measure.plotLeft - 12, y: y, anchor: "end",
        to: &svg)
    }
  }

  private func put(
    _ text: String, x: Int, y: Int, style: String = "", anchor: String = "start", to svg: inout MarkupWriter
  ) {
    let cut = text.count > 96 ? text.prefix(95) + "…" : text
    svg.element("text", ["class": style, "x": "\(x)", "y": "\(y)", "text-anchor": anchor], cut)
  }
}
