import Diagnostics
import HeapModel
import Testing

@testable import HeapCompiler

/// The examples of every rule about plans and traces do what they are there for.
@Suite struct PlanRulesTests {
  static let textual = PlanRules.all.filter { !$0.badExample.isEmpty }

  @Test func registersEveryRuleOnce() {
    let codes = PlanRules.all.map(\.id.code)
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == codes.count)
    #expect(Set(PlanRules.all.map(\.id.name)).count == codes.count)
    #expect(codes.allSatisfy { $0.hasPrefix("DTH3") })
  }

  /// The codes that an example yields: as a trace, or as a plan on the board that the rules' examples are for.
  private func codes(_ rule: Rule, _ example: String) throws -> [String] {
    if Rule.ftraceRules.contains(where: { $0.id == rule.id }) {
      return FtraceFile.read(bytes: Array(example.utf8), name: "trace.txt").diagnostics.map(\.rule.code)
    }
    if Rule.traceRules.contains(where: { $0.id == rule.id }) {
      let reading = TraceFile.read(bytes: Array(example.utf8), name: "trace.json")
      guard let file = reading.trace else { return reading.diagnostics.map(\.rule.code) }
      do {
        _ = try TraceReplay.run(file.trace)
      } catch {
        return [file.finding(error).rule.code]
      }
      return reading.diagnostics.map(\.rule.code)
    }
    let reading = PlanFile.read(bytes: Array(example.utf8), name: "plan.yaml")
    guard let plan = reading.plan else { return reading.diagnostics.map(\.rule.code) }
    var reserved =
      "frames-heap { compatible = \"linux,dma-heap-chunk\"; reg = <0x60000000 0x4000000>; };"
      + "firmware { compatible = \"shared-dma-pool\"; reusable; reg = <0x70000000 0x400000>; };"
    // The one rule for which a board without a heap is the fault.
    if rule.id == Rule.missingHeap.id, example == rule.badExample {
      reserved += "other-heap { compatible = \"linux,dma-heap-chunk\"; reg = <0x68000000 0x4000000>; };"
    }
    return try PlanCompilerTests.board(reserved: reserved).compile(plan).diagnostics.map(\.rule.code)
  }

  @Test(arguments: textual.map(\.id.code)) func badExampleYieldsItsCodeAlone(_ code: String) throws {
    let rule = try #require(PlanRules.all.first { $0.id.code == code })
    #expect(try codes(rule, rule.badExample) == [code])
  }

  @Test(arguments: textual.map(\.id.code)) func goodExampleYieldsNothing(_ code: String) throws {
    let rule = try #require(PlanRules.all.first { $0.id.code == code })
    #expect(try codes(rule, rule.goodExample) == [])
  }
}
