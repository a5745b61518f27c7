import HeapModel

/// What lies where in an area at each moment of a run, in cells of equal length.
///
/// Derived from where the buffers of the report lie and when, and from what the run wrote down of its areas.
struct PlanScenes {
  /// What a cell shows.
  enum Cell: Hashable {
    case free
    /// No buffer has a page of it; others have borrowed some, which can be had back.
    case lent
    /// A page in it is pinned, or someone beside the heaps keeps it.
    case pinned
    /// Most of what is used is of this row of the plan; all of the cell is, or a part.
    case used(row: Int, isWhole: Bool)
  }

  /// The most moments of a run.
  static let momentsMax = 200

  /// The rows of the plan, and for every buffer of the report its row.
  let rows: PlanRows
  /// The moments that are shown, rising; never empty.
  let moments: [SimulationTime]
  private let report: SimulationReport
  private let system: HeapSystemConfiguration
  /// For every buffer of the report the place of its heap; -1 for none.
  private let heapOfBuffer: [Int]

  init(_ report: SimulationReport, _ system: HeapSystemConfiguration) {
    self.report = report
    self.system = system
    rows = PlanRows(report.buffers)
    moments = Self.moments(report)
    let places = Dictionary(system.heaps.enumerated().map { ($1.name, $0) }) { first, _ in first }
    heapOfBuffer = report.buffers.map { places[$0.heap] ?? -1 }
  }

  /// The times at which something changes; of very many the peaks, the refusal and others in equal steps.
  private static func moments(_ report: SimulationReport) -> [SimulationTime] {
    var all: Set<SimulationTime> = [.zero]
    for buffer in report.buffers {
      all.insert(buffer.at)
      if let until = buffer.until { all.insert(until) }
    }
    let sorted = all.sorted()
    guard sorted.count > momentsMax else { return sorted }
    var chosen = Set(report.heaps.prefix(momentsMax / 4).map(\.peakAt).filter(all.contains))
    if let failure = report.failure { chosen.insert(failure.at) }
    let steps = momentsMax - chosen.count - 1
    for step in 0...steps { chosen.insert(sorted[step * (sorted.count - 1) / steps]) }
    return chosen.sorted()
  }

  /// The moment to show first: that of the refusal, else the first peak of the fullest heap.
  var firstShown: Int {
    let fullest = report.heaps.max { share(of: $0) < share(of: $1) }
    let time = report.failure?.at ?? fullest?.peakAt ?? .zero
    return moments.lastIndex { $0 <= time } ?? 0
  }

  private func share(of heap: HeapReport) -> Double {
    heap.size.bytes == 0 ? 0 : Double(heap.peak.bytes) / Double(heap.size.bytes)
  }

  // MARK: Areas

  /// An area that the plan uses.
  struct Area {
    let name: String
    let base: UInt64
    let size: UInt64
    let cellBytes: UInt64
    let cellCount: Int
    /// The heaps on it that the plan uses, as places in the report.
    let heaps: [Int]
    fileprivate let history: AreaHistory
  }

  /// The areas that the plan uses, in the order of the configuration; all memory behind them, where a heap has no area.
  var areas: [Area] {
    let used = Set(heapOfBuffer)
    let pageBytes = system.machine.geometry.pageSizeBytes
    return report.areas.map { history in
      let heaps = system.heaps.indices.filter { used.contains($0) && system.heaps[$0].area == history.area }
      let (size, cell) = (history.pages * pageBytes, history.cellPages * pageBytes)
      return Area(
        name: history.area ?? "all memory", base: history.base.number * pageBytes, size: size,
        cellBytes: cell, cellCount: Int((size + cell - 1) / cell), heaps: heaps, history: history)
    }
  }

  /// The bytes that one heap's buffers hold at a moment, and how many they are.
  func use(of heap: Int, at moment: SimulationTime) -> (bytes: UInt64, buffers: Int) {
    var use: (bytes: UInt64, buffers: Int) = (0, 0)
    for (index, buffer) in report.buffers.enumerated()
    where heapOfBuffer[index] == heap && buffer.isHeld(at: moment) {
      use.bytes += buffer.allocated.bytes
      use.buffers += 1
    }
    return use
  }

