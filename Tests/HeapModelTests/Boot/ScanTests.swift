import Testing

@testable import HeapModel

@Suite struct ScanTests {
  @Test func containerMustMatchTheRoot() {
    // Boots 057, 058, 061: every region is lost; 6.12 says so twice.
    for cells in [CellCounts(address: 1, size: 2), .init(address: 2, size: 1), .init(address: 2, size: nil)] {
      var board = makeBoard([fixed("a@50000000", 0x5000_0000, mib)])
      board.reservedMemory?.cells = cells
      for (profile, lines) in [(linux61, 1), (linux612, 2)] {
        let map = MemoryMap(booting: board, with: profile)
        #expect(map.problems == [.badRootFormat] && map.regions.first?.state == .ignored)
        #expect(map.logLines.filter { $0.hasSuffix("unsupported node format, ignoring") }.count == lines)
      }
    }
  }

  @Test func containerNeedsRanges() {
    var board = makeBoard([fixed("a@50000000", 0x5000_0000, mib)])
    board.reservedMemory?.hasRanges = false
    #expect(MemoryMap(booting: board, with: linux61).problems == [.badRootFormat])
  }

  @Test func missingContainerIsOnlyNoticedBy612() {
    // Boot 001.
    var board = makeBoard([])
    board.reservedMemory = nil
    #expect(MemoryMap(booting: board, with: linux61).logLines.count == 1)
    #expect(
      MemoryMap(booting: board, with: linux612).logLines.first
        == "OF: reserved mem: Reserved memory: No reserved-memory node in the DT")
  }

  @Test(arguments: ["ok", "okay", "okay\0x"]) func statusThatCounts(_ status: String) {
    let node = fixed("a@50000000", 0x5000_0000, mib) { $0.status = Array(status.utf8) + [0] }
    #expect(MemoryMap(booting: makeBoard([node]), with: linux61).region(ofNode: 100)?.state == .reserved)
  }

  @Test(arguments: ["disabled", "reserved", "fail", "", "Okay", "okay "]) func otherStatusIsIgnored(
    _ status: String
  ) {
    // Boots 017, 021, 130, 184: the room is free for others.
    let node = fixed("a@bf000000", 0xbf00_0000, 16 * mib) { $0.status = Array(status.utf8) + [0] }
    let map = MemoryMap(booting: makeBoard([node, dynamic("d", mib)]), with: linux612)
    #expect(map.region(ofNode: 100)?.state == .ignored && map.region(ofNode: 100)?.base == nil)
    #expect(map.base("d") == 0xbff0_0000)
  }

  @Test func regMustBeWholePairs() {
    // Boot 051: no fall back to size.
    var bad = fixed("bad@50000000", 0, 0)
    bad.reg = cells32(0, 0x5000_0000, 0, 0x10_0000, 0)
    bad.size = cells(mib)
    for (profile, lines) in [(linux61, 1), (linux612, 2)] {
      let map = MemoryMap(booting: makeBoard([bad]), with: profile)
      #expect(map.problems("bad@50000000") == [.badRegProperty] && map.regions.first?.state == .invalid)
      #expect(map.logLines.filter { $0.contains("invalid reg property") }.count == lines)
    }
  }

  @Test func emptyRegHidesSize() {
    // Boot 048.
    var node = dynamic("empty", mib)
    node.reg = []
    for profile in [linux61, linux612] {
      let map = MemoryMap(booting: makeBoard([node]), with: profile)
      #expect(map.regions.first?.state == .invalid && map.base("empty") == nil)
    }
  }

  @Test func everyPairIsTakenAndTheFirstIsTheRegion() {
    // Boots 035, 041.
    var node = fixed("three@50000000", 0, 0)
    node.reg = cells(0x5000_0000, mib, 0x5100_0000, mib, 0x5200_0000, mib)
    let map = MemoryMap(booting: makeBoard([node]), with: linux612)
    #expect(map.regions.prefix(3).map(\.pair) == [0, 1, 2])
    #expect(map.regions.prefix(3).allSatisfy { $0.final?.description == "reserved map in-memory" })
    #expect(map.problems("three@50000000") == [.extraRegIgnored])
    #expect(MemoryMap(booting: makeBoard([node]), with: linux61).problems("three@50000000").isEmpty)
  }

  @Test func emptyPairIsReported() {
    // Boot 043.
    let map = MemoryMap(booting: makeBoard([fixed("zero@50000000", 0x5000_0000, 0, asCMA)]), with: linux61)
    #expect(map.problems("zero@50000000") == [.reserveFailed])
    #expect(map.regions.first?.final?.description == "empty" && map.regions.first?.givenBack == false)
    #expect(
      map.logLines.first
        == "OF: fdt: Reserved memory: failed to reserve memory for node 'zero@50000000': "
        + "base 0x0000000050000000, size 0 MiB")
  }

  @Test func emptyFirstPairFallsBackToSizeOn61Alone() {
    // Boot 044.
    let node = fixed("z@50000000", 0x5000_0000, 0) { $0.size = cells(mib) }
    let old = MemoryMap(booting: makeBoard([node]), with: linux61)
    #expect(old.regions.prefix(2).map(\.base?.value) == [0x5000_0000, 0xbff0_0000])
    let new = MemoryMap(booting: makeBoard([node]), with: linux612)
    #expect(new.regions.filter { $0.node != nil }.map(\.base?.value) == [0x5000_0000])
  }

  @Test func noMapIsRefusedOverReservedMemory() {
    // Boots 081, 085: image and blob; boot 094: outside of DRAM nobody objects.
    let nodes = [
      fixed("k@40000000", 0x4000_0000, 4 * mib) { $0.noMap = true },
      fixed("d@48000000", 0x4800_0000, 2 * mib) { $0.noMap = true },
      fixed("o@100000000", 4 * gib, mib) { $0.noMap = true },
    ]
    let map = MemoryMap(booting: makeBoard(nodes), with: linux61)
    #expect(map.regions[0].final?.description == "part-reserved map in-memory")
    #expect(map.regions[0].state == .rejected && map.regions[1].state == .rejected)
    #expect(map.regions[2].final?.description == "not-reserved map no-memory")
    #expect(map.regions[2].problems.isEmpty)
  }

  @Test func reservationsComeFirstOrLast() {
    // Boots 255 and 256.
    var board = makeBoard([
      dynamic("d", mib), fixed("n@50000000", 0x5000_0000, 4 * mib) { $0.noMap = true },
    ])
    board.memoryReservations = [
      AddressRange(base: 0xbff0_0000, size: mib), AddressRange(base: 0x5000_0000, size: mib),
    ]
    let old = MemoryMap(booting: board, with: linux61)
    #expect(old.base("d") == 0xbfe0_0000 && old.problems("n@50000000") == [.reserveFailed])
    let new = MemoryMap(booting: board, with: linux612)
    #expect(new.base("d") == 0xbff0_0000 && new.problems("n@50000000").isEmpty)
    #expect(new.regions.filter { $0.origin == .memoryReservation }.count == 2)
  }

  @Test func addressesAreCutOn32Bits() {
    // Boot 297: 0x150000000 becomes 0x50000000.
    let map = MemoryMap(booting: makeBoard([fixed("a", 0x1_5000_0000, mib)]), with: linuxArm)
    #expect(map.base("a") == 0x5000_0000)
  }

  @Test func reservedListFillsUp() {
    // Boot 249: 450 separate regions; 6.1 has room for 383 beside image and blob, then dies; 6.12 boots.
    let nodes = (0..<450).map { fixed("s\($0)", 0x5000_0000 + UInt64($0) * 2 * mib, mib) }
    let old = MemoryMap(booting: makeBoard(nodes), with: linux61)
    #expect(!old.boots && old.deathCause == .noRoomForPageTables)
    #expect(old.regions.filter { $0.problems == [.reserveFailed] }.count == 67)
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux612).boots)
  }

  @Test func strayNodesAreListedLast() {
    var board = makeBoard([fixed("a@50000000", 0x5000_0000, mib)])
    board.strayNodes = [fixed("b@60000000", 0x6000_0000, mib)]
    let map = MemoryMap(booting: board, with: linux61)
    #expect(map.regions.map(\.name) == ["a@50000000", "b@60000000", "reserved"])
    #expect(map.regions[1].state == .ignored && map.regions[1].size == ByteCount(mib))
  }

  @Test func boardWithoutMemoryDies() {
    for profile in [linux61, linux612, linuxArm] {
      let map = MemoryMap(booting: makeBoard([dynamic("d", mib)], memory: []), with: profile)
      #expect(!map.boots && map.deathCause == .noMemory && map.regions.first?.state == .unplaced)
    }
  }
}
