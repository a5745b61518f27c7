/// Pages of files that are being written: dirty, then on their way to the disk, then clean.
///
/// Dirty pages are copied as they are; one under writeback is waited for, or refused by an attempt that does not wait.
/// Where the file system journals their content they have to be written first, and those of the open transaction stay.
///
/// - Source: Linux 6.1 mm/migrate.c, fallback_migrate_folio and buffer_migrate_folio_norefs.
public struct DirtyFiles: Holder {
  /// The name.
  public let name: String
  private let amount: PageAmount
  private let writebackTime: SimulationTime
  private let cleanPart: Double
  private let journalledPart: Double?
  private var arrival: Rate
  private var last = SimulationTime.zero

  /// A holder of dirty pages.
  ///
  /// - Parameters:
  ///   - amount: at the start; dirty but for `cleanPart`.
  ///   - arrivalPerSecond: pages made dirty each second; as many go to the disk.
  ///   - writebackTime: from the start of the writing of a page to its end; 0 where nothing is written during the run.
  ///   - cleanPart: the part of them that is clean at the start, from 0 to 1, as of files in the cache that are written
  ///     anew.
  ///   - journalledPart: where the file system journals what is written (`data=journal`), the part of the dirty pages
  ///     that the open transaction keeps, from 0 to 1; nil where it does not.
  ///   - name: for reports.
  public init(
    _ amount: PageAmount, arrivalPerSecond: Double = 0, writebackTime: SimulationTime = .zero,
    cleanPart: Double = 0, journalledPart: Double? = nil, name: String = "written files"
  ) {
    self.amount = amount
    self.cleanPart = min(max(cleanPart, 0), 1)
    self.journalledPart = journalledPart.map { min(max($0, 0), 1) }
    self.name = name
    self.writebackTime = writebackTime
    arrival = Rate(arrivalPerSecond)
  }

  private var dirty: PageLot {
    PageLot(.dirtyFile, holder: name, hasBuffers: true, isJournalled: journalledPart != nil)
  }
  private var kept: PageLot {
    PageLot(.dirtyFile, holder: name, reference: .journal, hasBuffers: true, isJournalled: true)
  }
  private var written: PageLot { PageLot(.writeback, holder: name, hasBuffers: true) }
  private var clean: PageLot { PageLot(.cleanFile, holder: name, hasBuffers: true) }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    _ = machine.lend(amount.pages(on: machine), for: cleanPart > 0 ? clean : dirty)
    let rewritten = Int((Double(machine.count(of: clean)) * (1 - cleanPart)).rounded())
    change(rewritten, of: clean, to: dirty, on: &machine, random: &random)
    // As much is on its way as comes in the time that a page takes.
    let inFlight = min(arrival.perSecond * writebackTime.seconds, Double(machine.count(of: dirty)))
    change(Int(inFlight), of: dirty, to: written, on: &machine, random: &random)
    if let journalledPart { keep(journalledPart, on: &machine, random: &random) }
  }

  /// Makes a part of the dirty pages the open transaction's.
  private func keep(_ part: Double, on machine: inout Machine, random: inout SplitMix64) {
    let all = machine.count(of: dirty) + machine.count(of: kept)
    let missing = Int(Double(all) * part) - machine.count(of: kept)
    change(missing, of: dirty, to: kept, on: &machine, random: &random)
  }

  /// Changes pages in many places: files are written in pieces, here of up to 1 MiB.
  private func change(
    _ count: Int, of lot: PageLot, to other: PageLot, on machine: inout Machine, random: inout SplitMix64
  ) {
    for done in stride(from: 0, to: count, by: 256) {
      machine.change(min(256, count - done), of: lot, to: other, random: &random)
    }
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    let passed = time.seconds - last.seconds
    last = time
    guard passed > 0 else { return }
    guard writebackTime > .zero else {
      // What nobody writes stays dirty.
      _ = machine.lend(arrival.count(until: time), for: dirty)
      return
    }
    let finished = Double(machine.count(of: written)) * min(1, passed / writebackTime.seconds)
    machine.change(Int(finished.rounded(.up)), of: written, to: clean, random: &random)
    let count = arrival.count(until: time)
    let started = min(Double(count), arrival.perSecond * writebackTime.seconds)
    // What was started and has ended since is clean.
    machine.change(count - Int(started), of: dirty, to: clean, random: &random)
    machine.change(Int(started), of: dirty, to: written, random: &random)
    _ = machine.lend(count, for: dirty)
    guard let journalledPart else { return }
    // What ended since was a transaction's, and another one is open.
    machine.change(machine.count(of: kept), of: kept, to: dirty, random: &random)
    keep(journalledPart, on: &machine, random: &random)
  }
}
