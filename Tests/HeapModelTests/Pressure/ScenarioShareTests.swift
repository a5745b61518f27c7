import Testing

@testable import HeapModel

/// Which pages of a growing process an area gives under the upstream rule, for three sizes and three beginnings.
///
/// Measured on Linux 6.1: none while at most half of what is free is the area's, and one half afterwards (487,517 of
/// 974,080 pages), while the area's free pages stay within 51 of half of all.
@Suite struct ScenarioShareTests {
  /// What was there before the process began.
  enum Before: CaseIterable { case nothing, halfOfTheArea, kernelPages }

  private static let cases = [64, 256, 512].flatMap { area in Before.allCases.map { (UInt64(area), $0) } }

  @Test(arguments: cases) func lendsHalfBeyondHalf(areaMiB: UInt64, before: Before) throws {
    let pipes = KernelMemory(.pages(before == .kernelPages ? 768 * 256 : 0), name: "pipes")
    var lab = try PressureLab(areaMiB: areaMiB, holders: [KernelMemory(.pages(14_300)), pipes])
    lab.lend()
    var machine = lab.system.machine
    if before == .halfOfTheArea {
      _ = machine.allocateRange(
        areaMiB * 128, alignOrder: 8, mode: .normal, in: try #require(machine.area(named: "area")))
    }
    var (lent, given) = (0, 0)
    while true {
      let (free, area) = (machine.freePages, machine.freePages - machine.freePagesOutsideAreas)
      let count = machine.lend(256, for: PageLot(.anonymous, holder: "process", isMapped: true)).reduce(0) {
        $0 + $1.count
      }
      guard count == 256 else { break }
      let share = area - (machine.freePages - machine.freePagesOutsideAreas)
      if area * 2 <= free - 256 { #expect(share == 0, "\(free) \(area)") }
      guard area * 2 >= free else { continue }
      // What is lent follows from what is free: as much inside as outside.
      #expect(abs(area - free / 2) < 80, "\(free) \(area)")
      lent += share
      given += count
    }
    #expect(given > 10_000)
    #expect(abs(Double(lent) / Double(given) - 0.5) < 0.01, "\(lent) of \(given)")
  }
}
