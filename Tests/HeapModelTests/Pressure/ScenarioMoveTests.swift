import TestSupport
import Testing

@testable import HeapModel

/// How often a lent page is copied before a request has an end: with pins the emptied blocks are where the next block's
/// pages go.
@Suite struct ScenarioMoveTests {
  /// Also writes a table of `Documentation/pressure.md`.
  @Test func movesPagesAsOftenAsTheKernel() throws {
    let scenarios = try Scenario.all().filter { $0.measured.areaMiB == 256 }
    let requests: [PressureLab.Request] = [.whole, .nineOf20, .failfast, .halving, .bulk]
    var table = "| scenario |"
    for request in requests { table += " \(request.rawValue): kernel | model |" }
    table += "\n|---" + String(repeating: "|---|---", count: requests.count) + "|\n"
    for fields in try MeasuredTable.rows("moves") {
      guard let scenario = scenarios.first(where: { $0.measured.name == fields[0] }) else { continue }
      var lab = try PressureLab(holders: scenario.holders)
      table += "| \(fields[0]) |"
      for (request, field) in zip(requests, fields[1...]) {
        lab.lend()
        let lent = lab.census.filter { $0.lot.pageClass != .cleanFile }.reduce(0) { $0 + $1.pages }
        let outcome = lab.run(request)
        let model = Double(outcome.work.pagesMigrated) / Double(lent)
        let kernel = field.split(separator: " ").first.flatMap { Double($0) } ?? 0
        table += " \(kernel) | \((model * 100).rounded() / 100) |"
        if request == .whole { #expect(abs(model - kernel) < 0.1, "\(fields[0])") }
        // A page is copied again and again where it was so in the kernel, and only there.
        if kernel > 5 {
          #expect(model > kernel / 4 && model < kernel * 4, "\(fields[0]) \(request): \(model)")
        }
        if kernel < 1.05 { #expect(model < 2, "\(fields[0]) \(request): \(model)") }
      }
      table += "\n"
    }
    expectSnapshot(table, named: "moves", type: "md")
  }
}
