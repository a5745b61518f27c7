/// A recorded, or written, series of operations on areas and heaps, one at a time.
public struct Trace: Hashable, Sendable {
  /// The trace's title, for people.
  public var title: String
  /// The machine and the heaps that the operations are for.
  public var system: HeapSystemConfiguration
  /// The operations, in order.
  public var operations: [TraceOperation]

  /// Keeps the parts as they are; ``TraceReplay/init(_:)`` checks them.
  public init(title: String, system: HeapSystemConfiguration, operations: [TraceOperation]) {
    self.title = title
    self.system = system
    self.operations = operations
  }
}

/// One operation of a trace.
public struct TraceOperation: Hashable, Sendable {
  /// What is done.
  public var action: TraceAction
  /// What was recorded; empty in a trace that is to be run and not checked.
  public var recorded: TraceAnswer

  /// Keeps the parts as they are.
  public init(_ action: TraceAction, recorded: TraceAnswer = TraceAnswer()) {
    self.action = action
    self.recorded = recorded
  }
}

/// What an operation of a trace does.
public enum TraceAction: Hashable, Sendable {
  /// `alloc`: a buffer of `bytes` from a heap.
  case allocate(heap: String, id: Int64, bytes: UInt64)
  /// `cmaAlloc`: one range of `count` pages from an area, aligned to 2^`alignOrder` pages.
  case allocateRange(area: String, id: Int64, count: UInt64, alignOrder: Int)
  /// `free`: all that is left of what `id` names.
  case free(id: Int64)
  /// `freePart`: the first `count` pages of what `id` names.
  case freePart(id: Int64, count: UInt64)
  /// `pin`: makes the free page at an offset of the area, in pages, unmovable.
  case pin(area: String, offset: UInt64)
  /// `unpin`: makes it free again.
  case unpin(area: String, offset: UInt64)
}

/// The answer to an operation; a part that was not recorded, or that the operation does not have, is nil.
public struct TraceAnswer: Hashable, Sendable {
  /// 0, or an error number as the caller sees it.
  public var result: Int32?
  /// The pages that were given, in the order of the chunks, neighbours merged; empty where none were.
  public var pages: [PageRange]?
  /// `cmaAlloc`: the ranges that were tried.
  public var attempts: UInt64?
  /// `alloc`: the range allocations of the heap (`cmaCalls`).
  public var rangeCalls: UInt64?
  /// The pages that are set in the bitmap of the area afterwards.
  public var used: UInt64?

  /// Keeps the parts as they are.
  public init(
    result: Int32? = nil, pages: [PageRange]? = nil, attempts: UInt64? = nil, rangeCalls: UInt64? = nil,
    used: UInt64? = nil
  ) {
    self.result = result
    self.pages = pages
    self.attempts = attempts
    self.rangeCalls = rangeCalls
    self.used = used
  }

  /// The first recorded part that this answer of the model does not agree with, in the order of the properties.
  public func firstDifference(fromRecorded recorded: TraceAnswer) -> TraceDifference.Part? {
    func number<N: BinaryInteger>(_ value: N?) -> TraceValue? { value.map { .number(Int64(clamping: $0)) } }
    let parts: [(key: String, recorded: TraceValue?, model: TraceValue?)] = [
      ("result", number(recorded.result), number(result)),
      ("pages", recorded.pages.map(TraceValue.pages), pages.map(TraceValue.pages)),
      ("attempts", number(recorded.attempts), number(attempts)),
      ("cmaCalls", number(recorded.rangeCalls), number(rangeCalls)),
      ("used", number(recorded.used), number(used)),
    ]
    for part in parts {
      guard let recorded = part.recorded, recorded != part.model else { continue }
      return TraceDifference.Part(key: part.key, recorded: recorded, model: part.model)
    }
    return nil
  }
}

/// A part of an answer.
public enum TraceValue: Hashable, Sendable {
  /// A count or an error number.
  case number(Int64)
  /// Page ranges.
  case pages([PageRange])
}

/// Where a model and a recording part.
public struct TraceDifference: Hashable, Sendable {
  /// The operation, counted from 0.
  public let operation: Int
  /// What differs.
  public let part: Part

  /// One part of an answer, twice.
  public struct Part: Hashable, Sendable {
    /// The name in the trace format: `result`, `pages`, `attempts`, `cmaCalls`, `used`.
    public let key: String
    /// As recorded.
    public let recorded: TraceValue
    /// As the model has it; nil where it has no such part.
    public let model: TraceValue?
  }
}

/// Why a trace cannot be run.
public enum TraceError: Error, Hashable, Sendable {
  /// The machine or the heaps cannot be built.
  case system(HeapSystemError)
  /// The operation, counted from 0, names a heap that the trace does not declare.
  case unknownHeap(operation: Int, heap: String)
  /// The operation names an area that the trace does not declare.
  case unknownArea(operation: Int, area: String)
  /// The operations before this one are more work than ``Simulation/workMax``.
  case tooMuchWork(operation: Int)
  /// The operation allocates under the number of something that is still there.
  case identifierInUse(operation: Int, id: Int64)
}
