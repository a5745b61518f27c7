import Testing

@testable import HeapModel

@Suite struct InitialiserTests {
  private func boot(_ node: RegionNode, _ profile: KernelProfile = linux61, _ commandLine: String = "")
    -> MemoryMap
  {
    MemoryMap(booting: makeBoard([node], commandLine: commandLine), with: profile)
  }

  @Test func alignedPoolIsReady() {
    // Boots 007 and 131: any string of the list, boot 132: in any case.
    let node = fixed("cma@50000000", 0x5000_0000, 16 * mib) {
      asCMA(&$0)
      $0.compatible = ["vendor,pool", "SHARED-dma-pool"]
    }
    let map = boot(node)
    #expect(map.regions.first?.state == .ready && map.pools.first?.type == .cma)
    #expect(
      map.logLines.prefix(2) == [
        "Reserved memory: created CMA memory pool at 0x0000000050000000, size 16 MiB",
        "OF: reserved mem: initialized node cma@50000000, compatible id shared-dma-pool",
      ])
  }

  @Test(arguments: [(0x5010_0000, 16 * mib), (0x5000_0000, 5 * mib)] as [(UInt64, UInt64)])
  func misalignedPoolIsFreed(base: UInt64, size: UInt64) {
    // Boots 023 to 030.
    let map = boot(fixed("cma", base, size, asCMA))
    #expect(map.problems("cma") == [.misalignedCMA, .initFailed])
    #expect(map.regions.first?.givenBack == true && map.regions.first?.state == .rejected)
    #expect(map.regions.first?.final?.description == "not-reserved map in-memory")
  }

  @Test func reusableAndNoMapIsRefusedByBoth() {
    // Boot 011: the mark goes; boot 123: a dynamic one stays reserved.
    let both: (inout RegionNode) -> Void = {
      asCMA(&$0)
      $0.noMap = true
    }
    let map = boot(fixed("both@50000000", 0x5000_0000, 8 * mib, both))
    #expect(map.regions.first?.final?.description == "not-reserved map in-memory")
    #expect(
      boot(dynamic("both", 8 * mib, both)).regions.first?.final?.description == "reserved map in-memory")
  }

  @Test func coherentPoolNeedsNoAlignmentAndNoMemory() {
    // Boots 009, 010, 034, 100.
    for base in [0x5000_0800, 0x1_0000_0000] as [UInt64] {
      let map = boot(fixed("p", base, 0x1800) { $0.compatible = ["shared-dma-pool"] })
      #expect(map.boots && map.pools.first?.type == .coherent && map.regions.first?.state == .ready)
    }
  }

  @Test func coherentPoolMustBeNoMapOnArm() {
    // Boot 294.
    let node = fixed("p@50000000", 0x5000_0000, 4 * mib) { $0.compatible = ["shared-dma-pool"] }
    let map = boot(node, linuxArm)
    #expect(map.problems("p@50000000") == [.coherentNeedsNoMap, .initFailed])
    #expect(
      map.logLines.first == "Reserved memory: regions without no-map are not yet supported"
        && map.regions.first?.givenBack == true)
  }

  @Test(arguments: ["restricted-dma-pool", "ramoops", "vendor,unknown"]) func noInitialiser(_ name: String) {
    // Boots 014, 129, 134.
    let map = boot(fixed("r@50000000", 0x5000_0000, mib) { $0.compatible = [name] })
    #expect(map.regions.first?.state == .reserved && map.regions.first?.problems == [])
  }

  @Test func commandLineBypassesTheDefault() {
    // Boots 220 and 225.
    let node = fixed("linux,cma@50000000", 0x5000_0000, 32 * mib, asDefault)
    let map = boot(node, linux61, "cma=0")
    #expect(map.problems("linux,cma@50000000") == [.cmaBypassed, .initFailed] && map.pools.isEmpty)
    var coherent = node
    coherent.reusable = false
    #expect(boot(coherent, linux61, "cma=64M").pools.map(\.type) == [.coherent, .cma])
  }

  @Test(arguments: [(linux61, 20), (linux612, 20), (linuxArm, 8)]) func slotsRunOut(
    profile: KernelProfile, slots: Int
  ) {
    // Boots 246 and 305.
    let nodes = (0...slots).map { fixed("s\($0)", 0x5000_0000 + UInt64($0) * 16 * mib, 8 * mib, asCMA) }
    let map = MemoryMap(booting: makeBoard(nodes), with: profile)
    #expect(map.pools.count == slots && map.problems == [.cmaSlots])
    #expect(map.problems("s\(slots)") == [.cmaSlots, .cmaSetupFailed, .initFailed])
  }

  @Test func chunkHeapIsAnInitialiser() {
    // Boot-chunk init-170 and pb9-init-170: the alignment is the pageblock.
    let node = fixed("ka", 0x6020_0000, 8 * mib) { $0.compatible = ["dma_heap,chunk"] }
    let map = boot(node)
    #expect(map.pools.first?.type == .chunk && map.regions.first?.type == .chunk)
    #expect(map.logLines.first == "OF: reserved mem: initialized node ka, compatible id dma_heap,chunk")
    let large = linux61.with(pageblockOrder: 10)
    #expect(large.map { boot(node, $0).problems("ka") } == [.misalignedCMA, .initFailed])
    var without = linux61
    without.hasChunkHeap = false
    #expect(boot(node, without).regions.first?.state == .reserved)
  }

  @Test func givingBackTakesWhatOthersHave() {
    // Boots 078 and 259.
    var board = makeBoard([fixed("c@50100000", 0x5010_0000, 4 * mib, asCMA)])
    board.memoryReservations = [AddressRange(base: 0x5010_0000, size: mib)]
    let map = MemoryMap(booting: board, with: linux61)
    #expect(map.regions.first?.final?.description == "not-reserved map in-memory")
  }
}
