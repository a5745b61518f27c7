import Testing

@testable import HeapModel

/// The published comparison of guaranteed with plain contiguous memory: 800 MiB with an area of 256 MiB,
/// `make -j16` beside, 32 requests of each size.
@Suite struct GuaranteedTests {
  private struct Latency {
    var least = Double.infinity
    var most = 0.0
    var sum = 0.0
    var count = 0
    var refused = 0
    var mean: Double { sum / Double(max(count, 1)) }
    var spread: Double { most / least }
    var text: String { "\(rounded(least)), \(rounded(most)), \(rounded(mean))" }
    mutating func add(_ value: Double) {
      least = min(least, value)
      most = max(most, value)
      sum += value
      count += 1
    }
  }

  static let sizes: [UInt64] = [1, 512, 1024, 4096, 16_384, 32_000]

  /// The load is light for the first two sizes, so that the area has room, and heavy from the third on.
  private static func latencies(_ policy: LendingPolicyKind) throws -> [Latency] {
    var cost = CostModel(microsecondsPerUnit: 24.6)
    cost[.waitForWriteback] = 20_000 / cost.microsecondsPerUnit
    var board = try LoadedBoard(
      memoryMiB: 800, areaMiB: 256, policy: policy, cpus: 0,
      holders: [
        KernelMemory(.pages(20_000)), AnonymousMemory(.pages(50_000)),
        BuildFiles(most: 80_000, readPerSecond: 10_000),
        DirtyFiles(.pages(500), arrivalPerSecond: 100, writebackTime: SimulationTime(microseconds: 100_000)),
        BuildLoad(jobs: 16, pages: 1000...3000, seconds: 2...8),
      ], seed: 1)
    board.run(steps: 40)
    return sizes.enumerated().map { place, size in
      if place == 2 {
        board.add(AnonymousMemory(.pages(10_000), name: "linker"))
        board.add(PageCache(.share(1), arrivalPerSecond: 2000, name: "libraries"))
        board.add(
          DirtyFiles(
            .pages(4000), arrivalPerSecond: 8000, writebackTime: SimulationTime(microseconds: 500_000),
            name: "objects"))
      }
      var latency = Latency()
      for number in 0..<32 {
        board.run(steps: number % 6)
        let order = min(8, MemoryGeometry.order(holdingPages: size))
        let (answer, work) = board.allocate(size, alignOrder: order)
        if case .success(let range) = answer.outcome { board.release(range) } else { latency.refused += 1 }
        latency.add(cost.units(work) * cost.microsecondsPerUnit)
      }
      return latency
    }
  }

  @Test func latenciesHaveThePublishedShape() throws {
    let plain = try Self.latencies(.halfFree)
    let guaranteed = try Self.latencies(.guaranteed)
    let ratios = zip(plain, guaranteed).map { $0.mean / $1.mean }
    #expect((plain + guaranteed).allSatisfy { $0.refused == 0 })
    #expect(ratios[0] > 10 && ratios[1] < 1 && ratios[3...].allSatisfy { $0 > 10 }, "\(ratios)")
    #expect(zip(plain, guaranteed).dropFirst(3).allSatisfy { $0.least < $1.least })
    #expect(plain[0].spread < 10 && plain[3...].allSatisfy { $0.spread > 100 })
    #expect(guaranteed[5].spread < guaranteed[1].spread && guaranteed.allSatisfy { $0.spread < 10 })
    // From 16384 pages on the tail is bounded by what the area holds.
    #expect(plain[5].mean < plain[4].mean * 1.5)
    var table =
      "| pages | plain: least, most, average | guaranteed: least, most, average | ratio of averages |\n"
    table += "|---|---|---|---|\n"
    for (place, size) in Self.sizes.enumerated() {
      table +=
        "| \(size) | \(plain[place].text) | \(guaranteed[place].text) | \(rounded(ratios[place], 2)) |\n"
    }
    expectFigures(table, named: "latencies")
  }
}
