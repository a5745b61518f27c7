import Testing

@testable import HeapModel

/// Kernels in which a flag says who may use areas: the page cache of files (`GFP_PAGE_CACHE`), or page faults of
/// processes (`GFP_CMA`). The same phone under each: an area of 256 MiB in 1024 MiB, in use all over.
@Suite struct FlaggedPagesTests {
  struct Outcome {
    var whole = 0
    var nine = 0
    /// What the refused requests for the whole area met.
    var busy: [String] = []
  }

  static func outcome(_ policy: LendingPolicyKind, processes: UInt64, seeds: Int) throws -> Outcome {
    var outcome = Outcome()
    for seed in 1...UInt64(seeds) {
      var board = try LoadedBoard(
        memoryMiB: 1024, areaMiB: 256, policy: policy, cpus: 0,
        holders: [
          KernelMemory(.pages(25_000)),
          AnonymousMemory(.pages(processes - 20_000)),
          ShortPins(
            buffer: .pages(20_000), requestsPerSecond: 10, pagesPerRequest: 8,
            hold: SimulationTime(microseconds: 5000)),
          ShortPins(
            buffer: .pages(10_000), requestsPerSecond: 20, pagesPerRequest: 1,
            hold: SimulationTime(microseconds: 10_000), isFile: true, name: "sent files"),
          PageCache(.share(0.6)), FileSystemMetadata(.pages(400), journalledPart: 0.3),
          PageCache(.share(0.95), name: "more files"),
          DirtyFiles(.pages(500), arrivalPerSecond: 500, writebackTime: SimulationTime(microseconds: 50_000)),
        ], seed: seed)
      board.run(steps: 2)
      var other = board
      switch board.allocate(65_536).answer.outcome {
      case .success: outcome.whole += 1
      case .failure(let refusal):
        let lot = refusal.lastBusy?.lot
        outcome.busy.append(lot.map { "\($0.pageClass.name) (\($0.holder))" } ?? "-")
      }
      let nine = (0..<9).allSatisfy { _ in other.allocate(5120).answer.callerError == nil }
      outcome.nine += nine ? 1 : 0
    }
    return outcome
  }

  /// Most requests succeed, those in parts more often than those for all; what few pages of files stay are held by
  /// someone, and pages of processes move while there is room.
  @Test func mostRequestsSucceed() throws {
    let loads: [(String, UInt64, Int)] = [
      ("room", 110_000, 12), ("processes fill it, no swap", 190_000, 3),
    ]
    var table =
      "| policy | load | whole 256 MiB | nine of 20 MiB | what refused the whole |\n|---|---|---|---|---|\n"
    var found: [LendingPolicyKind: [Outcome]] = [:]
    for policy in [LendingPolicyKind.halfFree, .pageCacheOnly, .anonymousFirst] {
      for (name, processes, seeds) in loads {
        let outcome = try Self.outcome(policy, processes: processes, seeds: seeds)
        found[policy, default: []].append(outcome)
        let busy = Set(outcome.busy).sorted().joined(separator: ", ")
        table += "| `\(policy.rawValue)` | \(name) | \(outcome.whole) of \(seeds) "
        table += "| \(outcome.nine) of \(seeds) | \(busy) |\n"
        #expect(outcome.nine >= outcome.whole)
      }
    }
    let cache = try #require(found[.pageCacheOnly]?.first)
    let processes = try #require(found[.anonymousFirst]?.first)
    #expect(cache.whole > 6 && cache.whole < 12 && cache.nine == 12)
    #expect(Set(cache.busy) == ["clean page cache (sent files)"])
    #expect(processes.whole > cache.whole && processes.nine == 12)
    #expect(found[.anonymousFirst]?.last?.nine == 0 && found[.pageCacheOnly]?.last?.nine == 3)
    expectFigures(table, named: "flags")
  }
}
