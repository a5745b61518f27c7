/// One buffer of a plan, with its number and its times.
struct BufferInstance {
  /// The name in the report, `name[index]`.
  let name: String
  let heap: Int
  let size: ByteCount
  let start: SimulationTime
  /// Nil where the buffer stays to the end of the run.
  let end: SimulationTime?
}

/// What a plan does, in order: by time, then frees before allocations, then the order of writing.
struct PlanTimeline {
  enum Event {
    case allocate(Int)
    case free(Int)
  }

  /// The buffers that the plan comes to before groups cut them off.
  private var planned = 0
  /// The buffers in the order of writing; repetitions of one behind each other.
  private(set) var instances: [BufferInstance] = []
  private(set) var events: [(at: SimulationTime, event: Event)] = []

  /// Spreads a plan out over time.
  ///
  /// - Throws: ``PlanError``: the first thing that is wrong with the plan.
  /// - Complexity: O(n log n) in the number of buffers.
  init(_ plan: AllocationPlan, heaps: [HeapConfiguration]) throws(PlanError) {
    var places: [String: Int] = [:]
    for (place, heap) in heaps.enumerated() where places[heap.name] == nil { places[heap.name] = place }
    var names: Set<String> = []
    for buffer in plan.buffers {
      guard names.insert(buffer.name).inserted else { throw .duplicateBuffer(buffer.name) }
      try append(buffer, places: places, occurrences: [(.zero, nil)])
    }
    for group in plan.groups where !group.buffers.isEmpty {
      guard let occurrences = group.time.occurrences() else {
        throw .badTime(group.name)
      }
      for buffer in group.buffers {
        guard names.insert(buffer.name).inserted else { throw .duplicateBuffer(buffer.name) }
        try append(buffer, places: places, occurrences: occurrences)
      }
    }
    sortEvents()
  }

  /// Adds every occurrence and copy of a buffer, within each occurrence of its group.
  private mutating func append(
    _ buffer: PlannedBuffer, places: [String: Int],
    occurrences: [(start: SimulationTime, end: SimulationTime?)]
  ) throws(PlanError) {
    guard let heap = places[buffer.heap] else { throw .unknownHeap(buffer: buffer.name, heap: buffer.heap) }
    guard buffer.count >= 1 else { throw .badCount(buffer: buffer.name) }
    let factors = [buffer.count, buffer.time.repetition?.times ?? 1, occurrences.count]
    for factor in factors {
      guard factor <= AllocationPlan.instancesMax else { throw .tooManyBuffers }
    }
    guard let own = buffer.time.occurrences() else { throw .badTime(buffer.name) }
    // Each factor is at most 10^6, so that the product is below 2^63.
    let (sum, overflow) = planned.addingReportingOverflow(factors.reduce(1, *))
    guard !overflow, sum <= AllocationPlan.instancesMax else { throw .tooManyBuffers }
    planned = sum
    var index = 0
    for group in occurrences {
      for time in own {
        guard let start = group.start.adding(time.start) else { throw .badTime(buffer.name) }
        let memberEnd = time.end.flatMap { group.start.adding($0) }
        if time.end != nil, memberEnd == nil { throw .badTime(buffer.name) }
        let end = [memberEnd, group.end].compactMap { $0 }.min()
        // A repetition that would begin at or behind the end of its group does not occur.
        if let end, end <= start { break }
        for _ in 0..<buffer.count {
          let name = "\(buffer.name)[\(index)]"
          instances.append(
            BufferInstance(name: name, heap: heap, size: buffer.size, start: start, end: end))
          index += 1
        }
      }
    }
    // What is never there would pass for what fits.
    guard index > 0 else { throw .badTime(buffer.name) }
  }

  private mutating func sortEvents() {
    for (number, instance) in instances.enumerated() {
      events.append((instance.start, .allocate(number)))
      if let end = instance.end { events.append((end, .free(number))) }
    }
    events.sort { Self.key($0) < Self.key($1) }
  }

  private static func key(_ entry: (at: SimulationTime, event: Event)) -> (SimulationTime, Int, Int) {
    switch entry.event {
    case .free(let number): (entry.at, 0, number)
    case .allocate(let number): (entry.at, 1, number)
    }
  }
}
