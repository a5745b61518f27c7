import HeapModel

/// The address space of a map cut into pieces that do not overlap, each with everything that lies there.
struct MapSegment: Equatable {
  /// What holds a piece of memory.
  enum Owner: Hashable {
    /// A row of ``HeapModel/MemoryMap/regions``.
    case region(Int)
    /// What the boot loader put there.
    case occupied(OccupiedRange.Kind)
    /// Page tables, page descriptors and what else the boot takes.
    case boot
  }

  /// The first address.
  var base: UInt64
  /// The address after the last; the last byte of the address space is left out.
  var end: UInt64
  /// Whether it is DRAM.
  var isMemory: Bool
  /// What lies there: regions in the order of rows, at most ``ownersMax``, then what was there before.
  var owners: [Owner]
  /// Owners beyond those.
  var ownersBeyond = 0

  static let ownersMax = 4

  /// The size in bytes.
  var size: UInt64 { end - base }
}

extension MapSegment {
  /// The pieces of a board in rising order: all of DRAM, and what lies outside.
  static func all(of booted: BootedBoard) -> [MapSegment] {
    var sweep = SegmentSweep()
    let map = booted.map
    for range in map.memory { sweep.add(range, .memory) }
    for occupied in map.occupied {
      sweep.add(occupied.range, .owner(.occupied(occupied.kind)))
    }
    for (index, row) in map.regions.enumerated() where row.holdsMemory {
      guard let base = row.base, let size = row.size else { continue }
      sweep.add(AddressRange(base: base.value, size: size.bytes), .owner(.region(index)))
    }
    for range in map.reserved + map.notMapped { sweep.add(range, .taken) }
    return sweep.segments()
  }
}

extension ReservedRegion {
  /// Whether the row keeps memory from others after the boot.
  var holdsMemory: Bool {
    guard base != nil, let size, size.bytes > 0, !givenBack, state != .ignored,
      !problems.contains(.reserveFailed),
      let final
    else { return false }
    return final.reserved != .none || final.notMapped != .none || final.inMemory != .whole
  }
}

/// Walks over the boundaries of ranges in rising order.
private struct SegmentSweep {
  enum Item: Hashable {
    case memory
    case owner(MapSegment.Owner)
    /// Reserved or not mapped, by whomever.
    case taken
  }

  private struct Boundary {
    var address: UInt64
    var isStart: Bool
    var item: Item
  }

  private var boundaries: [Boundary] = []

  mutating func add(_ range: AddressRange, _ item: Item) {
    let (sum, overflow) = range.base.value.addingReportingOverflow(range.size.bytes)
    let end = overflow ? UInt64.max : sum
    guard end > range.base.value else { return }
    boundaries.append(Boundary(address: range.base.value, isStart: true, item: item))
    boundaries.append(Boundary(address: end, isStart: false, item: item))
  }

  func segments() -> [MapSegment] {
    var segments: [MapSegment] = []
    var counts: [Item: Int] = [:]
    var regions = ActiveRows()
    var position: UInt64 = 0
    for boundary in boundaries.sorted(by: { $0.address < $1.address }) {
      if boundary.address > position {
        append(Self.segment(position, boundary.address, counts, regions), to: &segments)
        position = boundary.address
      }
      if case .owner(.region(let row)) = boundary.item {
        if boundary.isStart { regions.insert(row) } else { regions.remove(row) }
      } else {
        counts[boundary.item, default: 0] += boundary.isStart ? 1 : -1
      }
    }
    return segments
  }

  /// The piece between two boundaries; nil where nothing is.
  private static func segment(
    _ base: UInt64, _ end: UInt64, _ counts: [Item: Int], _ regions: ActiveRows
  ) -> MapSegment? {
    var segment = MapSegment(base: base, end: end, isMemory: counts[.memory] ?? 0 > 0, owners: [])
    segment.owners = regions.first(MapSegment.ownersMax).map { .region($0) }
    segment.ownersBeyond = regions.count - segment.owners.count
    for kind in [OccupiedRange.Kind.kernelImage, .deviceTree, .initialRamdisk, .unknown]
    where counts[.owner(.occupied(kind))] ?? 0 > 0 {
      segment.owners.append(.occupied(kind))
    }
    if segment.owners.isEmpty, segment.isMemory, counts[.taken] ?? 0 > 0 { segment.owners = [.boot] }
    return segment.isMemory || !segment.owners.isEmpty ? segment : nil
  }

  private func append(_ segment: MapSegment?, to segments: inout [MapSegment]) {
    guard let segment else { return }
    if let last = segments.last, last.end == segment.base, last.isMemory == segment.isMemory,
      last.owners == segment.owners, last.ownersBeyond == segment.ownersBeyond
    {
      segments[segments.count - 1].end = segment.end
    } else {
      segments.append(segment)
    }
  }
}

/// A set of rows from which the smallest few are taken, each change at the cost of a search.
private struct ActiveRows {
  private var rows: [Int] = []

  var count: Int { rows.count }

  mutating func insert(_ row: Int) { rows.insert(row, at: index(of: row)) }

  mutating func remove(_ row: Int) {
    let index = index(of: row)
    if index < rows.count, rows[index] == row { rows.remove(at: index) }
  }

  func first(_ count: Int) -> ArraySlice<Int> { rows.prefix(count) }

  private func index(of row: Int) -> Int {
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
