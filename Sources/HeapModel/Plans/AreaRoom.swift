/// Where an area of another size can lie: at its own base while it has room there, else elsewhere in memory.
struct AreaRoom {
  /// An area that moves keeps its alignment up to so many pages, so that what is in it lies as it did: no buffer and no
  /// block is aligned to more.
  private let alignment: UInt64
  private let base: UInt64
  /// The frames that the area may have, its own among them, in rising order.
  private let free: [Range<UInt64>]

  /// The room of an area between the others of a machine.
  ///
  /// - Parameters:
  ///   - area: one of the machine's.
  ///   - machine: with all areas as they are.
  ///   - room: the frames that areas may have beside their own; nil for any.
  init(of area: AreaConfiguration, on machine: MachineConfiguration, beside room: [PageRange]?) {
    base = area.base.number
    alignment = max(machine.geometry.pageblockPages, 1 << UInt64(machine.geometry.maxOrder - 1))
    var free = [0..<UInt64.max / machine.geometry.pageSizeBytes]
    if let room {
      let own = PageRange(first: area.base, count: area.pages)
      free = (room.map(\.frames) + [own].compactMap { $0?.frames }).joinedRanges()
    }
    for other in machine.areas where other.name != area.name {
      guard let taken = PageRange(first: other.base, count: other.pages) else { continue }
      free = free.flatMap { $0.subtracting(taken.frames) }
    }
    self.free = free
  }

  /// The pages of the largest area that has a place.
  var pagesMax: UInt64 { places.map { $0.upperBound - $0.lowerBound }.max() ?? 0 }

  /// Where an area of so many pages lies, nil where it has no place.
  func place(ofPages pages: UInt64) -> PageFrame? {
    places.first { $0.upperBound - $0.lowerBound >= pages }.map { PageFrame($0.lowerBound) }
  }

  /// From the first frame that the area can have to the last: from its own base on, then wherever a free range has a
  /// frame that is aligned as the base is.
  private var places: [Range<UInt64>] {
    let own = free.filter { $0.contains(base) }.map { base..<$0.upperBound }
    return own
      + free.compactMap { range in
        let distance = (base % alignment + alignment - range.lowerBound % alignment) % alignment
        let first = range.lowerBound.addingReportingOverflow(distance)
        return first.overflow || first.partialValue >= range.upperBound
          ? nil : first.partialValue..<range.upperBound
      }
  }
}
