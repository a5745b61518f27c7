import TestSupport
import Testing

@testable import HeapModel

/// What a real Linux 6.1 did when the pages of an area of 256 MiB had been lent out, and what the model does.
@Suite struct ScenarioTests {
  /// Also writes the table of `Documentation/pressure.md`.
  @Test func doesWhatTheKernelDid() throws {
    var table = "| scenario | request | kernel | model |\n|---|---|---|---|\n"
    for scenario in Scenario.all {
      let outcomes = try Self.run(scenario)
      for (request, outcome) in zip(PressureLab.Request.allCases, outcomes) {
        guard let expected = Self.successes(request, in: scenario) else { continue }
        #expect(
          outcome.successes == expected, "\(scenario.name), \(request.rawValue): \(outcome.text)")
        var kernel = "\(expected)/\(outcome.tries)"
        if request == .whole, scenario.whole.migrated >= 0 {
          kernel += "; m\(scenario.whole.migrated) d\(scenario.whole.dropped)"
        }
        table += "| \(scenario.name) | \(request.rawValue) | \(kernel) | \(outcome.text) |\n"
      }
      let whole = try #require(outcomes.first)
      if scenario.whole.migrated >= 0 {
        #expect(
          Self.isNear(whole.work.pagesMigrated, scenario.whole.migrated), "\(scenario.name): \(whole.text)")
        #expect(
          Self.isNear(whole.work.pagesDropped, scenario.whole.dropped), "\(scenario.name): \(whole.text)")
      }
      #expect(whole.lastBusy?.lot?.pageClass == scenario.busy?.0, "\(scenario.name)")
      #expect(whole.lastBusy?.lot?.reference == scenario.busy?.1, "\(scenario.name)")
    }
    expectSnapshot(table, named: "table", type: "md")
  }

  private static func run(_ scenario: Scenario) throws -> [PressureLab.Outcome] {
    var lab = try PressureLab(swapPages: scenario.swapPages, holders: scenario.holders)
    return PressureLab.Request.allCases.map { request in
      lab.lend()
      return lab.run(request)
    }
  }

  private static func successes(_ request: PressureLab.Request, in scenario: Scenario) -> Int? {
    switch request {
    case .whole: scenario.whole.succeeds ? 1 : 0
    case .nineOf20: scenario.nine
    case .failfast: scenario.chunks.map { $0.0 ? 1 : 0 }
    case .halving: scenario.chunks.map { $0.1 ? 1 : 0 }
    case .bulk: scenario.chunks.map { $0.2 ? 1 : 0 }
    }
  }

  /// Within a quarter, or within 300 pages where there are few.
  private static func isNear(_ model: UInt64, _ kernel: Int) -> Bool {
    abs(Double(model) - Double(kernel)) <= max(300, Double(kernel) / 4)
  }
}
