/// The buffers that a product needs, each with its heap and its time.
public struct AllocationPlan: Hashable, Sendable {
  /// Buffers on their own, in the order of writing; their times count from the start of the run.
  public var buffers: [PlannedBuffer]
  /// Buffers that come and go together, behind the single ones in the order of writing.
  public var groups: [BufferGroup]

  /// Keeps the parts as they are; ``Simulation/init(plan:system:pressure:room:)`` checks them.
  public init(buffers: [PlannedBuffer], groups: [BufferGroup] = []) {
    self.buffers = buffers
    self.groups = groups
  }

  /// The most buffers that one plan may come to, over all counts and repetitions, those behind the end of their group
  /// included.
  public static let instancesMax = 1_000_000
}

/// One kind of buffer of a plan.
public struct PlannedBuffer: Hashable, Sendable {
  /// The name, unique in the plan.
  public var name: String
  /// The length of each, in bytes.
  public var size: ByteCount
  /// How many are allocated at the start of each occurrence, from 1.
  public var count: Int
  /// The name of the heap.
  public var heap: String
  /// When they are allocated, and given back.
  public var time: PlannedTime

  /// Keeps the parts as they are; ``Simulation/init(plan:system:pressure:room:)`` checks them.
  public init(name: String, size: ByteCount, count: Int = 1, heap: String, time: PlannedTime = PlannedTime())
  {
    self.name = name
    self.size = size
    self.count = count
    self.heap = heap
    self.time = time
  }
}

/// Buffers that come and go together: a use case of the product.
public struct BufferGroup: Hashable, Sendable {
  /// The name, for people.
  public var name: String
  /// When the group runs; its end is the end of every member that has none or a later one.
  public var time: PlannedTime
  /// The members, in the order of writing; their times count from the start of each occurrence of the group.
  ///
  /// Repetitions of a member that begin behind the end of the group are left out.
  public var buffers: [PlannedBuffer]

  /// Keeps the parts as they are; ``Simulation/init(plan:system:pressure:room:)`` checks them.
  public init(name: String, time: PlannedTime = PlannedTime(), buffers: [PlannedBuffer]) {
    self.name = name
    self.time = time
    self.buffers = buffers
  }
}

/// When something of a plan is there.
public struct PlannedTime: Hashable, Sendable {
  /// The start of the first occurrence.
  public var start: SimulationTime
  /// The end of the first occurrence, behind its start; nil where it stays to the end of the run.
  public var end: SimulationTime?
  /// Further occurrences; nil for none.
  public var repetition: Repetition?

  /// Keeps the parts as they are; ``Simulation/init(plan:system:pressure:room:)`` checks them.
  public init(start: SimulationTime = .zero, end: SimulationTime? = nil, repetition: Repetition? = nil) {
    self.start = start
    self.end = end
    self.repetition = repetition
  }

  /// Something that occurs several times.
  public struct Repetition: Hashable, Sendable {
    /// From the start of one occurrence to the start of the next.
    public var every: SimulationTime
    /// The number of occurrences, the first included; from 1.
    public var times: Int

    /// Keeps the parts as they are.
    public init(every: SimulationTime, times: Int) {
      self.every = every
      self.times = times
    }
  }

  /// The occurrences, each as its start and end; nil where one exceeds the clock, ends before it begins, or has a
  /// number of times below 1 or above ``AllocationPlan/instancesMax``.
  func occurrences() -> [(start: SimulationTime, end: SimulationTime?)]? {
    if let end, end <= start { return nil }
    let times = repetition?.times ?? 1
    guard times >= 1, times <= AllocationPlan.instancesMax else { return nil }
    var result: [(start: SimulationTime, end: SimulationTime?)] = []
    for number in 0..<times {
      guard let shift = (repetition?.every ?? .zero).multiplied(by: UInt64(number)),
        let shifted = start.adding(shift)
      else { return nil }
      let shiftedEnd = end?.adding(shift)
      if end != nil, shiftedEnd == nil { return nil }
      result.append((shifted, shiftedEnd))
    }
    return result
  }
}

/// Why a plan cannot be run.
public enum PlanError: Error, Hashable, Sendable {
  /// Two buffers have this name.
  case duplicateBuffer(String)
  /// The buffer names a heap that the system does not have.
  case unknownHeap(buffer: String, heap: String)
  /// The buffer's count is below 1.
  case badCount(buffer: String)
  /// An end that is not behind its start, a start that is not before the end of the group, a number of times below 1,
  /// or a time beyond the clock.
  case badTime(String)
  /// The plan comes to more than ``AllocationPlan/instancesMax`` buffers.
  case tooManyBuffers
  /// The system of heaps cannot be built.
  case system(HeapSystemError)
}
