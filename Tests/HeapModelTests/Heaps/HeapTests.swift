import Testing

@testable import HeapModel

@Suite struct HeapTests {
  /// Random buffers, releases and pins on every version of the chunk heap against the reference.
  @Test(arguments: ChunkVariant.allCases + [.bulk(passes: 1), .bulk(passes: 5)], 0..<20)
  func chunkHeapsAgreeWithTheReference(variant: ChunkVariant, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let pageblockOrder = Int.random(in: 0...5, using: &random)
    let chunkOrder = Int.random(in: 0...pageblockOrder + 1, using: &random)
    let count = Int.random(in: 1...8, using: &random) << max(pageblockOrder, 4)
    let base = Int.random(in: 1...8, using: &random) << max(pageblockOrder, 4)
    let machine = MachineConfiguration.small(
      base: UInt64(base), pages: UInt64(count), pageblockOrder: pageblockOrder)
    var system = try HeapSystem(.small(variant, chunkOrder: chunkOrder, on: machine))
    var reference = ReferenceArea(base: base, count: count)
    let area = try #require(system.machine.area(named: "area"))
    let inBitmap = variant != .pageblockScan
    var cursor = 0
    var live: [HeapBuffer] = []
    for _ in 0..<60 {
      let choice = Int.random(in: 0..<5, using: &random)
      if choice < 2 {
        let bytes = UInt64.random(in: 1...UInt64(count) * 2048 + 4096, using: &random)
        let answer = system.allocate(bytes, fromHeapAt: 0)
        let expected = Self.allocate(
          bytes, variant: variant, chunkOrder: chunkOrder, pageblockOrder: pageblockOrder, on: &reference,
          cursor: &cursor)
        let buffer = try? answer.outcome.get()
        #expect(buffer.map { $0.pages.ranges.flatMap(\.frames).map { Int($0) - base } } == expected.pages)
        #expect(answer.effort.rangeCalls == expected.calls)
        if let buffer { live.append(buffer) }
      } else if choice == 2, !live.isEmpty {
        let place = Int.random(in: 0..<live.count, using: &random)
        if Bool.random(using: &random) {
          let part = UInt64.random(in: 0...live[place].pages.pages, using: &random)
          let pages = live[place].pages.ranges.flatMap(\.frames).prefix(Int(part)).map { Int($0) - base }
          #expect(system.release(first: part, of: &live[place], toHeapAt: 0) == nil)
          reference.free(pages)
        } else {
          let buffer = live.remove(at: place)
          system.release(buffer, toHeapAt: 0)
          reference.free(buffer.pages.ranges.flatMap(\.frames).map { Int($0) - base })
        }
      } else {
        let offset = Int.random(in: 0..<count, using: &random)
        let error = system.withMachine { $0.pin(offset: UInt64(offset), in: area) }
        #expect((error == nil) == !reference.isBusy(offset..<offset + 1))
        if error == nil, Bool.random(using: &random) {
          reference.pinned[offset] = true
        } else if error == nil {
          #expect(system.withMachine { $0.unpin(offset: UInt64(offset), in: area) } == nil)
        }
      }
      Self.check(system, live: live, area: area, inBitmap: inBitmap)
    }
  }

