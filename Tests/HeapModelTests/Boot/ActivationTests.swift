import Testing

@testable import HeapModel

@Suite struct ActivationTests {
  private func boot(_ nodes: [RegionNode], _ profile: KernelProfile, memory: UInt64 = 2 * gib) -> MemoryMap {
    MemoryMap(booting: makeBoard(nodes, memory: [(gib, memory)]), with: profile)
  }

  @Test(arguments: [0x1_0000_0000, 0xbf80_0000, 0] as [UInt64], [linux61, linux612])
  func poolOutsideMemoryIsFatal(base: UInt64, profile: KernelProfile) {
    // Boots 097, 098, 102: the pool and the default area are made first.
    let map = boot([fixed("o", base, 16 * mib, asCMA)], profile)
    #expect(!map.boots && map.problems == [.crash] && map.pools.count == 2)
    #expect(map.deathCause == .poolOutsideMemory(pool: "o", node: 100) && map.heaps.isEmpty)
  }

  @Test func overlappingPools() {
    // Boot 075.
    let nodes = [fixed("a", 0x5000_0000, 8 * mib, asCMA), fixed("b", 0x5040_0000, 8 * mib, asCMA)]
    #expect(boot(nodes, linux61).deathCause == .overlappingPools(pool: "b", node: 101))
    let new = boot(nodes, linux612)
    #expect(new.boots && new.problems("b") == [.badPage])
    // With the allocator's largest block as pageblock the second hand-over is refused, as the chunk kernel reports.
    #expect(linux61.with(pageblockOrder: 10).map { boot(nodes, $0).boots } == true)
  }

  @Test func aMergedPageblockHeadsNothing() {
    // Random board C 13 on 6.1: the second half of an aligned pair is released twice, and the kernel lives.
    let upper = [fixed("a", 0x5000_0000, 8 * mib, asCMA), fixed("b", 0x5060_0000, 2 * mib, asCMA)]
    #expect(boot(upper, linux61).boots)
    let lower = [fixed("a", 0x5000_0000, 8 * mib, asCMA), fixed("b", 0x5040_0000, 2 * mib, asCMA)]
    #expect(boot(lower, linux61).deathCause == .overlappingPools(pool: "b", node: 101))
    // Its lower neighbour is not the allocator's: it was not merged.
    let lone = [fixed("a", 0x5060_0000, 2 * mib, asCMA), fixed("b", 0x5060_0000, 4 * mib, asCMA)]
    #expect(boot(lone, linux61).deathCause == .overlappingPools(pool: "b", node: 101))
  }

  @Test func descriptorsCoverWholeSubsections() {
    // Random board C 19 on 6.1: the last page of the pool is not memory.
    let map = boot([fixed("a", 0xbf80_0000, 8 * mib, asCMA)], linux61, memory: 2 * gib - 4096)
    #expect(map.boots)
    let short = boot([fixed("a", 0xbf80_0000, 8 * mib, asCMA)], linux61, memory: 2 * gib - 2 * mib)
    #expect(short.deathCause == .poolOutsideMemory(pool: "a", node: 100))
  }

  @Test func poolAcrossZonesIsNotActivated() {
    // Boot 292.
    let map = boot([fixed("c@6f800000", 0x6f80_0000, 16 * mib, asCMA)], linuxArm)
    #expect(map.boots && map.problems("c@6f800000") == [.cmaNotActivated])
    #expect(map.logLines.last == "cma: CMA area c@6f800000 could not be activated")
    #expect(map.regions.first?.state == .rejected)
    // Read in the source: the same at 4 GiB on arm64.
    let high = boot([fixed("h", 4 * gib - 8 * mib, 16 * mib, asCMA)], linux612, memory: 8 * gib)
    #expect(high.boots && high.problems("h") == [.cmaNotActivated] && high.pools.first?.isActive == false)
  }

  @Test func poolOverNoMapLives() {
    // Boot 077.
    let nodes = [
      fixed("n", 0x5020_0000, 2 * mib) { $0.noMap = true }, fixed("c", 0x5000_0000, 8 * mib, asCMA),
    ]
    #expect(boot(nodes, linux61).boots && boot(nodes, linux612).boots)
  }

  @Test func areaNameIsCut() {
    let name = String(repeating: "n", count: 80)
    let pool = MemoryPool(
      name: name, type: .cma, base: PhysicalAddress(0), size: ByteCount(1), builtIn: false)
    #expect(pool.areaName.utf8.count == 63)
  }
}
