import TestSupport
import Testing

@testable import HeapModel

/// Boards that nobody builds: every one has a map, in bounded time, and equal boards have equal maps.
@Suite struct HostileBoardTests {
  private static let profiles = KernelProfile.names.flatMap { name in
    Architecture.allCases.compactMap { KernelProfile.named(name, $0) }
  }

  @Test(.endsInTime, arguments: 0..<60) func extremeNumbers(seed: Int) {
    let values: [UInt64] = [
      0, 1, 4095, 4096, mib, gib, 4 * gib - 1, 4 * gib, 1 << 47, 1 << 63, .max - 4095, .max,
    ]
    var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 &+ 12345
    func pick<Element>(_ list: [Element]) -> Element {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return list[Int(state >> 33) % list.count]
    }
    var nodes: [RegionNode] = []
    for index in 0..<12 {
      var node = RegionNode(identifier: 0, name: "n\(index)", path: "/n\(index)")
      if pick([true, false]) { node.reg = cells(pick(values), pick(values), pick(values), pick(values)) }
      node.size = pick([nil, cells(pick(values))])
      node.alignment = pick([nil, cells(pick(values))])
      node.allocRanges = pick([nil, cells(pick(values), pick(values))])
      node.compatible = pick([[], ["shared-dma-pool"], ["dma_heap,chunk"]])
      node.noMap = pick([true, false, false])
      node.reusable = pick([true, false])
      node.cmaDefault = pick([true, false])
      nodes.append(node)
    }
    let sizes = ["", "cma=\(pick(values))@\(pick(values))-\(pick(values))", "mem=\(pick(values))"]
    var board = makeBoard(
      nodes, commandLine: pick(sizes), memory: [(pick(values), pick(values)), (gib, gib)])
    board.busLimits = [PhysicalAddress(pick(values))]
    board.usableMemory = pick([[], [AddressRange(base: pick(values), size: pick(values))]])
    board.rootCells = pick([
      board.rootCells, CellCounts(address: pick([0, 1, 2, .max]), size: pick([0, 2])),
    ])
    board.reservedMemory?.cells = board.rootCells
    board.memoryReservations = [AddressRange(base: pick(values), size: pick(values))]
    for profile in Self.profiles {
      let map = MemoryMap(booting: board, with: profile)
      #expect(map == MemoryMap(booting: board, with: profile))
      #expect(map.boots == (map.deathCause == nil) && map.boots == !map.problems.contains(.crash))
    }
  }

  @Test(.endsInTime) func manyRegionsAndPairs() {
    var nodes = (0..<20_000).map { fixed("s\($0)", 0x5000_0000 + UInt64($0) * 8192, 4096, asCMA) }
    nodes[0].reg = (0..<20_000).flatMap { cells(0x6000_0000 + $0 * 8192, 4096) }
    nodes[1].reg = nil
    nodes[1].size = cells(gib * 64)
    nodes[1].allocRanges = (0..<20_000).flatMap { cells(0x5000_0000 + $0 * 4096, gib) }
    for profile in [linux61, linux612] {
      let map = MemoryMap(booting: makeBoard(nodes), with: profile)
      #expect(map.regions.count > 39_000)
    }
  }

  @Test func hugeMemory() {
    let map = MemoryMap(booting: makeBoard([], memory: [(0x4000_0000, 1 << 46)]), with: linux612)
    #expect(map.boots)
  }
}
