import Testing

@testable import HeapModel

/// A kernel build on 1024 MiB of which 512 MiB are an area: what is swapped out, and what the area gives back.
@Suite struct AreaZoneTests {
  struct Outcome {
    let swapped: UInt64
    /// Of ranges of 8 MiB that the whole area is asked for in.
    let given: Int
    let busy: PageClass?
  }

  static func build(_ policy: LendingPolicyKind, areaMiB: UInt64) throws -> Outcome {
    var board = try LoadedBoard(
      memoryMiB: 1024, areaMiB: areaMiB, policy: policy, swapPages: 1 << 20, cpus: 0,
      holders: [
        KernelMemory(.pages(20_000), arrivalPerSecond: 20),
        PageCache(.pages(15_000), arrivalPerSecond: 3000, name: "sources"),
        DirtyFiles(.pages(1000), arrivalPerSecond: 500, writebackTime: SimulationTime(microseconds: 50_000)),
        FileSystemMetadata(.pages(400), journalledPart: 0.3), AnonymousMemory(.pages(10_000)),
        BuildLoad(jobs: 16, pages: 6000...18_000),
      ], seed: 1)
    board.run(steps: 40)
    let swapped = board.machine.background[.swapOut]
    var given = 0
    var busy: PageClass?
    for _ in 0..<areaMiB / 8 {
      switch board.allocate(2048).answer.outcome {
      case .success: given += 1
      case .failure(let refusal): busy = refusal.lastBusy?.lot?.pageClass
      }
    }
    return Outcome(swapped: swapped, given: given, busy: busy)
  }

  /// The reclaimer of the old kernel swaps while the area stands empty; a zone of its own is used like any memory,
  /// and has nothing in it that stays.
  @Test func swapFallsByOrdersOfMagnitude() throws {
    let cases: [(String, LendingPolicyKind, UInt64)] = [
      ("no area", .halfFree, 0), ("`fallback-only`", .fallbackOnly, 512), ("`half-free`", .halfFree, 512),
      ("`zone-cma`", .areaZone, 512),
    ]
    let outcomes = try cases.map { try Self.build($0.1, areaMiB: $0.2) }
    let (none, fallback, half, zone) = (outcomes[0], outcomes[1], outcomes[2], outcomes[3])
    #expect(fallback.swapped > 20_000)
    #expect(zone.swapped * 100 < fallback.swapped && none.swapped * 100 < fallback.swapped)
    #expect(half.swapped < fallback.swapped)
    #expect(zone.given == 64 && half.given < 64)
    #expect(half.busy == .metadata)
    var table = "| 1024 MiB, `make -j16` | swapped out | ranges of 8 MiB given |\n|---|---|---|\n"
    for (name, outcome) in zip(cases.map(\.0), outcomes) {
      table += "| \(name) | \(outcome.swapped) | \(name == "no area" ? "" : "\(outcome.given) of 64") |\n"
    }
    expectFigures(table, named: "build")
  }

  /// Each zone keeps its own reserve, and the reclaimer takes nothing from areas for those who cannot use them.
  @Test func zonesHaveTheirOwnWatermarks() throws {
    var board = try LoadedBoard(
      memoryMiB: 256, areaMiB: 128, policy: .areaZone, cpus: 0, holders: [PageCache(.share(1))], seed: 1)
    let reserve = Watermarks(pages: 65_536, pageSizeBytes: 4096)
    let inArea = board.machine.freePages - board.machine.freePagesOutsideAreas
    #expect(inArea >= reserve.min / 2 && inArea < reserve.high)
    #expect(board.machine.freePagesOutsideAreas >= reserve.min / 2)
    board.add(KernelMemory(.pages(20_000)))
    #expect(board.machine.freePages - board.machine.freePagesOutsideAreas == inArea)
    #expect(board.machine.background[.reclaimPage] >= 18_000)
  }
}
