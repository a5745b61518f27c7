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
  /// For each column the part of what can be had that lies in one run, from 0 to 1; nil where nothing can be had.
  private let parts: [Double?]

  /// A chart of one heap; nil where the plan does not use it, or where nothing happens after the start.
  init?(of heap: HeapReport, _ buffers: [BufferReport], history: AreaHistory?, failure: SimulationTime?) {
    // Not copied: there can be a million.
    let own = buffers.lazy.filter { $0.heap == heap.name }
    let end = UseOverTime.end(of: buffers)
    guard !own.isEmpty, end > .zero else { return nil }
    self.heap = heap
    self.end = end
    self.failure = failure
    use = UseOverTime(own, until: end, columns: Self.columns).bytes
    parts = Self.parts(history, until: end)
  }

  /// The smallest part of each column's moments; where a column has none, what the last one before it had.
  private static func parts(_ history: AreaHistory?, until end: SimulationTime) -> [Double?] {
    var parts = [Double?](repeating: nil, count: columns)
    var filled = 0
    var last: Double?
    let pages = history?.pages ?? 0
    for moment in history?.moments ?? [] {
      let column = UseOverTime.column(of: moment.at, end, columns)
      while filled < column {
        parts[filled] = parts[filled] ?? last
        filled += 1
      }
      let room = pages - moment.taken
      last = room > 0 ? Double(moment.longestRun) / Double(room) : nil
      parts[column] = [parts[column], last].compactMap { $0 }.min()
    }
    for column in filled..<columns { parts[column] = parts[column] ?? last }
    return parts
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
    if parts.contains(where: { ![" ", "*"].contains(Self.tenths($0)) }) {
      text += pad("one run", to: margin) + " |" + trimmed(parts.map(Self.tenths))
      text += "  tenths of what can be had, * for all\n"
    }
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

  private static func tenths(_ part: Double?) -> Character {
    guard let part else { return " " }
    let tenths = Int((part * 10).rounded())
    return tenths >= 10 ? "*" : Character("\(tenths)")
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
