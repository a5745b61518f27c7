/// Where an area of another size can lie: at its own base while it has room there, else elsewhere in memory.
struct AreaRoom {
  /// An area that moves keeps its alignment up to so many pages, so that what is in it lies as it did.
  private static let alignment: UInt64 = 1 << 18

  private let base: UInt64
  /// The frames that the area may have, its own among them, in rising order.
  private let free: [Range<UInt64>]

  /// The room of an area between the others of a machine.
  init(of area: AreaConfiguration, on machine: MachineConfiguration) {
    base = area.base.number
    var free = [0..<UInt64.max / machine.geometry.pageSizeBytes]
    if let room = machine.room ?? machine.memory?.ranges {
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
  var pagesMax: UInt64 {
    free.compactMap { range in place(in: range).map { range.upperBound - $0 } }.max() ?? 0
  }

  /// Where an area of so many pages lies, nil where it has no place.
  func place(ofPages pages: UInt64) -> PageFrame? {
    let own = free.filter { $0.contains(base) }
    for range in own + free {
      if let first = place(in: range), range.upperBound - first >= pages { return PageFrame(first) }
    }
    return nil
  }

  /// The first frame that the area can have in a range: its own base, or one that is aligned as that is.
  private func place(in range: Range<UInt64>) -> UInt64? {
    if range.contains(base) { return base }
    let remainder = base % Self.alignment
    let distance = (remainder &+ Self.alignment &- range.lowerBound % Self.alignment) % Self.alignment
    return distance < range.upperBound - range.lowerBound ? range.lowerBound + distance : nil
  }
}
