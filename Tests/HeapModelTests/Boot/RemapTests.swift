import Testing

@testable import HeapModel

/// 32-bit arm, where the kernel maps CMA areas a second time.
@Suite struct RemapTests {
  private func boot(_ nodes: [RegionNode], _ profile: KernelProfile = linuxArm) -> MemoryMap {
    MemoryMap(
      booting: makeBoard(nodes, memory: [(gib, 512 * mib)], image: (0x4030_0000, 19 * mib)), with: profile)
  }

  @Test func tablesInAFreedPartOfAnAreaAreFatal() {
    // Random board 1 5: the misaligned pool gives back the top of memory, which the other area has.
    let nodes = [
      fixed("whole", 0x5e00_0000, 32 * mib, asCMA), fixed("part", 0x5fff_f000, 4096, asCMA),
    ]
    let map = boot(nodes)
    #expect(!map.boots && map.deathCause == .tablesInUnmappedPool(pool: "whole", node: 100))
    #expect(map.problems("part").contains(.initFailed))
    // Nothing is given back here.
    #expect(boot([nodes[0]]).boots)
    // arm64 has no second mapping.
    #expect(boot(nodes, linux612).boots)
  }

  @Test func overlappingAreasInLowMemoryAreFatal() {
    // Random board A 2: their mappings are recorded in one list.
    let nodes = [fixed("a", 0x5400_0000, 32 * mib, asCMA), fixed("b", 0x5500_0000, 8 * mib, asCMA)]
    #expect(boot(nodes).deathCause == .overlappingPools(pool: "b", node: 101))
  }

  @Test func memoryCutBelowTheImageIsFatal() {
    // Random board B 17.
    let map = boot([fixed("a", gib, 2 * mib) { $0.noMap = true }])
    #expect(!map.boots && map.deathCause == .imageInUnmappedMemory)
    #expect(boot([fixed("a", gib + 64 * mib, 2 * mib) { $0.noMap = true }]).boots)
  }
}
