/// What each step of the allocator costs, in the unit U: the cost of copying one anonymous page.
///
/// The defaults are instructions of a real Linux 6.1 on arm64, counted in a virtual machine, over the 3,515 of U. A
/// board's own U is a number of microseconds.
///
/// - Source: instruction counts of Linux 6.1.192, arm64, 4 KiB pages, pageblock order 10, one CPU.
public struct CostModel: Hashable, Sendable {
  /// Instructions in a unit.
  public static let instructionsPerUnit = 3515.0

  /// Units a step, by step.
  private var costs: [Double]
  /// Microseconds that a unit takes on the board.
  public var microsecondsPerUnit: Double

  /// The measured costs.
  ///
  /// - Parameter microsecondsPerUnit: the time to copy one anonymous page on the board; 3.515 is that of a CPU that
  ///   does one instruction in a nanosecond.
  public init(microsecondsPerUnit: Double = 3.515) {
    self.microsecondsPerUnit = microsecondsPerUnit
    costs = MemoryStep.allCases.map { Self.instructions($0) / Self.instructionsPerUnit }
  }

  /// The cost of a step, in units.
  public subscript(step: MemoryStep) -> Double {
    get { costs[step.rawValue] }
    set { costs[step.rawValue] = newValue }
  }

  /// The cost of some work, in units.
  public func units(_ work: MemoryWork) -> Double {
    var sum = 0.0
    for step in costs.indices {
      let count = work.count(ofStep: step)
      if count > 0 { sum += Double(count) * costs[step] }
    }
    return sum
  }

  /// The time that some work takes on the board.
  public func time(_ work: MemoryWork) -> SimulationTime {
    SimulationTime(seconds: units(work) * microsecondsPerUnit / 1_000_000)
      ?? SimulationTime(microseconds: .max)
  }

  /// The measured instructions of a step.
  private static func instructions(_ step: MemoryStep) -> Double {
    switch step {
    case .attempt: 4100
    case .isolateFirstBlock: 831
    case .isolateBlock: 417
    // The step was measured at 58,000; whole calls for 1 and 16 pages took more than the sum of their steps.
    case .isolateFirstLentBlock: 75_000
    case .isolateLentBlock: 13_243
    case .restoreBlock: 13_700
    case .drainLists: 923
    case .drainBatches: 2800
    case .isolatePage: 303
    case .round: 673
    case .dropClean, .reclaimPage: 1136
    case .dropMapped: 1673
    case .dropBuffered: 1528
    case .migrateAnonymous: 3571
    case .migrateLocked: 4331
    case .migrateShared: 2624
    case .migrateFile: 2754
    case .migrateJournalled: 5690
    case .failedAttempt: 854
    case .waitForWriteback: 2562
    case .takePage: 12.5
    case .returnTail: 350
    case .freePage: 260
    case .allocatePage: 400
    // With the caller's part a page costs 6,400 on a disk and 8,300 in memory.
    case .swapOut: 5304
    case .compressOut: 6269
    case .writeOut: 6400
    case .directReclaim: 1096
    case .directCompress: 2031
    case .zeroPage: 150
    case .followRequest: 305
    // Derived, not counted: on one board a guaranteed area took 1.0 us a page at least and 3.3 us on average, and an
    // empty contiguous one 0.27 us, which is some 39 instructions.
    case .walkPage: 145
    case .evictPage: 330
    }
  }
}
