@testable import HeapModel

/// Checks of a machine that do not use the allocators: they look at every page.
enum MachineInvariants {
  /// What is wrong with a machine whose pages are all given out through its areas' bitmaps.
  static func violations(of machine: Machine, heldOutsideBitmaps: [PageRange] = []) -> [String] {
    var violations: [String] = []
    for area in machine.areas {
      var used: UInt64 = 0
      var pinned: UInt64 = 0
      var free: UInt64 = 0
      for frame in area.pages.frames.map({ PageFrame($0) }) {
        let isUsed = area.isUsed(frame)
        let isPinned = machine.pages.isPinned(frame)
        let isFree = machine.pages.isFree(frame)
        let isElsewhere = heldOutsideBitmaps.contains { $0.contains(frame) }
        used += isUsed ? 1 : 0
        pinned += isPinned ? 1 : 0
        free += isFree ? 1 : 0
        if [isUsed, isPinned, isFree, isElsewhere].count(where: { $0 }) != 1 {
          violations.append(
            "page \(frame.number): used \(isUsed), pinned \(isPinned), free \(isFree), held \(isElsewhere)")
        }
      }
      if used != area.usedPages { violations.append("\(area.name): used \(area.usedPages), counted \(used)") }
      if pinned != machine.pages.pinnedPages(in: area.pages) { violations.append("\(area.name): pinned") }
      if free != machine.pages.freePages(in: area.pages) { violations.append("\(area.name): free") }
    }
    return violations
  }

  /// What is wrong with live buffers: every page belongs to one of them, and to an area's bitmap where it should.
  static func violations(ofBuffers buffers: [MergedPageRanges], in area: CMAArea, inBitmap: Bool) -> [String]
  {
    var violations: [String] = []
    var owners: Set<UInt64> = []
    for buffer in buffers {
      if buffer.ranges.reduce(0, { $0 + $1.count }) != buffer.pages { violations.append("page count") }
      for (left, right) in zip(buffer.ranges, buffer.ranges.dropFirst())
      where left.frames.upperBound == right.frames.lowerBound {
        violations.append("neighbours \(left) and \(right) are not merged")
      }
      for range in buffer.ranges {
        if range.count == 0 || !area.pages.contains(range) { violations.append("range \(range)") }
        for frame in range.frames {
          if !owners.insert(frame).inserted { violations.append("page \(frame) is given twice") }
          if area.isUsed(PageFrame(frame)) != inBitmap { violations.append("page \(frame) and the bitmap") }
        }
      }
    }
    if inBitmap, UInt64(owners.count) != area.usedPages {
      violations.append("buffers hold \(owners.count) pages, the bitmap \(area.usedPages)")
    }
    return violations
  }
}

extension MachineConfiguration {
  /// A machine of one area named `area` with small pageblocks.
  static func small(
    base: UInt64 = 4096, pages: UInt64 = 256, pageblockOrder: Int = 4, pins: [UInt64] = []
  ) -> MachineConfiguration {
    guard
      let geometry = MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: pageblockOrder, maxOrder: 11)
    else { preconditionFailure("pageblock order \(pageblockOrder)") }
    let area = AreaConfiguration(name: "area", base: PageFrame(base), pages: pages, pins: pins)
    return MachineConfiguration(geometry: geometry, areas: [area])
  }
}

extension HeapSystemConfiguration {
  /// A chunk heap named `heap` on a small machine.
  static func small(
    _ variant: ChunkVariant, chunkOrder: Int, on machine: MachineConfiguration = .small()
  ) -> HeapSystemConfiguration {
    small(.chunk(variant, chunkOrder: chunkOrder), on: machine)
  }

  /// A heap named `heap` on a small machine.
  static func small(
    _ kind: HeapKind, on machine: MachineConfiguration = .small()
  ) -> HeapSystemConfiguration {
    HeapSystemConfiguration(
      machine: machine, heaps: [HeapConfiguration(name: "heap", area: "area", kind: kind)])
  }
}
