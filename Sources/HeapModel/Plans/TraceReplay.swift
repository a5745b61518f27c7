/// Runs the operations of a trace and compares the answers with the recorded ones.
public struct TraceReplay: Sendable {
  /// Where something that an operation allocated came from.
  private enum Owner {
    case heap(Int)
    case area(AreaIndex)

    /// The place of the heap; nil for an area.
    var heap: Int? {
      if case .heap(let place) = self { place } else { nil }
    }
  }

  private struct Holding {
    let owner: Owner
    let area: AreaIndex?
    /// Nil where the allocation failed, or all of it has been given back.
    var buffer: HeapBuffer?
  }

  /// The system as it is now.
  public private(set) var system: HeapSystem
  private let trace: Trace
  private var next = 0
  private var holdings: [Int64: Holding] = [:]
  private var meter: WorkMeter

  /// Makes the trace's machine and heaps, with nothing given out.
  ///
  /// - Throws: ``TraceError/system(_:)`` where they cannot be built.
  public init(_ trace: Trace) throws(TraceError) {
    self.trace = trace
    do {
      system = try HeapSystem(trace.system)
    } catch {
      throw .system(error)
    }
    meter = WorkMeter(system)
  }

  /// Runs a whole trace.
  ///
  /// - Throws: ``TraceError``: the first operation that cannot be run.
  public static func run(_ trace: Trace) throws(TraceError) -> TraceReport {
    var replay = try TraceReplay(trace)
    var answers: [TraceAnswer] = []
    answers.reserveCapacity(trace.operations.count)
    var difference: TraceDifference?
    while let answer = try replay.step() {
      let recorded = trace.operations[answers.count].recorded
      if difference == nil, let part = answer.firstDifference(fromRecorded: recorded) {
        difference = TraceDifference(operation: answers.count, part: part)
      }
      answers.append(answer)
    }
    return TraceReport(title: trace.title, answers: answers, firstDifference: difference)
  }

  /// Runs the next operation.
  ///
  /// - Returns: what the model answers; nil behind the last one.
  /// - Throws: ``TraceError`` where it names what is not there, or the work is used up.
  public mutating func step() throws(TraceError) -> TraceAnswer? {
    guard next < trace.operations.count else { return nil }
    guard !meter.isExhausted else { throw .tooMuchWork(operation: next) }
    let action = trace.operations[next].action
    defer { next += 1 }
    switch action {
    case .allocate(let heap, let id, let bytes): return try allocate(bytes, from: heap, as: id)
    case .allocateRange(let area, let id, let count, let alignOrder):
      return try allocateRange(count, alignOrder: alignOrder, from: area, as: id)
    case .free(let id): return free(id)
    case .freePart(let id, let count): return free(first: count, of: id)
    case .pin(let name, let offset):
      let area = try area(named: name)
      meter.chargePin()
      return answer(system.withMachine { $0.pin(offset: offset, in: area) }, on: area)
    case .unpin(let name, let offset):
      let area = try area(named: name)
      return answer(system.withMachine { $0.unpin(offset: offset, in: area) }, on: area)
    }
  }

  private mutating func allocate(_ bytes: UInt64, from name: String, as id: Int64) throws(TraceError)
    -> TraceAnswer
  {
    guard let heap = system.heap(named: name) else {
      throw .unknownHeap(operation: next, heap: name)
    }
    try checkUnused(id)
    let tries = system.machine.triesMade
    let given = system.allocate(bytes, fromHeapAt: heap)
    meter.charge(given, onHeapAt: heap)
    meter.chargeTries(system.machine.triesMade - tries)
    let area = system.heaps[heap].area
    var answer: TraceAnswer
    switch given.outcome {
    case .success(let buffer):
      holdings[id] = Holding(owner: .heap(heap), area: area, buffer: buffer)
      answer = self.answer(nil, on: area)
      answer.pages = buffer.pages.ranges
    case .failure(let refusal):
      holdings[id] = Holding(owner: .heap(heap), area: area, buffer: nil)
      answer = self.answer(refusal.error, on: area)
      answer.pages = []
    }
    answer.rangeCalls = given.effort.rangeCalls
    return answer
  }

