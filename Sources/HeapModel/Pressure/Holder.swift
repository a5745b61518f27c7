/// Someone beside the heaps who holds pages of a machine, and so stands in the way of their buffers.
///
/// Every kind of holder is one type.
public protocol Holder: Sendable {
  /// The name, for a failure's reason.
  var name: String { get }

  /// Takes what the holder has at the start of a run.
  ///
  /// - Parameters:
  ///   - machine: a machine with memory.
  ///   - random: the run's generator.
  mutating func start(on machine: inout Machine, random: inout SplitMix64)

  /// Brings what the holder has to a later moment.
  ///
  /// - Parameters:
  ///   - time: from the start of the run; not before that of the last call.
  ///   - machine: a machine with memory.
  ///   - random: the run's generator.
  mutating func advance(to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64)
}

extension Holder {
  /// Nothing changes with time.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {}
}

/// How many pages a holder has at the start.
public enum PageAmount: Hashable, Sendable {
  /// A number of pages.
  case pages(UInt64)
  /// A share of what is free when the holder starts, from 0 to 1.
  case share(Double)

  /// The number of pages on a machine.
  func pages(on machine: Machine) -> Int {
    switch self {
    case .pages(let count): Int(min(count, PageMap.pagesMax))
    case .share(let share): Int((min(max(share, 0), 1) * Double(machine.freePages)).rounded())
    }
  }
}

/// A number of things a second, of which only whole ones happen.
struct Rate: Hashable, Sendable {
  /// From 0.
  let perSecond: Double
  private var rest = 0.0
  private var last = SimulationTime.zero

  /// A rate; what is not a number from 0 to 10^12 is 0.
  init(_ perSecond: Double) {
    self.perSecond = perSecond > 0 && perSecond <= 1e12 ? perSecond : 0
  }

  /// The whole things since the last call, at most 2^28 of them.
  mutating func count(until time: SimulationTime) -> Int {
    guard perSecond > 0, time > last else { return 0 }
    let sum = rest + perSecond * (time.seconds - last.seconds)
    last = time
    let whole = min(sum.rounded(.down), Double(PageMap.pagesMax))
    rest = min(sum - whole, 1)
    return Int(whole)
  }
}

/// What stands beside the heaps in a run.
public struct Pressure: Sendable {
  /// The memory of the board.
  public var memory: MemoryConfiguration
  /// The holders, in the order in which they start.
  public var holders: [any Holder]
  /// What the allocator's steps cost.
  public var cost: CostModel

  /// Keeps the parts as they are.
  public init(memory: MemoryConfiguration, holders: [any Holder] = [], cost: CostModel = CostModel()) {
    self.memory = memory
    self.holders = holders
    self.cost = cost
  }
}