  /// What an area is used for at a moment, beside the buffers.
  struct State {
    /// Bytes that nobody has.
    let free: UInt64
    /// Bytes that others have borrowed and that can be had back.
    let lent: UInt64
    /// Bytes that are pinned, or that someone beside the heaps keeps.
    let kept: UInt64
    /// The longest run of bytes that are free or lent.
    let longestRun: UInt64
  }

  /// What an area is used for at a moment, or at the last one before it that the run wrote down.
  func state(of area: Area, at moment: SimulationTime) -> State? {
    guard let past = area.history.moment(at: moment) else { return nil }
    let pageBytes = system.machine.geometry.pageSizeBytes
    let buffers = area.heaps.reduce(0) { $0 + use(of: $1, at: past.at).bytes }
    let (lent, taken) = (past.lent * pageBytes, past.taken * pageBytes)
    return State(
      free: area.size - lent - taken, lent: lent, kept: taken - min(taken, buffers),
      longestRun: past.longestRun * pageBytes)
  }

  /// What the buffers hold of a cell, by row of the plan.
  private typealias Shares = [Int: UInt64]

  /// The cells of an area at a moment.
  ///
  /// - Complexity: O(buffers + ranges that are held then + cells).
  func cells(of area: Area, at moment: SimulationTime) -> [Cell] {
    let held = shares(of: area, at: moment)
    guard let past = area.history.moment(at: moment) else { return [] }
    let heldThen = past.at == moment ? held : shares(of: area, at: past.at)
    let pageBytes = system.machine.geometry.pageSizeBytes
    return held.indices.map { place in
      let recorded = past.cells[place]
      if recorded.taken * pageBytes > heldThen[place].values.reduce(0, +) { return .pinned }
      let most = held[place].max { ($0.value, $1.key) < ($1.value, $0.key) }
      guard let most else { return recorded.lent > 0 ? .lent : .free }
      let size = min(area.cellBytes, area.size - UInt64(place) * area.cellBytes)
      return .used(row: most.key, isWhole: held[place].values.reduce(0, +) >= size)
    }
  }

  private func shares(of area: Area, at moment: SimulationTime) -> [Shares] {
    var shares = [Shares](repeating: [:], count: area.cellCount)
    for (index, buffer) in report.buffers.enumerated()
    where area.heaps.contains(heapOfBuffer[index]) && buffer.isHeld(at: moment) {
      for range in buffer.ranges {
        guard range.base.value >= area.base, range.size.bytes > 0 else { continue }
        var place = range.base.value - area.base
        let end = min(area.size, place + range.size.bytes)
        while place < end {
          let cell = Int(place / area.cellBytes)
          let next = min(end, UInt64(cell + 1) * area.cellBytes)
          shares[cell][rows.rowOfBuffer[index], default: 0] += next - place
          place = next
        }
      }
    }
    return shares
  }
}

extension BufferReport {
  /// Whether the buffer is held at a moment.
  func isHeld(at moment: SimulationTime) -> Bool {
    guard error == nil, at <= moment else { return false }
    return until.map { moment < $0 } ?? true
  }
}

/// The lines of a plan with what became of their buffers.
struct PlanRows {
  /// One line.
  struct Row {
    let name: String
    let first: BufferReport
    var count = 0
    var results: [(name: String, count: Int)] = []
    var last: SimulationTime?

    /// How many buffers have which result, in words.
    var outcome: String { results.map { "\($0.count) \($0.name)" }.joined(separator: ", ") }

    mutating func add(_ buffer: BufferReport) {
      count += 1
      if let place = results.firstIndex(where: { $0.name == buffer.result }) {
        results[place].count += 1
      } else {
        results.append((buffer.result, 1))
      }
      last = buffer.until
    }
  }

  /// In the order of the plan.
  private(set) var rows: [Row] = []
  /// For every buffer of the report.
  private(set) var rowOfBuffer: [Int] = []

  init(_ buffers: [BufferReport]) {
    for buffer in buffers {
      // The number in brackets is the report's, not the plan's.
      let name = buffer.name.lastIndex(of: "[").map { String(buffer.name[..<$0]) } ?? buffer.name
      if rows.last?.name != name { rows.append(Row(name: name, first: buffer)) }
      rows[rows.count - 1].add(buffer)
      rowOfBuffer.append(rows.count - 1)
    }
  }
}
