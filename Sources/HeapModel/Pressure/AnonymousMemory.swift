/// Memory of processes: it is copied elsewhere while there is room, and swapped where there is swap.
public struct AnonymousMemory: Holder {
  /// The name.
  public let name: String
  private var pages: LentPages

  /// A holder of memory of processes.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - arrivalPerSecond: pages touched for the first time, each second.
  ///   - exitPerSecond: pages of processes that end, each second.
  ///   - isLocked: whether they are locked in memory (`mlock`): moved, never swapped.
  ///   - isShared: whether they are shared memory or tmpfs.
  ///   - place: where they lie.
  ///   - name: for reports.
  public init(
    _ amount: PageAmount, arrivalPerSecond: Double = 0, exitPerSecond: Double = 0, isLocked: Bool = false,
    isShared: Bool = false, place: LongPins.Place = .anywhere, name: String = "processes"
  ) {
    self.name = name
    pages = LentPages(
      amount,
      of: PageLot(isShared ? .sharedMemory : .anonymous, holder: name, isMapped: true, isLocked: isLocked),
      arrivalPerSecond: arrivalPerSecond, exitPerSecond: exitPerSecond, place: place)
  }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    pages.start(on: &machine)
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    pages.advance(to: time, on: &machine, random: &random)
  }
}
