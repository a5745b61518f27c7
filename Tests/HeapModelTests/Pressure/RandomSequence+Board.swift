@testable import HeapModel

extension RandomSequence {
  /// A small board: one to three areas, one to three heaps on them, in memory or alone.
  static func board(_ kind: HeapKind, random: inout SplitMix64) -> HeapSystemConfiguration {
    let blockOrder = Int.random(in: 2...5, using: &random)
    let maxOrder = Int.random(in: blockOrder + 1...8, using: &random)
    guard let geometry = MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: blockOrder, maxOrder: maxOrder)
    else { preconditionFailure("geometry") }
    let isIdle = Int.random(in: 0..<6, using: &random) == 0
    let areas = areas(geometry, isIdle: isIdle, random: &random)
    let memory = isIdle ? nil : memory(random: &random)
    let count = Int.random(in: 1...3, using: &random)
    let heaps = (0..<count).map { place in
      HeapConfiguration(
        name: "heap\(place)", area: areas[Int.random(in: 0..<areas.count, using: &random)].name,
        kind: place == 0 ? kind : other(than: kind, random: &random))
    }
    return HeapSystemConfiguration(
      machine: MachineConfiguration(geometry: geometry, areas: areas, memory: memory), heaps: heaps)
  }

  /// Areas of whole pageblocks, as a kernel has them; on an idle machine at any page, and sometimes on each other.
  private static func areas(
    _ geometry: MemoryGeometry, isIdle: Bool, random: inout SplitMix64
  ) -> [AreaConfiguration] {
    let block = isIdle ? UInt64.random(in: 1...40, using: &random) : geometry.pageblockPages
    let base = isIdle ? UInt64.random(in: 0...600, using: &random) : 512
    let overlaps = isIdle && Int.random(in: 0..<4, using: &random) == 0
    var areas: [AreaConfiguration] = []
    var next = base
    for place in 0..<Int.random(in: 1...3, using: &random) {
      let pages = UInt64.random(in: 1...(block < 16 ? 12 : 6), using: &random) * block
      let first = next + UInt64.random(in: 0...3, using: &random) * block
      areas.append(AreaConfiguration(name: "area\(place)", base: PageFrame(first), pages: pages))
      next = overlaps ? first + pages / 2 : first + pages
    }
    return areas
  }

  /// Memory round the areas, behind a hole or not, which the first area may stick out of.
  private static func memory(random: inout SplitMix64) -> MemoryConfiguration {
    let first = 384 + UInt64.random(in: 0...4, using: &random) * 32
    var ranges = [PageRange(first..<first + UInt64.random(in: 100...900, using: &random))]
    if Bool.random(using: &random) {
      let second = 1300 + UInt64.random(in: 0...300, using: &random)
      ranges.append(PageRange(second..<second + UInt64.random(in: 1...400, using: &random)))
    }
    return MemoryConfiguration(
      ranges: ranges, cpus: Int.random(in: 0...2, using: &random),
      policy: LendingPolicyKind.allCases.randomElement(using: &random) ?? .halfFree,
      swapPages: Bool.random(using: &random) ? 200 : 0)
  }

  private static func other(than kind: HeapKind, random: inout SplitMix64) -> HeapKind {
    let order = Int.random(in: 0...3, using: &random)
    switch kind.alternatives(chunkOrder: order).randomElement(using: &random) ?? kind {
    case .repeated(_, let alignOrderMax):
      return .repeated(
        blockBytes: UInt64.random(in: 1...12, using: &random) * 4096, alignOrderMax: alignOrderMax)
    case let other: return other
    }
  }

  /// Those who come and go by themselves in the order in which steps start them.
  static func holders() -> [any Holder] {
    [
      LongPins(pinned: 3, buffer: .pages(20), place: .area, arrivalPerSecond: 2),
      ShortPins(
        buffer: .share(0.1), requestsPerSecond: 40, pagesPerRequest: 3,
        hold: SimulationTime(microseconds: 60_000)),
      DirtyFiles(
        .pages(40), arrivalPerSecond: 60, writebackTime: SimulationTime(microseconds: 50_000)),
      FileSystemMetadata(.pages(30), journalledPart: 0.3),
      PageCache(.share(0.5), arrivalPerSecond: 30, exitPerSecond: 40),
      AnonymousMemory(.pages(50), arrivalPerSecond: 20, exitPerSecond: 30),
      LongPins(pinned: 5, place: .outside, isFile: true),
      KernelMemory(.pages(10), arrivalPerSecond: 3),
    ]
  }
}
