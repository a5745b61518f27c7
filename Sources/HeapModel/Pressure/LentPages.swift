/// Pages of one kind that come and go at even rates: what most holders have.
struct LentPages: Sendable {
  private let amount: PageAmount
  private let lot: PageLot
  private var arrival: Rate
  private var exit: Rate

  /// Pages of a lot.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - lot: what they are and whose.
  ///   - arrivalPerSecond: pages that come, each second.
  ///   - exitPerSecond: pages that go, each second.
  init(_ amount: PageAmount, of lot: PageLot, arrivalPerSecond: Double, exitPerSecond: Double = 0) {
    self.amount = amount
    self.lot = lot
    arrival = Rate(arrivalPerSecond)
    exit = Rate(exitPerSecond)
  }

  /// Takes what is there at the start.
  func start(on machine: inout Machine) { _ = machine.lend(amount.pages(on: machine), for: lot) }

  /// Lets go what has gone by a moment, then takes what has come.
  mutating func advance(to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64) {
    machine.giveBack(exit.count(until: time), of: lot, random: &random)
    _ = machine.lend(arrival.count(until: time), for: lot)
  }
}
