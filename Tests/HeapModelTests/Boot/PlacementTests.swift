import Testing

@testable import HeapModel

@Suite struct PlacementTests {
  private func place(
    _ node: RegionNode, _ profile: KernelProfile = linux61, memory: [(UInt64, UInt64)] = [(gib, 2 * gib)]
  ) -> UInt64? {
    MemoryMap(booting: makeBoard([node], memory: memory), with: profile).base(node.name)
  }

  @Test func topOfMemoryWithoutWindow() {
    // Boots 105, 106, 203 to 210.
    #expect(place(dynamic("d", 4 * mib)) == 0xbfc0_0000)
    #expect(place(dynamic("d", 4096)) == 0xbfff_f000)
    #expect(place(dynamic("d", 4 * mib), memory: [(gib, 8 * gib)]) == 0x2_3fc0_0000)
  }

  @Test func sizeIsNotRounded() {
    // Boots 107 and 116: 64 bytes is the alignment without one.
    #expect(place(dynamic("d", 100)) == 0xbfff_ff80)
    #expect(place(dynamic("d", 100) { $0.alignment = cells(1) }) == 0xbfff_ff9c)
  }

  @Test func poolIsAlignedToThePageblock() {
    // Boots 115, 118, 119; a chunk heap is not.
    let odd: (inout RegionNode) -> Void = { $0.allocRanges = cells(0x5000_0000, 8 * mib + 4096) }
    var pool = dynamic("p", 2 * mib, odd)
    asCMA(&pool)
    #expect(place(pool) == 0x5060_0000)
    var chunk = dynamic("c", 2 * mib, odd)
    chunk.compatible = ["dma_heap,chunk"]
    #expect(place(chunk) == 0x5060_1000)
    asCMA(&pool)
    pool.alignment = cells(32 * mib)
    pool.allocRanges = nil
    #expect(place(pool) == 0xbe00_0000)
  }

  @Test func firstWindowWithRoomWins() {
    // Boots 147 and 149.
    let node = dynamic("d", 8 * mib) {
      $0.allocRanges = cells(0x5000_0000, mib, 0x6000_0000, 16 * mib, 0x7000_0000, 16 * mib)
    }
    #expect(place(node) == 0x6080_0000)
  }

  @Test(arguments: [linux61, linux612]) func noRoomInTheWindow(profile: KernelProfile) {
    // Boots 138, 143, 148: no fall back.
    let node = dynamic("w", 8 * mib) { $0.allocRanges = cells(0x5000_0000, 4 * mib) }
    let map = MemoryMap(booting: makeBoard([node]), with: profile)
    #expect(map.regions.first?.state == .unplaced && map.problems("w") == [.allocFailed])
    #expect(map.logLines.first == "OF: reserved mem: failed to allocate memory for node 'w': size 8 MiB")
  }

  @Test func windowThatEndsAtZeroIsNone() {
    // Boots 152 to 154, 157.
    #expect(place(dynamic("d", mib) { $0.allocRanges = cells(0, 0) }) == 0xbff0_0000)
    #expect(place(dynamic("d", mib) { $0.allocRanges = cells(0x6000_0000, 0) }) == nil)
    #expect(place(dynamic("d", mib) { $0.allocRanges = [] }) == nil)
    #expect(place(dynamic("d", mib) { $0.allocRanges = cells(.max, 0x5000_0000) }) == nil)
    #expect(place(dynamic("d", mib) { $0.allocRanges = cells(.max - mib, mib + 1) }) == nil)
  }

  @Test func propertiesMustHaveTheRootsCells() {
    // Boots 155, 163 to 166.
    let cases: [(RegionNode, BootProblem)] = [
      (dynamic("d", mib) { $0.size = cells32(0x10_0000) }, .badSizeProperty),
      (dynamic("d", mib) { $0.alignment = cells32(0x1000) }, .badAlignmentProperty),
      (dynamic("d", mib) { $0.allocRanges = cells32(0, 0x5000_0000, 0x10_0000) }, .badAllocRanges),
    ]
    for (node, problem) in cases {
      let map = MemoryMap(booting: makeBoard([node]), with: linux612)
      #expect(map.problems("d") == [problem] && map.regions.first?.state == .invalid)
    }
  }

  @Test func holesAndReservationsAreNotCrossed() {
    // Boots 262 and 267.
    let banks: [(UInt64, UInt64)] = [(gib, 512 * mib), (2 * gib, 512 * mib)]
    #expect(place(dynamic("d", 640 * mib), memory: banks) == nil)
    let window = dynamic("d", 32 * mib) { $0.allocRanges = cells(0x5c00_0000, 0x2500_0000) }
    #expect(place(window, memory: banks) == 0x5e00_0000)
  }

  @Test func neighbourOfADynamicRegionIsFilledFromBelow() {
    // Boot 190: 6.12 alone.
    let nodes = [
      dynamic("a", 3 * mib) { $0.allocRanges = cells(0x6000_0000, 3 * mib) },
      dynamic("b", mib) { $0.allocRanges = cells(0x6030_0000, 16 * mib) },
    ]
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux612).base("b") == 0x6030_0000)
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux61).base("b") == 0x6120_0000)
  }

  @Test func neighboursAtBothEndsCancel() {
    // Boot 192.
    let nodes = [
      dynamic("a", mib) { $0.allocRanges = cells(0x6000_0000, mib) },
      dynamic("b", mib) { $0.allocRanges = cells(0x6100_0000, mib) },
      dynamic("c", mib) { $0.allocRanges = cells(0x6010_0000, 15 * mib) },
    ]
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux612).base("c") == 0x60f0_0000)
  }

  @Test func emptyDynamicRegionLandsAtTheTop() {
    // Boots 167 and 168.
    let map = MemoryMap(booting: makeBoard([dynamic("w", 0, asCMA)]), with: linux61)
    #expect(map.base("w") == 0xc000_0000 && map.regions.first?.final?.description == "empty")
    #expect(map.problems("w") == [.cmaSetupFailed, .initFailed] && map.regions.first?.givenBack == true)
  }

  @Test func sizeIsCutOn32Bits() {
    // Boot 298.
    #expect(place(dynamic("x", 4 * gib + 4 * mib), linuxArm) == 0xbfc0_0000)
  }

  @Test func refusedRegionIsReplacedAtOnce() {
    // Boot 197: b lies where a was, and 6.12 reports the two as overlapping.
    let nodes = [dynamic("a", 3 * mib, asCMA), dynamic("b", 5 * mib)]
    let map = MemoryMap(booting: makeBoard(nodes), with: linux612)
    #expect(map.base("a") == 0xbfc0_0000 && map.base("b") == 0xbfb0_0000)
    #expect(map.problems("b") == [.overlap])
  }
}
