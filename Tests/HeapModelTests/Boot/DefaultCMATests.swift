import Testing

@testable import HeapModel

@Suite struct DefaultCMATests {
  private func boot(
    _ nodes: [RegionNode], _ profile: KernelProfile = linux61, _ commandLine: String = "",
    memory: [(UInt64, UInt64)] = [(gib, 2 * gib)]
  ) -> MemoryMap {
    MemoryMap(booting: makeBoard(nodes, commandLine: commandLine, memory: memory), with: profile)
  }

  @Test(arguments: [linux61, linux612]) func belowPageTablesAndMemoryMap(profile: KernelProfile) {
    // Boots 001, 202 (ends at the zone's limit), 104 (half of memory is not mapped).
    #expect(boot([], profile).defaultBase == 0xb9a0_0000)
    #expect(boot([], profile, memory: [(gib, 8 * gib)]).defaultBase == 0xfc00_0000)
    let nodes = [
      fixed("big@80000000", 0x8000_0000, gib) { $0.noMap = true }, dynamic("dyn", 16 * mib, asCMA),
    ]
    #expect(boot(nodes, profile).defaultBase == 0x78c0_0000)
  }

  @Test func highMemoryFirstOnArm() {
    // Boots 283 and 286, 277: low memory when there is no other.
    #expect(boot([], linuxArm).defaultBase == 0xbf00_0000)
    #expect(boot([], linuxArm, memory: [(gib, 512 * mib)]).defaultBase == 0x5f00_0000)
    #expect(boot([], linuxArm).dmaZoneEnd == PhysicalAddress(0x6fff_ffff))
    #expect(boot([], linuxArm).logLines == ["cma: Reserved 16 MiB at 0xbf000000"])
  }

  @Test func defaultNodeSuppressesIt() {
    // Boots 008 and 121; boot 007: another pool does not; boots 018, 026, 226: a refused one neither.
    #expect(boot([fixed("c", 0x5000_0000, 16 * mib, asDefault)]).defaultBase == nil)
    #expect(boot([fixed("c", 0x5000_0000, 16 * mib, asCMA)]).defaultBase != nil)
    #expect(boot([fixed("c", 0x5010_0000, 16 * mib, asDefault)]).defaultBase != nil)
    let coherent = fixed("c", 0x5000_0000, 16 * mib) {
      asDefault(&$0)
      $0.reusable = false
    }
    #expect(boot([coherent]).defaultBase != nil)
  }

  @Test func lastDefaultIsTheHeap() {
    // Boot 229: both pools stay.
    let nodes = [
      fixed("a@50000000", 0x5000_0000, 16 * mib, asDefault),
      fixed("b@60000000", 0x6000_0000, 16 * mib, asDefault),
    ]
    let map = boot(nodes)
    #expect(map.pools.count == 2 && map.heaps.map(\.name) == ["b@60000000"])
  }

  @Test func sizeOfTheCommandLineIsRoundedUp() {
    // Boots 212 and 217.
    #expect(boot([], linux61, "quiet cma=63M").pools.map(\.size) == [ByteCount(64 * mib)])
    #expect(boot([], linux61, "cma=0").pools.isEmpty)
    #expect(boot([], linux61, "cma=64M").regions.last?.origin == .commandLine)
  }

  @Test func fixedPlaceOfTheCommandLine() {
    // Boots 214, 215, 227, 231.
    #expect(boot([], linux61, "cma=64M@0x60000000").defaultBase == 0x6000_0000)
    let misaligned = boot([], linux612, "cma=64M@0x60100000")
    #expect(misaligned.problems == [.defaultCMABadArguments, .defaultCMAFailed])
    #expect(
      misaligned.logLines == [
        "cma: Region at 0x0000000060100000 must be aligned to 0x0000000000200000 bytes",
        "cma: Failed to reserve 64 MiB on node -1",
      ])
    let taken = boot([fixed("a", 0x6000_0000, mib)], linux61, "cma=64M@0x60000000")
    #expect(taken.problems == [.defaultCMAFailed] && taken.regions.last?.state == .unplaced)
    let beyond = boot([], linux61, "cma=64M@0x100000000", memory: [(gib, 8 * gib)])
    #expect(beyond.problems == [.defaultCMAFailed] && beyond.boots)
  }

  @Test func fixedPlaceOverNoMapIsTaken() {
    // Boot 228.
    let node = fixed("a", 0x6000_0000, mib) { $0.noMap = true }
    #expect(boot([node], linux61, "cma=64M@0x60000000").defaultBase == 0x6000_0000)
  }

  @Test func rangeOfTheCommandLine() {
    // Boot 216.
    #expect(boot([], linux61, "cma=64M@0x60000000-0x70000000").defaultBase == 0x6c00_0000)
  }

  @Test func lowMemoryBoundaryIsNotCrossed() {
    // Boot 302.
    let map = boot([], linuxArm, "cma=32M@0x6f000000")
    #expect(map.problems == [.defaultCMABadArguments, .defaultCMAFailed])
    #expect(
      map.logLines.first == "cma: Region at 0x6f000000 defined on low/high memory boundary (0x70000000)")
  }

  @Test func busLimitsTheZone() {
    // Boots 233 to 235: 6.1 rounds to a power of two, and up to 4 GiB where memory starts above; 6.12 takes it exactly.
    func zone(_ last: UInt64, _ profile: KernelProfile) -> (UInt64?, UInt64?) {
      var board = makeBoard([])
      board.busLimits = [PhysicalAddress(0xffff_ffff), PhysicalAddress(last)]
      let map = MemoryMap(booting: board, with: profile)
      return (map.dmaZoneEnd?.value, map.defaultBase)
    }
    #expect(zone(0x5fff_ffff, linux61) == (0x7fff_ffff, 0x7c00_0000))
    #expect(zone(0x5fff_ffff, linux612) == (0x5fff_ffff, 0x5c00_0000))
    #expect(zone(0x3fff_ffff, linux61) == (0xbfff_ffff, 0xb9a0_0000))
    #expect(zone(0x3fff_ffff, linux612) == (0x3fff_ffff, nil))
  }

  @Test func limitOfMemory() {
    // Boot 232: mem= takes the rest away, and with it what a pool stands on.
    let map = boot([], linux61, "mem=1G")
    #expect(map.memory == [AddressRange(base: gib, size: gib)])
    let pool = fixed("c", 0x9000_0000, 16 * mib, asCMA)
    #expect(!boot([pool], linux61, "mem=1G").boots)
  }

  @Test func noRoomIsNoFallBack() {
    // Boot 218.
    let map = boot([], linux61, "cma=4G")
    #expect(map.problems == [.defaultCMAFailed] && map.boots)
    #expect(map.logLines.last == "cma: Failed to reserve 4096 MiB")
  }

  @Test func descriptorsFallBackToPages() {
    // Random board 1 5 with 16 KiB pages: no room for whole page tables of descriptors, and the area is made.
    let board = makeBoard(
      [fixed("a", 0x5200_0000, 64 * mib)], memory: [(gib, 448 * mib), (0x5d00_0000, 48 * mib)])
    #expect(
      linux612.with(pageSize: .kib16).map { MemoryMap(booting: board, with: $0).defaultBase != nil } == true)
  }

  @Test func initialTablesAreGivenBack() {
    // Random board B 2: 6.1 frees the end of its image, and with it what a region has there.
    let nodes = [fixed("over", 0x4000_0000, 64 * mib)]
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux61).regions[0].final?.reserved == .part)
    #expect(MemoryMap(booting: makeBoard(nodes), with: linux612).regions[0].final?.reserved == .whole)
  }
}