  private mutating func allocateRange(
    _ count: UInt64, alignOrder: Int, from name: String, as id: Int64
  ) throws(TraceError) -> TraceAnswer {
    let area = try area(named: name)
    try checkUnused(id)
    let tries = system.machine.triesMade
    let given = system.withMachine {
      $0.allocateRange(count, alignOrder: alignOrder, mode: .normal, in: area)
    }
    meter.chargeTries(system.machine.triesMade - tries)
    var pages = MergedPageRanges()
    if case .success(let range) = given.outcome { pages.append(range) }
    // Tries over one busy page are counted by the area and not made.
    meter.charge(1, pages)
    let buffer = given.callerError == nil ? HeapBuffer(requestedBytes: 0, pages: pages) : nil
    holdings[id] = Holding(owner: .area(area), area: area, buffer: buffer)
    var answer = answer(given.callerError, on: area)
    answer.pages = pages.ranges
    answer.attempts = given.attempts
    return answer
  }

  /// Gives back what is left under a number; `invalidArgument` where nothing is.
  private mutating func free(_ id: Int64) -> TraceAnswer {
    guard let holding = holdings[id] else { return TraceAnswer(result: KernelError.invalidArgument.rawValue) }
    guard let buffer = holding.buffer else { return answer(.invalidArgument, on: holding.area) }
    meter.chargeRelease(of: buffer.pages, toHeapAt: holding.owner.heap)
    switch holding.owner {
    case .heap(let heap): system.release(buffer, toHeapAt: heap)
    case .area(let area): releaseToArea(buffer.pages.ranges, area)
    }
    holdings[id]?.buffer = nil
    return answer(nil, on: holding.area)
  }

  /// Gives back the first pages under a number; `invalidArgument` where there are fewer.
  private mutating func free(first count: UInt64, of id: Int64) -> TraceAnswer {
    guard let holding = holdings[id] else { return TraceAnswer(result: KernelError.invalidArgument.rawValue) }
    guard var buffer = holding.buffer else { return answer(.invalidArgument, on: holding.area) }
    let before = buffer.pages
    var error: KernelError?
    switch holding.owner {
    case .heap(let heap): error = system.release(first: count, of: &buffer, toHeapAt: heap)
    case .area(let area):
      let pages = buffer.pages.removeFirst(count)
      releaseToArea(pages ?? [], area)
      error = pages == nil ? .invalidArgument : nil
    }
    meter.chargeRelease(of: before, leaving: buffer.pages, toHeapAt: holding.owner.heap)
    holdings[id]?.buffer = buffer
    return answer(error, on: holding.area)
  }

  private mutating func releaseToArea(_ ranges: [PageRange], _ area: AreaIndex) {
    system.withMachine { machine in
      for range in ranges { machine.release(range, to: area) }
    }
  }

  private func area(named name: String) throws(TraceError) -> AreaIndex {
    guard let area = system.machine.area(named: name) else { throw .unknownArea(operation: next, area: name) }
    return area
  }

  private func checkUnused(_ id: Int64) throws(TraceError) {
    if holdings[id]?.buffer != nil { throw .identifierInUse(operation: next, id: id) }
  }

  private func answer(_ error: KernelError?, on area: AreaIndex?) -> TraceAnswer {
    TraceAnswer(result: error?.rawValue ?? 0, used: area.map { system.machine[$0].usedPages })
  }
}

/// What a model made of a trace.
public struct TraceReport: Hashable, Sendable {
  /// The trace's title.
  public let title: String
  /// The model's answer to each operation, in order.
  public let answers: [TraceAnswer]
  /// The first recorded answer that the model does not give; nil where it gives all that were recorded.
  public let firstDifference: TraceDifference?

  /// Whether every recorded answer is the model's.
  public var agrees: Bool { firstDifference == nil }
}
