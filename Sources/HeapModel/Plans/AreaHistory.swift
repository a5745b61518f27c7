/// What the pages of an area, or of all memory, were used for over a run.
public struct AreaHistory: Hashable, Sendable {
  /// The name of the area; nil for all memory.
  public let area: String?
  /// The first page frame.
  public let base: PageFrame
  /// The pages of the area; of memory from its first to its last page, gaps included.
  public let pages: UInt64
  /// The pages of a cell, a power of two; the last one can be cut off by the end of the area.
  public let cellPages: UInt64
  /// Some moments of the run in ascending order, the start and that of the refusal among them: each time at which
  /// something changes, or ``momentsMax`` of them.
  public internal(set) var moments: [AreaMoment] = []

  /// The most cells of an area.
  public static let cellsMax: UInt64 = 512
  /// The most moments, without that of the refusal.
  public static let momentsMax = 200

  /// The last moment that is not behind a time; nil where none is.
  ///
  /// - Complexity: O(log n).
  public func moment(at time: SimulationTime) -> AreaMoment? {
    var (low, high) = (0, moments.count)
    while low < high {
      let middle = (low + high) / 2
      if moments[middle].at <= time { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? moments[low - 1] : nil
  }
}

/// What the pages of an area are used for at one moment, after everything that happens then.
public struct AreaMoment: Hashable, Sendable {
  /// A part of the area.
  public struct Cell: Hashable, Sendable {
    /// Pages that others have borrowed and that can be had back.
    public var lent: UInt64 = 0
    /// Pages that buffers hold, and those that are pinned or that someone else keeps.
    public var taken: UInt64 = 0
  }

  /// The moment.
  public let at: SimulationTime
  /// The longest run of pages that are free or can be had back.
  public let longestRun: UInt64
  /// The parts of the area, in the order of addresses.
  public let cells: [Cell]

  /// Pages of the area that others have borrowed and that can be had back.
  public var lent: UInt64 { cells.reduce(0) { $0 + $1.lent } }
  /// Pages of the area that buffers hold, and those that are pinned or that someone else keeps.
  public var taken: UInt64 { cells.reduce(0) { $0 + $1.taken } }
}

/// Writes down what areas are used for while a plan runs.
struct AreaRecorder {
  private(set) var histories: [AreaHistory]
  /// Nil for all memory.
  private let areas: [AreaIndex?]
  /// The times that are written down, rising.
  private let times: [SimulationTime]
  private var next = 0

  /// A recorder of the areas of the heaps that a timeline uses, and of all memory where one has no area.
  init(_ timeline: PlanTimeline, on system: HeapSystem) {
    let heaps = Set(timeline.instances.map(\.heap)).sorted().map { system.heaps[$0] }
    let used = Set(heaps.map(\.area))
    let machine = system.machine
    areas =
      machine.areas.indices.map(AreaIndex.init(position:)).filter(used.contains)
      + (used.contains(nil) ? [nil] : [])
    histories = areas.map { area in
      let span = area.map { machine[$0].pages } ?? machine.pages.span
      let chunk = heaps.filter { $0.area == area }.compactMap(\.chunkPages).max()
      return AreaHistory(
        area: area.map { machine[$0].name }, base: span.first, pages: span.count,
        cellPages: Self.cellPages(of: span.count, chunkPages: chunk ?? 1))
    }
    times = Self.times(timeline)
  }

  /// At least a chunk, where that is a power of two, and as many as make no more cells than ``AreaHistory/cellsMax``.
  private static func cellPages(of pages: UInt64, chunkPages: UInt64) -> UInt64 {
    var cell = chunkPages & (chunkPages - 1) == 0 ? max(chunkPages, 1) : 1
    while cell < pages, (pages + cell - 1) / cell > AreaHistory.cellsMax { cell *= 2 }
    return cell
  }

  /// The start and the times of all events; of very many some in equal steps.
  private static func times(_ timeline: PlanTimeline) -> [SimulationTime] {
    var times: [SimulationTime] = [.zero]
    for (time, _) in timeline.events where time != times.last { times.append(time) }
    let most = AreaHistory.momentsMax
    guard times.count > most else { return times }
    return (0..<most).map { times[$0 * (times.count - 1) / (most - 1)] }
  }

  /// Writes a moment down when it is one of those that are wanted.
  ///
  /// - Parameters:
  ///   - time: a moment after which nothing more happens at it; not before that of the last call.
  ///   - isRefusal: whether a buffer was refused for the first time then.
  ///   - machine: as it is then.
  mutating func record(_ time: SimulationTime, isRefusal: Bool, of machine: Machine) {
    while next < times.count, times[next] < time { next += 1 }
    let isWanted = next < times.count && times[next] == time
    guard isWanted || isRefusal, histories.first?.moments.last?.at != time else { return }
    if isWanted { next += 1 }
    for (place, area) in areas.enumerated() {
      let ranges = area.map { [machine.pages.numbers(of: machine[$0].pages)].compactMap { $0 } }
      let moment = Self.moment(
        of: ranges ?? machine.outsideAreas, on: machine, at: time, as: histories[place])
      histories[place].moments.append(moment)
    }
  }

  private static func moment(
    of ranges: [Range<Int>], on machine: Machine, at time: SimulationTime, as history: AreaHistory
  ) -> AreaMoment {
    var cells = Cells(history)
    var longest = 0
    var last: UInt64 = 0
    for range in ranges {
      let offset = machine.pages.frame(of: range.lowerBound).number - history.base.number
      // What lies between two banks of memory nobody can have, and what is of an area no heap of all memory.
      cells.add(last..<offset, .taken)
      last = offset + UInt64(range.count)
      var run = LongestRun()
      machine.forEachRun(in: range) { pages, use in
        run.add(pages, use)
        let start = offset + UInt64(pages.lowerBound - range.lowerBound)
        if use != .free { cells.add(start..<start + UInt64(pages.count), use) }
      }
      longest = max(longest, run.count)
    }
    cells.add(last..<history.pages, .taken)
    // Only a range of an area is made of what others have borrowed.
    let run = history.area == nil ? machine.longestFreeRunOutsideAreas : UInt64(longest)
    return AreaMoment(at: time, longestRun: run, cells: cells.cells)
  }

  /// The cells of a moment while they are filled.
  private struct Cells {
    private(set) var cells: [AreaMoment.Cell]
    private let cellPages: UInt64

    init(_ history: AreaHistory) {
      cellPages = history.cellPages
      let count = (history.pages + cellPages - 1) / cellPages
      cells = [AreaMoment.Cell](repeating: AreaMoment.Cell(), count: Int(count))
    }

    /// Adds pages that lie behind each other, by their offsets in the area.
    mutating func add(_ pages: Range<UInt64>, _ use: PageUse) {
      var start = pages.lowerBound
      while start < pages.upperBound {
        let cell = start / cellPages
        let stop = min(pages.upperBound, (cell + 1) * cellPages)
        if use == .lent {
          cells[Int(cell)].lent += stop - start
        } else {
          cells[Int(cell)].taken += stop - start
        }
        start = stop
      }
    }
  }
}
