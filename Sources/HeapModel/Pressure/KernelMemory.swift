/// Memory of the kernel itself: slabs, page tables, pipes. It never lies in an area, and nothing moves it.
public struct KernelMemory: Holder {
  /// The name.
  public let name: String
  private let amount: PageAmount
  private var arrival: Rate

  /// A holder of the kernel's memory.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - arrivalPerSecond: pages that come later, each second.
  ///   - name: for reports.
  public init(_ amount: PageAmount, arrivalPerSecond: Double = 0, name: String = "kernel") {
    self.amount = amount
    self.name = name
    arrival = Rate(arrivalPerSecond)
  }

  private var lot: PageLot { PageLot(.unmovable, holder: name) }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    _ = machine.lend(amount.pages(on: machine), for: lot)
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    _ = machine.lend(arrival.count(until: time), for: lot)
  }
}
