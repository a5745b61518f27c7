import HeapModel

/// What lies where in an area at each moment of a run, in cells of equal length.
///
/// Derived from where the buffers of the report lie and when, and from the pins of the configuration.
struct PlanScenes {
  /// What a cell shows.
  enum Cell: Hashable {
    case free
    /// A page in it is pinned.
    case pinned
    /// Most of what is used is of this row of the plan; all of the cell is, or a part.
    case used(row: Int, isWhole: Bool)
  }

  /// The most cells of an area.
  static let cellsMax = 512
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
    fileprivate let pins: [Int]
  }

  /// The areas that the plan uses, in the order of the configuration.
  var areas: [Area] {
    let used = Set(heapOfBuffer)
    let memory = memoryArea(used)
    return system.machine.areas.compactMap { area in
      let heaps = system.heaps.indices.filter { system.heaps[$0].area == area.name && used.contains($0) }
      guard !heaps.isEmpty else { return nil }
      let pageBytes = system.machine.geometry.pageSizeBytes
      var cell = pageBytes
      for heap in heaps {
        if case .chunk(_, let order) = system.heaps[heap].kind {
          cell = max(cell, pageBytes << UInt64(order))
        }
      }
      let size = area.pages * pageBytes
      while (size + cell - 1) / cell > UInt64(Self.cellsMax) { cell *= 2 }
      return Area(
        name: area.name, base: area.base.number * pageBytes, size: size, cellBytes: cell,
        cellCount: Int((size + cell - 1) / cell), heaps: heaps,
        pins: Set(area.pins.map { Int($0 * pageBytes / cell) }).sorted())
    } + memory
  }

  /// All memory from its first to its last page, where the plan uses heaps without an area.
  private func memoryArea(_ used: Set<Int>) -> [Area] {
    let heaps = system.heaps.indices.filter { !system.heaps[$0].kind.hasArea && used.contains($0) }
    let ranges = (system.machine.memory?.ranges ?? []).filter { $0.count > 0 }
    guard !heaps.isEmpty, let first = ranges.map(\.frames.lowerBound).min(),
      let end = ranges.map(\.frames.upperBound).max()
    else { return [] }
    let geometry = system.machine.geometry
    guard let base = geometry.bytes(ofPages: first), let size = geometry.bytes(ofPages: end - first) else {
      return []
    }
    var cell = geometry.pageSizeBytes
    while size / cell >= UInt64(Self.cellsMax) { cell *= 2 }
    let count = Int((size + cell - 1) / cell)
    return [
      Area(
        name: "all memory", base: base, size: size, cellBytes: cell, cellCount: count, heaps: heaps, pins: [])
    ]
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

  /// The cells of an area at a moment.
  ///
  /// - Complexity: O(buffers + ranges that are held then + cells).
  func cells(of area: Area, at moment: SimulationTime) -> [Cell] {
    var shares = [[(row: Int, bytes: UInt64)]](repeating: [], count: area.cellCount)
    for (index, buffer) in report.buffers.enumerated()
    where area.heaps.contains(heapOfBuffer[index]) && buffer.isHeld(at: moment) {
      let row = rows.rowOfBuffer[index]
      for range in buffer.ranges {
        guard range.base.value >= area.base, range.size.bytes > 0 else { continue }
        let start = range.base.value - area.base
        let end = min(area.size, start + range.size.bytes)
        var place = start
        while place < end {
          let cell = Int(place / area.cellBytes)
          let next = min(end, UInt64(cell + 1) * area.cellBytes)
          if let last = shares[cell].indices.last, shares[cell][last].row == row {
            shares[cell][last].bytes += next - place
          } else {
            shares[cell].append((row, next - place))
          }
          place = next
        }
      }
    }
    var cells = shares.enumerated().map {
      Self.cell($1, of: min(area.cellBytes, area.size - UInt64($0) * area.cellBytes))
    }
    for pin in area.pins where pin < cells.count { cells[pin] = .pinned }
    return cells
  }

  private static func cell(_ shares: [(row: Int, bytes: UInt64)], of bytes: UInt64) -> Cell {
    var sums: [Int: UInt64] = [:]
    for share in shares { sums[share.row, default: 0] += share.bytes }
    let most = sums.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let most else { return .free }
    return .used(row: most.key, isWhole: sums.values.reduce(0, +) >= bytes)
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
