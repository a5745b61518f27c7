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
    let end = buffers.map { max($0.at, $0.until ?? $0.at) }.max() ?? .zero
    guard !own.isEmpty, end > .zero else { return nil }
    self.heap = heap
    self.end = end
    self.failure = failure
    use = Self.use(own, until: end)
  }

  private static func use(_ buffers: [BufferReport], until end: SimulationTime) -> [UInt64] {
    var changes: [(at: SimulationTime, isGiven: Bool, bytes: UInt64)] = []
    for buffer in buffers where buffer.error == nil {
      changes.append((buffer.at, true, buffer.allocated.bytes))
      if let until = buffer.until { changes.append((until, false, buffer.allocated.bytes)) }
    }
    changes.sort { ($0.at, $0.isGiven ? 1 : 0) < ($1.at, $1.isGiven ? 1 : 0) }
    var use = [UInt64](repeating: 0, count: columns)
    var now: UInt64 = 0
    for (index, change) in changes.enumerated() {
      // What is held is a part of one area, so that the sum does not overflow.
      now = change.isGiven ? now + change.bytes : now - change.bytes
      let next = index + 1 < changes.count ? changes[index + 1].at : end
      guard next > change.at else { continue }
      let last = SimulationTime(microseconds: next.microseconds - 1)
      for column in column(of: change.at, end)...column(of: last, end) { use[column] = max(use[column], now) }
    }
    return use
  }

  private static func column(of time: SimulationTime, _ end: SimulationTime) -> Int {
    min(columns - 1, Int(Double(time.microseconds) / Double(end.microseconds) * Double(columns)))
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
    if let failure { axis[Self.column(of: failure, end)] = "x" }
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
