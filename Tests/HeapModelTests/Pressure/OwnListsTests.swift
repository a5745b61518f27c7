import Testing

@testable import HeapModel

/// Android: page faults of processes take pages of areas, files and shared memory do not, and CPUs keep free pages on
/// one list for both, or on two.
@Suite struct OwnListsTests {
  static let policies = [LendingPolicyKind.anonymousFirst, .ownLists, .ownHugeLists]

  /// Processes and files take and free pages by turns, with room enough in the area: the pages of processes that came
  /// off the list of movable pages all the same, and the pages of files that came from the area.
  static func smallPages(_ policy: LendingPolicyKind) throws -> (drained: Int, strayed: Int) {
    var board = try LoadedBoard(
      memoryMiB: 64, areaMiB: 24, policy: policy, cpus: 4, holders: [], seed: 1)
    let file = PageLot(.cleanFile, holder: "files")
    let process = PageLot(.anonymous, holder: "processes", isMapped: true)
    _ = board.machine.lend(2000, for: file)
    _ = board.machine.lend(2000, for: process)
    var random = SplitMix64(seed: 1)
    for _ in 0..<20 {
      board.machine.giveBack(100, of: file, random: &random)
      _ = board.machine.lend(100, for: process)
      board.machine.giveBack(100, of: process, random: &random)
      _ = board.machine.lend(100, for: file)
    }
    let census = board.machine.pages.census(of: board.machine[board.area].pages)
    let inArea = { (lot: PageLot) in census.first { $0.lot == lot }.map { Int($0.pages) } ?? 0 }
    return (board.machine.count(of: process) - inArea(process), inArea(file))
  }

  /// Processes and shared memory take and free huge pages by turns.
  static func hugePages(_ policy: LendingPolicyKind) throws -> HugePageLists.Use {
    var board = try LoadedBoard(memoryMiB: 256, areaMiB: 64, policy: policy, cpus: 8, holders: [], seed: 1)
    let shared = PageLot(.sharedMemory, holder: "shared memory", isMapped: true, isHuge: true)
    let process = PageLot(.anonymous, holder: "processes", isMapped: true, isHuge: true)
    _ = board.machine.lendHuge(24, for: shared)
    _ = board.machine.lendHuge(24, for: process)
    var random = SplitMix64(seed: 1)
    for _ in 0..<100 {
      board.machine.giveBackHuge(2, of: process, random: &random)
      _ = board.machine.lendHuge(2, for: shared)
      board.machine.giveBackHuge(2, of: shared, random: &random)
      _ = board.machine.lendHuge(2, for: process)
    }
    return board.machine.zone.huge.use
  }

  /// With one list processes empty it of the pages that others need, and others get pages of the area; then requests
  /// for huge pages of the area find none. A list for each ends that.
  @Test func eachKindNeedsItsOwnList() throws {
    var table = "| policy | movable pages that processes took | pages of the area that files got "
    table +=
      "| huge pages of the area that shared memory got | requests for those that were refused |\n"
    table += "|---|---|---|---|---|\n"
    var uses: [HugePageLists.Use] = []
    var small: [(drained: Int, strayed: Int)] = []
    for policy in Self.policies {
      let pages = try Self.smallPages(policy)
      let use = try Self.hugePages(policy)
      small.append(pages)
      uses.append(use)
      table += "| `\(policy.rawValue)` | \(pages.drained) | \(pages.strayed) | \(use.areaStrayed) "
      table += "| \(use.areaRefused) of \(use.areaRefused + use.areaServed) |\n"
    }
    #expect(small[0].drained > 50 && small[0].strayed > 50)
    #expect(small[1] == (0, 0) && small[2] == (0, 0))
    #expect(uses[0].areaRefused > 50 && uses[1].areaRefused > 50 && uses[1].areaStrayed > 50)
    #expect(uses[2].areaRefused == 0 && uses[2].areaStrayed == 0)
    expectFigures(table, named: "lists")
  }

  /// A holder with huge pages takes whole ones while there are any, and small ones then.
  @Test func smallPagesStandInForHugeOnes() throws {
    let processes = AnonymousMemory(.pages(60_000), exitPerSecond: 51_200, isHuge: true)
    var board = try LoadedBoard(
      memoryMiB: 256, areaMiB: 64, policy: .ownHugeLists,
      holders: [KernelMemory(.pages(10_000)), processes], seed: 1)
    let huge = PageLot(.anonymous, holder: "processes", isMapped: true, isHuge: true)
    let small = PageLot(.anonymous, holder: "processes", isMapped: true)
    let before = board.machine.count(of: huge)
    #expect(before > 40_000 && before % 512 == 0 && board.machine.count(of: small) > 0)
    board.run(steps: 1)
    #expect(board.machine.count(of: huge) == before - 5120)
    #expect(ZoneChecker.violations(of: board.machine).isEmpty)
  }
}
