/// Where the kernel image is taken to lie if nobody says.
extension BootReservation {
  /// The lowest place, from 2 MiB above the start of DRAM on, that the tree does not want for something else: a boot
  /// loader that put the image into a region would not boot the board.
  func assumedImage() -> OccupiedRange {
    let image = profile.assumedImage(dramStart: memblock.start)
    let size = image.range.size.bytes
    let taken = wantedRanges()
    for entry in memblock.memory.entries {
      var base = max(Self.roundedUp(entry.base), image.range.base.value)
      for range in taken where range.end > base {
        if range.base >= base, range.base - base >= size { break }
        base = Self.roundedUp(range.end)
      }
      if base < entry.end, entry.end - base >= size {
        return OccupiedRange(range: AddressRange(base: base, size: size), kind: image.kind)
      }
    }
    return image
  }

  /// The alignment of an image (Linux 6.1 Documentation/arm64/booting.rst); beyond the last multiple the last address.
  private static func roundedUp(_ address: UInt64) -> UInt64 {
    let alignment: UInt64 = 2 << 20
    let (sum, overflow) = address.addingReportingOverflow(alignment - 1)
    return overflow ? .max : sum & ~(alignment - 1)
  }

  /// What `reg` of the regions and the blob's reservations name, by rising base.
  private func wantedRanges() -> [(base: UInt64, end: UInt64)] {
    var ranges = board.memoryReservations.map { ($0.base.value, $0.size.bytes) }
    if let container = board.reservedMemory, isSupported(container), addressCells &+ sizeCells > 0 {
      for child in container.children where isAvailable(status: child.status) {
        var cells = PropertyCells(child.reg ?? [])
        while let base = cells.next(cells: addressCells), let size = cells.next(cells: sizeCells) {
          ranges.append((base & profile.addressMask, size & profile.addressMask))
        }
      }
    }
    return ranges.map { base, size in
      let (end, overflow) = base.addingReportingOverflow(size)
      return (base: base, end: overflow ? .max : end)
    }.sorted { ($0.base, $0.end) < ($1.base, $1.end) }
  }
}
