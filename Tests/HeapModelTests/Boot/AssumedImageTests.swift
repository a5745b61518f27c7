import Testing

@testable import HeapModel

@Suite struct AssumedImageTests {
  private func image(_ nodes: [RegionNode], memory: [(UInt64, UInt64)] = [(gib, gib)]) -> AddressRange? {
    boot(nodes, memory).occupied.first?.range
  }

  private func boot(_ nodes: [RegionNode], _ memory: [(UInt64, UInt64)]) -> MemoryMap {
    var board = makeBoard(nodes, memory: memory)
    board.occupied = nil
    return MemoryMap(booting: board, with: linux612)
  }

  private func region(_ pairs: UInt64..., status: String? = nil) -> RegionNode {
    var node = RegionNode(identifier: 0, name: "r", path: "/reserved-memory/r")
    node.reg = pairs.flatMap { cells($0) }
    node.noMap = true
    node.status = status.map { Array($0.utf8) + [0] }
    return node
  }

  @Test func liesNearTheStartOfMemory() {
    #expect(image([]) == AddressRange(base: gib + 2 * mib, size: 48 * mib))
  }

  @Test func givesWayToWhatTheTreeWants() {
    #expect(image([region(gib + 16 * mib, mib)])?.base.value == gib + 18 * mib)
    #expect(image([region(gib + 16 * mib, mib), region(gib + 40 * mib, 4096)])?.base.value == gib + 42 * mib)
    #expect(
      image([region(gib + 50 * mib, mib)])?.base.value == gib + 2 * mib, "it ends where the region begins")
    #expect(image([region(gib + 16 * mib, mib, status: "disabled")])?.base.value == gib + 2 * mib)
    #expect(image([region(gib, gib)], memory: [(gib, gib), (4 * gib, gib)])?.base.value == 4 * gib)
  }

  @Test func fallsBackWhereThereIsNoRoom() {
    #expect(image([region(gib, gib)])?.base.value == gib + 2 * mib)
    #expect(image([region(0, .max)])?.base.value == gib + 2 * mib)
    #expect(image([], memory: []) == nil)
  }

  @Test func firmwareRegionInItsUsualPlaceIsNoFault() {
    let map = boot([region(gib + 48 * mib, 192 << 10)], [(gib, gib)])
    #expect(map.regions.first?.problems == [])
  }
}
