/// Memory of one kind that is asked for in huge pages, and in small ones where there are none, and that comes and goes
/// at even rates.
struct HugeLentPages: Sendable {
  private let amount: PageAmount
  private let huge: PageLot
  private let small: PageLot
  private let perSecond: (arrival: Double, exit: Double)
  private var arrival = Rate(0)
  private var exit = Rate(0)

  /// Memory of a lot.
  ///
  /// - Parameters:
  ///   - amount: at the start, in pages; what is left over from whole huge pages is not taken.
  ///   - lot: what the pages are and whose.
  ///   - arrivalPerSecond: pages that come, each second.
  ///   - exitPerSecond: pages that go, each second: huge ones first.
  init(_ amount: PageAmount, of lot: PageLot, arrivalPerSecond: Double, exitPerSecond: Double) {
    self.amount = amount
    small = lot
    var huge = lot
    huge.isHuge = true
    self.huge = huge
    perSecond = (arrivalPerSecond, exitPerSecond)
  }

  /// Takes what is there at the start.
  mutating func start(on machine: inout Machine) {
    let size = Double(max(machine.hugePageSize, 1))
    arrival = Rate(perSecond.arrival / size)
    exit = Rate(perSecond.exit / size)
    take(amount.pages(on: machine) / max(machine.hugePageSize, 1), on: &machine)
  }

  /// Lets go what has gone by a moment, then takes what has come.
  mutating func advance(to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64) {
    let size = max(machine.hugePageSize, 1)
    let leaving = exit.count(until: time)
    let whole = min(leaving, (machine.count(of: huge) + machine.swappedCount(of: huge)) / size)
    machine.giveBackHuge(whole, of: huge, random: &random)
    machine.giveBack((leaving - whole) * size, of: small, random: &random)
    take(arrival.count(until: time), on: &machine)
  }

  private func take(_ count: Int, on machine: inout Machine) {
    let lent = machine.lendHuge(count, for: huge)
    let size = max(machine.hugePageSize, 1)
    _ = machine.lend((count - lent) * size, for: small)
  }
}
