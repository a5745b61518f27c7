/// Pages of one kind that come and go at even rates: what most holders have.
struct LentPages: Sendable {
  private let amount: PageAmount
  private let lot: PageLot
  private let place: LongPins.Place
  private var arrival: Rate
  private var exit: Rate

  /// Pages of a lot.
  ///
  /// - Parameters:
  ///   - amount: at the start.
  ///   - lot: what they are and whose.
  ///   - arrivalPerSecond: pages that come, each second.
  ///   - exitPerSecond: pages that go, each second.
  ///   - place: where they lie.
  init(
    _ amount: PageAmount, of lot: PageLot, arrivalPerSecond: Double, exitPerSecond: Double = 0,
    place: LongPins.Place = .anywhere
  ) {
    self.amount = amount
    self.lot = lot
    self.place = place
    arrival = Rate(arrivalPerSecond)
    exit = Rate(exitPerSecond)
  }

  /// Takes what is there at the start.
  func start(on machine: inout Machine) { take(amount.pages(on: machine), on: &machine) }

  private func take(_ count: Int, on machine: inout Machine) {
    _ = machine.lend(count, for: lot, isLongTerm: place == .outside, inArea: place == .area)
  }

  /// Lets go what has gone by a moment, then takes what has come.
  mutating func advance(to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64) {
    machine.giveBack(exit.count(until: time), of: lot, random: &random)
    take(arrival.count(until: time), on: &machine)
  }
}
