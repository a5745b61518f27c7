import HeapModel

/// The most that the buffers of a heap hold in each of equal parts of a run.
struct UseOverTime {
  /// By column, in bytes.
  let bytes: [UInt64]
  /// The end of the run.
  let end: SimulationTime

  /// The end of what is shown of a run: the last time at which a buffer is asked for or given back, and a little more
  /// where one stays.
  static func end(of buffers: [BufferReport]) -> SimulationTime {
    let last = buffers.map { max($0.at, $0.until ?? $0.at) }.max() ?? .zero
    let stays = buffers.contains { $0.error == nil && $0.until == nil }
    return stays ? last.adding(SimulationTime(microseconds: last.microseconds / 8)) ?? last : last
  }

  /// What is held of one heap.
  ///
  /// - Parameters:
  ///   - buffers: of one heap, so that their sum is a part of one area.
  ///   - end: of the run, behind its start.
  ///   - columns: from 1.
  init(_ buffers: some Sequence<BufferReport>, until end: SimulationTime, columns: Int) {
    var changes: [(at: SimulationTime, isGiven: Bool, bytes: UInt64)] = []
    for buffer in buffers where buffer.error == nil {
      changes.append((buffer.at, true, buffer.allocated.bytes))
      if let until = buffer.until { changes.append((until, false, buffer.allocated.bytes)) }
    }
    changes.sort { ($0.at, $0.isGiven ? 1 : 0) < ($1.at, $1.isGiven ? 1 : 0) }
    var use = [UInt64](repeating: 0, count: columns)
    var now: UInt64 = 0
    for (index, change) in changes.enumerated() {
      now = change.isGiven ? now + change.bytes : now - change.bytes
      let next = index + 1 < changes.count ? changes[index + 1].at : end
      guard next > change.at else { continue }
      let last = SimulationTime(microseconds: next.microseconds - 1)
      let first = Self.column(of: change.at, end, columns)
      for column in first...Self.column(of: last, end, columns) { use[column] = max(use[column], now) }
    }
    bytes = use
    self.end = end
  }

  /// The column of a time.
  static func column(of time: SimulationTime, _ end: SimulationTime, _ columns: Int) -> Int {
    min(columns - 1, Int(Double(time.microseconds) / Double(end.microseconds) * Double(columns)))
  }
}
