/// Pages with I/O in flight: direct I/O, asynchronous I/O, pages in a pipe. Each request holds some neighbouring
/// pages of a buffer for a while.
public struct ShortPins: Holder {
  /// The name.
  public let name: String

  private struct Request {
    let end: SimulationTime
    let runs: [Range<Int>]
  }

  private let buffer: PageAmount
  private let place: LongPins.Place
  private let pagesPerRequest: Int
  private let perSecond: Double
  private let hold: SimulationTime
  private let isExponential: Bool
  private let pageClass: PageClass
  private var last = SimulationTime.zero
  private var inFlight: [Request] = []

  /// A holder of I/O in flight.
  ///
  /// - Parameters:
  ///   - buffer: the memory from and to which the I/O goes.
  ///   - place: where it lies.
  ///   - requestsPerSecond: how many begin.
  ///   - pagesPerRequest: from 1.
  ///   - hold: how long one is in flight, on average.
  ///   - isExponential: whether the time varies from request to request, and is not always the same.
  ///   - isFile: whether the pages are page cache, as those in a pipe are, instead of anonymous memory.
  ///   - name: for reports.
  public init(
    buffer: PageAmount, place: LongPins.Place = .anywhere, requestsPerSecond: Double, pagesPerRequest: Int,
    hold: SimulationTime, isExponential: Bool = true, isFile: Bool = false, name: String = "direct I/O"
  ) {
    self.buffer = buffer
    self.place = place
    self.pagesPerRequest = min(max(pagesPerRequest, 1), 1 << 20)
    self.hold = hold
    self.isExponential = isExponential
    self.name = name
    perSecond = Rate(requestsPerSecond).perSecond
    pageClass = isFile ? .cleanFile : .anonymous
  }

  private var free: PageLot { PageLot(pageClass, holder: name, isMapped: true) }
  private var kept: PageLot { PageLot(pageClass, holder: name, reference: .short, isMapped: true) }

  /// The most requests that are looked at for one step of time: no more can be in flight in a run that anyone wants.
  private static let requestsMax = 100_000

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    _ = machine.lend(
      buffer.pages(on: machine), for: free, isLongTerm: place == .outside, inArea: place == .area)
    let mean = min(perSecond * hold.seconds, Double(Self.requestsMax))
    for _ in 0..<Int(mean.rounded()) {
      let rest = holdTime(&random) * Double.random(in: 0..<1, using: &random)
      begin(end: rest, on: &machine, random: &random)
    }
  }

  private func holdTime(_ random: inout SplitMix64) -> Double {
    guard isExponential else { return hold.seconds }
    return -hold.seconds * Logarithm.natural(of: 1 - Double.random(in: 0..<1, using: &random))
  }

  private mutating func begin(end: Double, on machine: inout Machine, random: inout SplitMix64) {
    guard let end = SimulationTime(seconds: end) else { return }
    let runs = machine.change(pagesPerRequest, of: free, to: kept, random: &random)
    // Where every page of the buffer is in flight already, the request waits.
    if !runs.isEmpty { inFlight.append(Request(end: end, runs: runs)) }
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    machine.background.add(.followRequest, inFlight.count)
    for request in inFlight where request.end <= time {
      for run in request.runs { machine.change(run, of: kept, to: free) }
    }
    inFlight.removeAll { $0.end <= time }
    let passed = time.seconds - last.seconds
    last = time
    guard passed > 0 else { return }
    // Requests that have begun and ended since leave no trace.
    let begun = Int(min((perSecond * passed).rounded(), Double(Self.requestsMax)))
    for _ in 0..<begun {
      guard machine.count(of: free) > 0 else { return }
      machine.background.add(.followRequest)
      let start = time.seconds - Double.random(in: 0..<1, using: &random) * passed
      let end = start + holdTime(&random)
      if end > time.seconds { begin(end: end, on: &machine, random: &random) }
    }
  }
}
