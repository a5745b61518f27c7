/// Pages that a driver or a process pins for as long as it runs: `get_user_pages`, or `FOLL_PIN` with or without
/// `FOLL_LONGTERM`.
public struct LongPins: Holder {
  /// The name.
  public let name: String
  /// Where the pinned buffer lies.
  public enum Place: Hashable, Sendable {
    /// Where the allocator puts it.
    case anywhere
    /// In an area, as far as there is room.
    case area
    /// Outside areas: the pins are long-term ones, for which the kernel moves pages out of areas first.
    case outside
  }

  private let buffer: PageAmount
  private let pinned: UInt64
  private let place: Place
  private let pageClass: PageClass
  private var arrival: Rate

  /// A holder of a buffer some of whose pages are pinned, at even distances.
  ///
  /// - Parameters:
  ///   - pinned: in pages.
  ///   - buffer: the buffer that they are part of; as large as the pins unless given.
  ///   - place: where it lies.
  ///   - isFile: whether it is a mapped file instead of anonymous memory.
  ///   - arrivalPerSecond: further pinned pages each second.
  ///   - name: for reports.
  public init(
    pinned: UInt64, buffer: PageAmount? = nil, place: Place = .anywhere, isFile: Bool = false,
    arrivalPerSecond: Double = 0, name: String = "long pins"
  ) {
    self.pinned = pinned
    self.buffer = buffer ?? .pages(pinned)
    self.place = place
    self.name = name
    pageClass = isFile ? .cleanFile : .anonymous
    arrival = Rate(arrivalPerSecond)
  }

  private var free: PageLot { PageLot(pageClass, holder: name, isMapped: true) }
  private var kept: PageLot { PageLot(pageClass, holder: name, reference: .long, isMapped: true) }

  /// See ``Holder/start(on:random:)``.
  public mutating func start(on machine: inout Machine, random: inout SplitMix64) {
    let pages = buffer.pages(on: machine)
    // What is pinned as it is asked for never pushes itself out.
    guard pinned < UInt64(pages) else {
      _ = machine.lend(pages, for: kept, isLongTerm: place == .outside, inArea: place == .area)
      return
    }
    let runs = machine.lend(
      pages, for: free, isLongTerm: place == .outside, inArea: place == .area)
    for page in runs.spread(Int(min(pinned, PageMap.pagesMax))) {
      machine.change(page..<page + 1, of: free, to: kept)
    }
  }

  /// See ``Holder/advance(to:on:random:)``.
  public mutating func advance(
    to time: SimulationTime, on machine: inout Machine, random: inout SplitMix64
  ) {
    _ = machine.lend(
      arrival.count(until: time), for: kept, isLongTerm: place == .outside, inArea: place == .area)
  }
}
