import TestSupport
import Testing

@testable import HeapModel

/// The reclaimer on small boards.
@Suite struct ReclaimTests {
  /// Pages that a guaranteed area keeps are a second chance for what was dropped; dropping them makes no room.
  @Test(.endsInTime) func doesNotDropWhatAGuaranteedAreaKeeps() throws {
    var configuration = MachineConfiguration.small(base: 512, pages: 64)
    configuration.memory = MemoryConfiguration(ranges: [PageRange(0..<1024)], cpus: 0, policy: .guaranteed)
    var machine = try Machine(configuration)
    _ = machine.lend(400, for: PageLot(.cleanFile, holder: "cache"))
    _ = machine.lend(400, for: PageLot(.unmovable, holder: "kernel"))
    _ = machine.lend(400, for: PageLot(.anonymous, holder: "process"))
    let kept = machine.pages.census(of: machine.areas[0].pages)
    #expect(kept.map(\.pages) == [64])
    #expect(machine.count(of: PageLot(.cleanFile, holder: "cache")) < 400)
    #expect(ZoneChecker.violations(of: machine, owned: []).isEmpty)
  }
}
