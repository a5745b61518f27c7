import Testing

@testable import HeapModel

/// Random operations on both heaps of all memory, beside an area and others who hold memory.
@Suite struct MemoryHeapSequenceTests {
  private static let lots = [
    PageLot(.cleanFile, holder: "cache"), PageLot(.anonymous, holder: "processes"),
    PageLot(.unmovable, holder: "kernel"), PageLot(.cleanFile, holder: "pins", reference: .long),
  ]

  private func system(_ random: inout SplitMix64) throws -> HeapSystem {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 5, maxOrder: 8))
    let low = Int.random(in: 0...4, using: &random)
    let fill = Int.random(in: low...12, using: &random)
    let settings = CompoundPagePoolSettings(
      order: Int.random(in: 1...5, using: &random), low: low, fill: fill,
      high: Int.random(in: fill...16, using: &random))
    let memory = MemoryConfiguration(
      ranges: [PageRange(0x1000..<0x1400), PageRange(0x1500..<0x1600)],
      cpus: Int.random(in: 0...2, using: &random), swapPages: UInt64.random(in: 0...64, using: &random))
    let area = AreaConfiguration(name: "area", base: PageFrame(0x1100), pages: 256)
    return try HeapSystem(
      HeapSystemConfiguration(
        machine: MachineConfiguration(geometry: geometry, areas: [area], memory: memory),
        heaps: [
          HeapConfiguration(name: "pool", area: nil, kind: .compoundPool(settings)),
          HeapConfiguration(name: "system", area: nil, kind: .system),
          HeapConfiguration(name: "chunks", area: "area", kind: .chunk(.halving, chunkOrder: 2)),
        ]))
  }

  @Test(arguments: 0..<20) func noPageIsLostOrGivenTwice(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var system = try system(&random)
    var live: [[HeapBuffer]] = [[], [], []]
    for step in 0..<60 {
      operate(on: &system, &live, &random)
      let pool = try #require(system.heaps[0] as? CompoundPagePoolHeap)
      var violations = ZoneChecker.violations(of: system.machine)
      violations += PoolChecker.ownership(live.flatMap(\.self), on: system.machine)
      let held = live.joined().reduce(pool.heldPages(on: system.machine)) { $0 + $1.pages.pages }
      let unexplained = PoolChecker.unexplained(on: system.machine)
      if unexplained != Int(held) { violations.append("\(unexplained) pages in use, \(held) explained") }
      for (heap, buffers) in zip(system.heaps, live)
      where heap.usage.pages != buffers.reduce(0, { $0 + $1.pages.pages }) {
        violations.append("usage of \(heap.name)")
      }
      #expect(violations == [], "seed \(seed), step \(step)")
      if !violations.isEmpty { return }
    }
  }

  private func operate(
    on system: inout HeapSystem, _ live: inout [[HeapBuffer]], _ random: inout SplitMix64
  ) {
    let heap = Int.random(in: 0..<3, using: &random)
    let lot = Self.lots[Int.random(in: 0..<Self.lots.count, using: &random)]
    let pages = Int.random(in: 1...200, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0...2:
      let bytes = UInt64.random(in: 1...(160 * 4096), using: &random)
      if case .success(let buffer) = system.allocate(bytes, fromHeapAt: heap).outcome {
        live[heap].append(buffer)
      }
    case 3 where !live[heap].isEmpty:
      let place = Int.random(in: 0..<live[heap].count, using: &random)
      system.release(live[heap].remove(at: place), toHeapAt: heap)
    case 4 where !live[heap].isEmpty:
      let place = Int.random(in: 0..<live[heap].count, using: &random)
      let count = UInt64.random(in: 0...live[heap][place].pages.pages, using: &random)
      _ = system.release(first: count, of: &live[heap][place], toHeapAt: heap)
    case 5: _ = system.runWorkers()
    case 6: system.withMachine { _ = $0.lend(pages, for: lot) }
    default:
      var generator = random
      system.withMachine { $0.giveBack(pages, of: lot, random: &generator) }
      random = generator
    }
  }
}
