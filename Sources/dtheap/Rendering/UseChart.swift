import Diagnostics
import HeapModel

/// How full a heap is over time, in characters.
struct UseChart {
  private static let columns = 64
  private static let rows = 8

  private let heap: HeapReport
  /// The most that buffers hold in each column's time, in bytes.
  private let use: [UInt64]
  private let end: SimulationTime
  private let failure: SimulationTime?

  /// A chart of one heap; nil where the plan does not use it, or where nothing happens after the start.
  init?(of heap: HeapReport, _ buffers: [BufferReport], failure: SimulationTime?) {
    let own = buffers.filter { $0.heap == heap.name }
    let end = UseOverTime.end(of: buffers)
    guard !own.isEmpty, end > .zero else { return nil }
    self.heap = heap
    self.end = end
    self.failure = failure
    use = UseOverTime(own, until: end, columns: Self.columns).bytes
  }

  /// The chart with its axes.
  var text: String {
    let top = Text.size(heap.size.bytes)
    let margin = max(top.count, 8)
    var text = "use of `\(DisplayText.harmless(heap.name))` over time\n"
    for row in stride(from: Self.rows - 1, through: 0, by: -1) {
      let label = row == Self.rows - 1 ? top : ""
      text += pad(label, to: margin) + " |" + trimmed(use.map { cell($0, row: row) }) + "\n"
    }
    var axis = [Character](repeating: "-", count: Self.columns)
    if let failure { axis[UseOverTime.column(of: failure, end, Self.columns)] = "x" }
    text += pad("0", to: margin) + " +" + String(axis) + (failure == nil ? "" : "  x: refused") + "\n"
    let last = end.words
    let gap = max(1, Self.columns - 3 - last.count)
    text += pad("", to: margin) + "  0 s" + String(repeating: " ", count: gap) + last + "\n"
    return text
  }

  /// A full cell where more than half of the row is used; a dot where anything is, in the lowest row.
  private func cell(_ bytes: UInt64, row: Int) -> Character {
    let level = Double(bytes) / Double(max(heap.size.bytes, 1)) * Double(Self.rows)
    if level >= Double(row) + 0.5 { return "#" }
    return row == 0 && bytes > 0 ? "." : " "
  }

  private func trimmed(_ cells: [Character]) -> String {
    var line = String(cells)
    while line.last == " " { line.removeLast() }
    return line
  }

  private func pad(_ text: String, to width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
