import Testing

@testable import HeapModel

/// Upstream: a stream of short pins, and an area that is asked for in 32 parts; with the half-free rule and without.
@Suite struct HalfFreeTests {
  static let rates = [0, 20, 80, 320, 1280]

  /// The refused ones of 32 parts, in seven runs.
  static func refused(_ policy: LendingPolicyKind, rate: Int) throws -> Int {
    var refused = 0
    for seed in 1...UInt64(7) {
      var board = try LoadedBoard(
        memoryMiB: 256, areaMiB: 64, policy: policy, cpus: 0,
        holders: [
          KernelMemory(.pages(6000)),
          ShortPins(
            buffer: .pages(38_000), requestsPerSecond: Double(rate), pagesPerRequest: 1,
            hold: SimulationTime(microseconds: 50_000)),
        ], seed: seed)
      board.run(steps: 1)
      for _ in 0..<32 where board.allocate(512, alignOrder: 8).answer.callerError != nil { refused += 1 }
    }
    return refused
  }

  @Test func refusalsRiseWithTheRateOfPins() throws {
    let without = try Self.rates.map { try Self.refused(.fallbackOnly, rate: $0) }
    let with = try Self.rates.map { try Self.refused(.halfFree, rate: $0) }
    #expect(with == with.sorted() && Set(with).count == with.count)
    #expect(without == without.sorted())
    #expect(zip(with, without).allSatisfy { $0 >= $1 } && with[4] > without[4])
    var table =
      "| pins a second, 50 ms each | refused with `half-free` | with `fallback-only` |\n|---|---|---|\n"
    for (place, rate) in Self.rates.enumerated() {
      table += "| \(rate) | \(with[place]) of 224 | \(without[place]) of 224 |\n"
    }
    expectFigures(table, named: "pins")
  }
}
