import Testing

@testable import HeapModel

@Suite struct MemblockTests {
  private func list(_ ranges: [(UInt64, UInt64)], capacity: Int = 8, addressMax: UInt64 = .max)
    -> MemblockList
  {
    var list = MemblockList(capacity: capacity, addressMax: addressMax)
    for (base, size) in ranges { _ = list.add(base, size) }
    return list
  }

  @Test func neighboursOfOneKindMerge() {
    var list = list([(0x1000, 0x1000), (0x3000, 0x1000), (0x2000, 0x1000)])
    #expect(list.entries == [.init(base: 0x1000, end: 0x4000)])
    _ = list.setNoMap(0x2000, 0x1000, true)
    #expect(list.entries.map(\.isNoMap) == [false, true, false])
    _ = list.setNoMap(0, .max, false)
    #expect(list.entries.count == 1)
  }

  @Test func whatIsThereKeepsItsMark() {
    var list = list([(0x2000, 0x1000)])
    _ = list.setNoMap(0x2000, 0x1000, true)
    _ = list.add(0x1000, 0x3000)
    #expect(list.entries.map(\.isNoMap) == [false, true, false])
  }

  @Test func fullListRefusesWithoutHarm() {
    var list = list([(0x1000, 0x1000), (0x3000, 0x1000), (0x5000, 0x1000)], capacity: 3)
    let before = list.entries
    // Even what would only join two entries needs a free one first.
    let outcomes = [list.add(0x7000, 0x1000), list.add(0x2000, 0x1000), list.remove(0x1000, 0x1000)]
    #expect(outcomes == [false, false, false] && list.entries == before)
    list.canGrow = true
    let grown = list.add(0x7000, 0x1000)
    #expect(grown && list.entries.count == 4)
  }

  @Test func rangesEndAtTheHighestAddress() {
    let list = list([(0xffff_0000, 0x10_0000), (0x2_0000_0000, 0x1000)], addressMax: 0xffff_ffff)
    #expect(list.entries == [.init(base: 0xffff_0000, end: 0xffff_ffff)])
    #expect(list.overlaps(0xffff_f000, .max) && !list.overlaps(0x1_0000_0000, 1))
  }

  @Test func alignmentIsOnlyAMask() {
    // Boot 109: 3 MiB clears the bits of 3 MiB - 1, so that the result is no multiple of it.
    var memblock = Memblock(profile: linux61)
    _ = memblock.memory.add(0x4000_0000, 0x8000_0000)
    let request = Memblock.Request(size: 4 * mib, alignment: 3 * mib, end: .max)
    #expect(memblock.find(request) == (0xc000_0000 - 4 * mib) & ~(3 * mib - 1))
  }

  @Test func blocksFillGapsFromTheTop() {
    var blocks = Memblock(profile: linux61)
    _ = blocks.memory.add(0x10000, 0x10000)
    _ = blocks.reserved.add(0x1c000, 0x1000)
    _ = blocks.reserved.add(0x1e800, 0x100)
    var single = blocks
    for _ in 0..<5 { _ = single.allocate(.init(size: 4096, alignment: 4096, end: 0)) }
    let taken = blocks.allocateBlocks(5, size: 4096)
    #expect(taken == 5 && blocks == single)
    let rest = blocks.allocateBlocks(1000, size: 4096)
    #expect(rest == 9)
  }

  /// Small worlds against a map of single bytes.
  @Test(arguments: 0..<40) func agreesWithAByteMap(seed: UInt64) {
    var random = Generator(state: seed &* 7919 &+ 1)
    var memblock = Memblock(profile: linux61)
    // Everything lies above the first page, which memblock never gives.
    let origin: UInt64 = 4096
    var world = ByteWorld()
    for _ in 0..<60 {
      let (base, size) = (random.below(200), random.below(40))
      switch random.below(7) {
      case 0, 1:
        _ = memblock.memory.add(origin + base, size)
        world.change(base, size) { $0.isMemory = true }
      case 2:
        _ = memblock.reserved.add(origin + base, size)
        world.change(base, size) { $0.isReserved = true }
      case 3:
        _ = memblock.reserved.remove(origin + base, size)
        world.change(base, size) { $0.isReserved = false }
      case 4:
        let mark = random.below(2) == 0
        _ = memblock.memory.setNoMap(origin + base, size, mark)
        world.change(base, size) { if $0.isMemory { $0.isNoMap = mark } }
      default:
        let window = random.below(2) == 0 ? (0, 240) : (base, base + size + 2)
        let isBottomUp = random.below(2) == 0
        let (wanted, alignment) = (1 + random.below(16), UInt64(1) << random.below(4))
        let found = memblock.find(
          .init(
            size: wanted, alignment: alignment, start: origin + window.0, end: origin + window.1,
            isBottomUp: isBottomUp))
        #expect(
          found.map { $0 - origin } == world.find(wanted, alignment, window, isBottomUp: isBottomUp))
      }
    }
  }
}

/// A world in which every byte is looked at; addresses from 0, the alignment is that of the real address.
private struct ByteWorld {
  struct Byte {
    var isMemory = false
    var isReserved = false
    var isNoMap = false
  }

  var bytes = [Byte](repeating: Byte(), count: 240)

  mutating func change(_ base: UInt64, _ size: UInt64, _ body: (inout Byte) -> Void) {
    for index in Int(base)..<Int(base + size) { body(&bytes[index]) }
  }

  func find(_ size: UInt64, _ alignment: UInt64, _ window: (UInt64, UInt64), isBottomUp: Bool) -> UInt64? {
    let end = min(window.1, 240)
    guard end >= window.0 + size else { return nil }
    let places = (window.0...end - size).filter { base in
      base % alignment == 0
        && bytes[Int(base)..<Int(base + size)].allSatisfy { $0.isMemory && !$0.isReserved && !$0.isNoMap }
    }
    return isBottomUp ? places.first : places.last
  }
}

/// A generator with a seed.
private struct Generator {
  var state: UInt64

  mutating func below(_ bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % bound
  }
}
