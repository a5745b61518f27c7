/// Memory of the kernel itself: slabs, page tables, pipes. It never lies in an area, and nothing moves it.
public struct KernelMemory: Holder {
  /// The name.
  public let name: String
  private var pages: LentPages

  /// A holder of the kernel's memory.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - arrivalPerSecond: pages that come later, each second.
  ///   - name: for reports.
  public init(_ amount: PageAmount, arrivalPerSecond: Double = 0, name: String = "kernel") {
    self.name = name
    pages = LentPages(
      amount, of: PageLot(.unmovable, holder: name), arrivalPerSecond: arrivalPerSecond)
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