  private static func check(_ system: HeapSystem, live: [HeapBuffer], area: AreaIndex, inBitmap: Bool) {
    let buffers = live.map(\.pages)
    let held = inBitmap ? [] : buffers.flatMap(\.ranges)
    #expect(MachineInvariants.violations(of: system.machine, heldOutsideBitmaps: held).isEmpty)
    #expect(
      MachineInvariants.violations(ofBuffers: buffers, in: system.machine[area], inBitmap: inBitmap).isEmpty)
    #expect(system.heaps[0].usage.pages == buffers.reduce(0) { $0 + $1.pages })
    #expect(system.heaps[0].usage.buffers == UInt64(live.count))
  }

  private static func allocate(
    _ bytes: UInt64, variant: ChunkVariant, chunkOrder: Int, pageblockOrder: Int,
    on reference: inout ReferenceArea, cursor: inout Int
  ) -> (pages: [Int]?, calls: Int) {
    let chunkBytes = 4096 << chunkOrder
    let chunks = (Int(bytes) + chunkBytes - 1) / chunkBytes
    switch variant {
    case .failfast, .halving:
      return reference.blocks(
        chunks, chunkOrder: chunkOrder, pageblockOrder: pageblockOrder, halves: variant == .halving)
    case .bulk(let passes):
      return reference.bulk(chunks, chunkOrder: chunkOrder, pageblockOrder: pageblockOrder, passes: passes)
    case .pageblockScan:
      return reference.scan(chunks, chunkOrder: chunkOrder, pageblockOrder: pageblockOrder, cursor: &cursor)
    }
  }

  private static let kinds: [HeapKind] =
    [.cma(), .repeated(blockBytes: 65536)] + ChunkVariant.allCases.map { .chunk($0, chunkOrder: 2) }

  @Test(arguments: kinds)
  func refusesZeroAndOversizeAndKeepsNothing(kind: HeapKind) throws {
    var system = try HeapSystem(.small(kind))
    let area = try #require(system.machine.area(named: "area"))
    let expected: [(bytes: UInt64, error: KernelError)] = [
      (0, .invalidArgument), (.max, .invalidArgument), (.max - 4094, .invalidArgument),
      (.max - 4095, kind.name == "bulk" ? .busy : .noMemory),
      (257 * 4096, kind.name == "bulk" ? .busy : .noMemory),
    ]
    for (bytes, error) in expected {
      guard case .failure(let refusal) = system.allocate(bytes, fromHeapAt: 0).outcome else {
        Issue.record("\(bytes) bytes were given")
        continue
      }
      #expect(refusal.error == error)
      #expect(system.machine[area].usedPages == 0)
      #expect(system.machine.pages.freePages(in: system.machine[area].pages) == 256)
      #expect(system.heaps[0].usage == HeapUsage())
    }
    #expect(throws: Never.self) { try system.allocate(256 * 4096, fromHeapAt: 0).outcome.get() }
  }

  /// 300 MiB in an area of 300 MiB fails with one pin, wherever it is; every chunk heap of products does not mind.
  @Test func oneWholeBufferFailsAtEveryPinPosition() throws {
    let pages: UInt64 = 300 << 8
    let machine = MachineConfiguration.small(base: 1 << 18, pages: pages, pageblockOrder: 10)
    var system = try HeapSystem(.small(.cma(), on: machine))
    let area = try #require(system.machine.area(named: "area"))
    var surprises: [UInt64] = []
    for offset in 0..<pages {
      let pinned = system.withMachine { $0.pin(offset: offset, in: area) }
      let answer = system.allocate(300 << 20, fromHeapAt: 0)
      let unpinned = system.withMachine { $0.unpin(offset: offset, in: area) }
      if case .failure = answer.outcome, answer.effort.attempts == 1, pinned == nil, unpinned == nil {
        continue
      }
      surprises.append(offset)
    }
    #expect(surprises.isEmpty)
    #expect(throws: Never.self) { try system.allocate(300 << 20, fromHeapAt: 0).outcome.get() }
  }

  @Test func onePinInEveryPageblockDefeatsFailfastAndNotHalving() throws {
    let pins = (0..<16).map { UInt64($0 * 16 + 3) }
    let machine = MachineConfiguration.small(pages: 256, pins: pins)
    var failfast = try HeapSystem(.small(.failfast, chunkOrder: 1, on: machine))
    var halving = try HeapSystem(.small(.halving, chunkOrder: 1, on: machine))
    #expect(throws: HeapRefusal.self) { try failfast.allocate(128 * 4096, fromHeapAt: 0).outcome.get() }
    #expect(throws: Never.self) { try halving.allocate(128 * 4096, fromHeapAt: 0).outcome.get() }
  }

  @Test func alignsAWholeBufferToItsSizeUpToTheLimit() throws {
    let machine = MachineConfiguration.small(base: 4096 + 16, pages: 2048)
    var system = try HeapSystem(.small(.cma(alignOrderMax: 8), on: machine))
    let small = try system.allocate(3 * 4096, fromHeapAt: 0).outcome.get()
    #expect(small.pages.ranges == [PageRange(4112..<4115)])
    let large = try system.allocate(700 * 4096, fromHeapAt: 0).outcome.get()
    #expect(large.pages.ranges == [PageRange(4352..<5052)])
  }

  @Test func findsKindsByName() {
    let kind = HeapKind.chunk(.failfast, chunkOrder: 6)
    #expect(kind.replaced(byKindNamed: "bulk") == .chunk(.bulk(passes: 2), chunkOrder: 6))
    #expect(kind.replaced(byKindNamed: "failfast") == kind)
    #expect(kind.replaced(byKindNamed: "repeated") == .repeated())
    #expect(kind.replaced(byKindNamed: "no") == nil)
    #expect(
      kind.alternatives().map(\.name) == ["pageblock-scan", "bulk", "halving", "cma", "repeated"])
  }

  @Test func checksWhatASystemIsMadeOf() throws {
    #expect(throws: HeapSystemError.badChunkOrder(heap: "heap", order: 25)) {
      try HeapSystem(.small(.bulk(passes: 2), chunkOrder: 25))
    }
    var other = HeapSystemConfiguration.small(.cma())
    other.heaps[0].area = "no"
    #expect(throws: HeapSystemError.unknownArea(heap: "heap", area: "no")) { try HeapSystem(other) }
    other.heaps[0].area = "area"
    other.heaps += other.heaps
    #expect(throws: HeapSystemError.duplicateHeap("heap")) { try HeapSystem(other) }
  }
}
