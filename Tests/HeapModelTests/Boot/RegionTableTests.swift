import Testing

@testable import HeapModel

@Suite struct RegionTableTests {
  private func sorted(_ keys: [Int]) -> [Int] {
    var elements = keys.enumerated().map { (key: $0.element, index: $0.offset) }
    kernelHeapsort(&elements) { $0.key < $1.key }
    return elements.map(\.index)
  }

  @Test(arguments: 2...40) func equalKeysPutTheFirstLast(count: Int) {
    // Boots 171 to 177, 240, 287 and 288: d1 d2 ... d0.
    #expect(sorted([Int](repeating: 0, count: count)) == Array(1..<count) + [0])
  }

  @Test func distinctKeysAreSorted() {
    let keys = (0..<100).map { $0 * 37 % 101 }
    #expect(sorted(keys).map { keys[$0] } == keys.sorted())
    #expect(sorted([]) == [] && sorted([1]) == [0])
  }

  @Test func placementFollowsTheTable() {
    // Boot 172: three dynamic regions; 6.1 places d1 first, 6.12 d0.
    let nodes = (0..<3).map { dynamic("d\($0)", UInt64($0 + 1) * mib) }
    let old = MemoryMap(booting: makeBoard(nodes), with: linux61)
    #expect(old.base("d1") == 0xbfe0_0000 && old.base("d2") == 0xbfb0_0000 && old.base("d0") == 0xbfa0_0000)
    let new = MemoryMap(booting: makeBoard(nodes), with: linux612)
    #expect(new.base("d0") == 0xbff0_0000 && new.base("d1") == 0xbfd0_0000 && new.base("d2") == 0xbfa0_0000)
  }

  @Test func mixedKeysHaveTheirOwnOrder() {
    // Boot 180: three dynamic and three static regions in turn; 6.1 takes d2 d1 d0.
    let statics: [UInt64] = [0x7000_0000, 0x5000_0000, 0x6000_0000]
    let nodes = (0..<3).flatMap { index in
      [dynamic("d\(index)", UInt64(index + 1) * mib), fixed("s\(index)", statics[index], mib)]
    }
    let map = MemoryMap(booting: makeBoard(nodes), with: linux61)
    let order = ["d0", "d1", "d2"].sorted { map.base($0) ?? 0 > map.base($1) ?? 0 }
    #expect(order == ["d2", "d1", "d0"])
  }

  @Test func neighboursInTheTableOverlap() {
    // Boot 072: the no-map region is refused as well.
    let nodes = [
      fixed("a@50000000", 0x5000_0000, 4 * mib),
      fixed("b@50200000", 0x5020_0000, 4 * mib) { $0.noMap = true },
    ]
    for profile in [linux61, linux612] {
      let map = MemoryMap(booting: makeBoard(nodes), with: profile)
      #expect(map.problems("a@50000000") == [.overlap])
      #expect(map.region(ofNode: 100)?.overlappedNode == 101)
      #expect(map.problems("b@50200000") == [.reserveFailed])
      #expect(map.logLines.contains("OF: reserved mem: OVERLAP DETECTED!"))
    }
  }

  @Test func touchingIsNoOverlap() {
    // Boot 071.
    let nodes = [fixed("a@50000000", 0x5000_0000, 4 * mib), fixed("b@50400000", 0x5040_0000, 4 * mib)]
    let map = MemoryMap(booting: makeBoard(nodes), with: linux612)
    #expect(map.regions.allSatisfy { $0.problems.isEmpty })
  }

  @Test func tableOf61IsFullAt64() {
    // Boots 239 and 243: statics beyond the table are still taken out of use.
    let nodes = (0..<70).map { index in
      fixed("s\(index)", 0x5000_0000 + UInt64(index) * 2 * mib, mib) { $0.noMap = true }
    }
    let map = MemoryMap(booting: makeBoard(nodes), with: linux61)
    #expect(map.problems == [.tooManyRegions])
    #expect(map.regions.filter { $0.state == .overLimit }.count == 6)
    #expect(map.regions[69].final?.description == "not-reserved nomap in-memory")
    #expect(map.logLines.filter { $0.hasSuffix("not enough space for all defined regions.") }.count == 6)
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux612).problems.isEmpty)
  }

  @Test func dynamicsBeyond64AreDropped() {
    // Boot 241.
    let nodes = (0..<70).map { dynamic("d\($0)", 64 << 10) }
    let old = MemoryMap(booting: makeBoard(nodes), with: linux61)
    #expect(old.regions.filter { $0.base != nil && $0.node != nil }.count == 64)
    let new = MemoryMap(booting: makeBoard(nodes), with: linux612)
    #expect(new.problems("d64") == [.tooManyDynamic] && new.problems.isEmpty)
    #expect(new.logLines.contains("OF: reserved mem: too many defined dynamic regions, skip 'd69'"))
  }

  @Test func theTableIsFullBeforeTheOtherPairsFail() {
    // Random board F 9 on 6.1: the order of two complaints about one node.
    var nodes = (0..<64).map { fixed("n\($0)", 0x5000_0000 + UInt64($0) * mib, 4096) }
    nodes.append(fixed("late", 0x6000_0000, 4096) { $0.reg = cells(0x6000_0000, 4096, 0x6100_0000, 0) })
    let lines = MemoryMap(booting: makeBoard(nodes), with: linux61).logLines
    let full = lines.firstIndex { $0.hasSuffix("not enough space for all defined regions.") }
    let failed = lines.firstIndex { $0.contains("failed to reserve memory for node 'late'") }
    #expect(full != nil && failed == full.map { $0 + 1 })
  }
}
