import Testing

@testable import HeapModel

/// The demonstration of the allocator's authors: a module takes all memory in blocks of 64 KiB, keeps every eleventh,
/// and gives the others back; then 200 buffers of 2 MiB are asked for, without a pool.
///
/// They print 5979 MiB free and 589 MiB kept, 194 of 200 refused, and none after 200 of the blocks are given back. The
/// model refuses 195: what a zone keeps for emergencies stays whole, and is the few that are given. What 200 blocks
/// free is 200 x 11 x 64 KiB, which is 68 buffers more and not 194: their machine, on which 48 MiB became free for
/// the 12 MiB of the blocks, got the rest from memory that the module did not hold. The numbers here are those of
/// the mechanism.
///
/// - Source: github.com/ARM-software/CPA, README.rst and test/kernel/test_cpa_kernel.c.
@Suite struct CompoundPageFragmentationTests {
  /// The module, with its list as its insertion sort leaves it.
  private struct Fragmenter {
    let lot = PageLot(.unmovable, holder: "fragmenter")
    let number: LotNumber
    /// The kept blocks, in the order in which they are given back.
    private(set) var kept: [Range<Int>] = []

    init(on machine: inout Machine) throws {
      let registered = machine.pages.lots.number(of: lot)
      number = try #require(registered)
      var list: [Range<Int>] = []
      let request = PageRequest(.unmovable)
      while let block = machine.allocateBlock(order: 4, for: request, lot: number) { list.append(block) }
      // A new block comes behind the first that it is above: the lowest stays in front, the others are newest first.
      let lowest = try #require(list.min { $0.lowerBound < $1.lowerBound })
      list = [lowest] + list.reversed().filter { $0 != lowest }
      for (place, block) in list.enumerated() {
        if (place + 1) % 11 == 0 { kept.append(block) } else { Self.free(block, of: number, on: &machine) }
      }
    }

    private static func free(_ block: Range<Int>, of number: LotNumber, on machine: inout Machine) {
      machine.pages.free(block, of: number)
      machine.zone.buddy.free(block)
    }

    mutating func giveBack(_ count: Int, on machine: inout Machine) {
      for block in kept.prefix(count) { Self.free(block, of: number, on: &machine) }
      kept.removeFirst(min(count, kept.count))
    }
  }

  private func refusals(of system: inout HeapSystem) -> Int {
    var buffers: [HeapBuffer] = []
    for _ in 0..<200 {
      if case .success(let buffer) = system.allocate(2 << 20, fromHeapAt: 0).outcome {
        buffers.append(buffer)
      }
    }
    for buffer in buffers { system.release(buffer, toHeapAt: 0) }
    _ = system.runWorkers()
    return 200 - buffers.count
  }

  @Test func fewKeptBlocksDefeatALargeOrder() throws {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let memory = MemoryConfiguration(ranges: [PageRange(0x80000..<0x80000 + 8192 << 8)])
    let marks = CompoundPagePoolSettings(low: 0, fill: 0, high: 0)
    var system = try HeapSystem(
      HeapSystemConfiguration(
        machine: MachineConfiguration(geometry: geometry, areas: [], memory: memory),
        heaps: [HeapConfiguration(name: "pool", area: nil, kind: .compoundPool(marks))]))
    var machine = system.machine
    // What was neither free nor kept on their board of 8 GiB.
    _ = machine.lend((8192 - 5979 - 589) << 8, for: PageLot(.unmovable, holder: "kernel"))
    var module = try Fragmenter(on: &machine)
    system.withMachine { $0 = machine }
    let free = system.machine.freePages >> 8
    let kept = module.kept.count >> 4
    let before = refusals(of: &system)
    #expect(kept == 596 && free == 5971, "\(kept) MiB kept, \(free) MiB free")
    #expect(before == 195, "\(before) refused")
    system.withMachine { module.giveBack(200, on: &$0) }
    let after = refusals(of: &system)
    #expect(after == 126, "\(after) refused")
    // One block in every 2 MiB is enough: to get 200 such pages back, as many blocks have to go as lie in 400 MiB.
    system.withMachine { module.giveBack(400, on: &$0) }
    let atLast = refusals(of: &system)
    #expect(atLast == 0, "\(atLast) refused")
    #expect(try #require(system.heaps[0] as? CompoundPagePoolHeap).softFailures == 0)
  }
}
