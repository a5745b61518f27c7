/// Another driver that allocates from an area: it takes ranges and gives them back.
public struct AreaUser: Holder {
  /// The name.
  public let name: String

  private struct Buffer {
    let end: SimulationTime
    let range: PageRange
  }

  private let area: String
  private let pages: UInt64
  private let count: Int
  private let hold: SimulationTime?
  private var arrival: Rate
  private var buffers: [Buffer] = []

  /// A user of an area.
  ///
  /// - Parameters:
  ///   - area: the name of the area; without such an area the user does nothing.
  ///   - pages: of each of its buffers.
  ///   - count: the buffers that it has at the start.
  ///   - arrivalPerSecond: further buffers each second.
  ///   - hold: how long it keeps one; nil for ever.
  ///   - name: for reports.
  public init(
    area: String, pages: UInt64, count: Int, arrivalPerSecond: Double = 0, hold: SimulationTime? = nil,
    name: String = "another driver"
  ) {
    self.area = area
    self.pages = pages
    self.count = min(max(count, 0), 100_000)
    self.hold = hold
    self.name = name
    arrival = Rate(arrivalPerSecond)
  }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    for _ in 0..<count where !allocate(at: .zero, on: &machine) { return }
  }

  private mutating func allocate(at time: SimulationTime, on machine: inout Machine) -> Bool {
    guard let index = machine.area(named: area) else { return false }
    let order = min(MemoryGeometry.order(holdingPages: pages), 8)
    let answer = machine.allocateRange(pages, alignOrder: order, mode: .normal, in: index)
    guard case .success(let range) = answer.outcome else { return false }
    let end = hold.flatMap { time.adding($0) } ?? SimulationTime(microseconds: .max)
    buffers.append(Buffer(end: end, range: range))
    return true
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    guard let index = machine.area(named: area) else { return }
    machine.background.add(.followRequest, buffers.count)
    for buffer in buffers where buffer.end <= time { machine.release(buffer.range, to: index) }
    buffers.removeAll { $0.end <= time }
    for _ in 0..<min(arrival.count(until: time), 100_000) where !allocate(at: time, on: &machine) { return }
  }
}
