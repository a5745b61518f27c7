/// Memory of processes: it is copied elsewhere while there is room, and swapped where there is swap.
public struct AnonymousMemory: Holder {
  /// The name.
  public let name: String
  private var pages: LentPages
  private var huge: HugeLentPages?

  /// A holder of memory of processes.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - arrivalPerSecond: pages touched for the first time, each second.
  ///   - exitPerSecond: pages of processes that end, each second.
  ///   - isLocked: whether they are locked in memory (`mlock`): moved, never swapped.
  ///   - isShared: whether they are shared memory or tmpfs.
  ///   - place: where they lie; huge pages lie anywhere.
  ///   - isHuge: whether the memory is asked for in huge pages, with small ones where there are none.
  ///   - name: for reports.
  public init(
    _ amount: PageAmount, arrivalPerSecond: Double = 0, exitPerSecond: Double = 0, isLocked: Bool = false,
    isShared: Bool = false, place: LongPins.Place = .anywhere, isHuge: Bool = false,
    name: String = "processes"
  ) {
    self.name = name
    let lot = PageLot(
      isShared ? .sharedMemory : .anonymous, holder: name, isMapped: true, isLocked: isLocked)
    pages = LentPages(
      amount, of: lot, arrivalPerSecond: arrivalPerSecond, exitPerSecond: exitPerSecond, place: place)
    guard isHuge else { return }
    huge = HugeLentPages(amount, of: lot, arrivalPerSecond: arrivalPerSecond, exitPerSecond: exitPerSecond)
  }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    guard huge?.start(on: &machine) == nil else { return }
    pages.start(on: &machine)
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    guard huge?.advance(to: time, on: &machine, random: &random) == nil else { return }
    pages.advance(to: time, on: &machine, random: &random)
  }
}
