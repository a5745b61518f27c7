/// Pages of files that are being written: dirty, then on their way to the disk, then clean.
///
/// Dirty pages are copied as they are; one under writeback is waited for, or refused by an attempt that does not wait.
public struct DirtyFiles: Holder {
  /// The name.
  public let name: String
  private let amount: PageAmount
  private let writebackTime: SimulationTime
  private var arrival: Rate
  private var last = SimulationTime.zero

  /// A holder of dirty pages.
  ///
  /// - Parameters:
  ///   - amount: dirty at the start.
  ///   - arrivalPerSecond: pages made dirty each second; as many go to the disk.
  ///   - writebackTime: from the start of the writing of a page to its end; 0 where nothing is written during the run.
  ///   - name: for reports.
  public init(
    _ amount: PageAmount, arrivalPerSecond: Double = 0, writebackTime: SimulationTime = .zero,
    name: String = "written files"
  ) {
    self.amount = amount
    self.name = name
    self.writebackTime = writebackTime
    arrival = Rate(arrivalPerSecond)
  }

  private var dirty: PageLot { PageLot(.dirtyFile, holder: name, hasBuffers: true) }
  private var written: PageLot { PageLot(.writeback, holder: name, hasBuffers: true) }
  private var clean: PageLot { PageLot(.cleanFile, holder: name, hasBuffers: true) }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    _ = machine.lend(amount.pages(on: machine), for: dirty)
    // As much is on its way as comes in the time that a page takes.
    let inFlight = min(arrival.perSecond * writebackTime.seconds, Double(machine.count(of: dirty)))
    machine.change(Int(inFlight), of: dirty, to: written, random: &random)
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    let passed = time.seconds - last.seconds
    last = time
    guard writebackTime > .zero, passed > 0 else { return }
    let finished = Double(machine.count(of: written)) * min(1, passed / writebackTime.seconds)
    machine.change(Int(finished.rounded(.up)), of: written, to: clean, random: &random)
    let count = arrival.count(until: time)
    let started = min(Double(count), arrival.perSecond * writebackTime.seconds)
    // What was started and has ended since is clean.
    machine.change(count - Int(started), of: dirty, to: clean, random: &random)
    machine.change(Int(started), of: dirty, to: written, random: &random)
    _ = machine.lend(count, for: dirty)
  }
}
