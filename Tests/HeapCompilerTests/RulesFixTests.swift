import DTParse
import Diagnostics
import Foundation
import HeapCompiler
import HeapModel
import TestSupport
import Testing

/// The cures that rules offer.
@Suite struct RulesFixTests {
  /// The rules whose bad example has one right answer.
  private static let curable = [
    "DTH201", "DTH203", "DTH212", "DTH214", "DTH218", "DTH220", "DTH230", "DTH232", "DTH236", "DTH253",
    "DTH256", "DTH257",
  ]

  /// A source after the cures of its findings, and how many were applied.
  private func fixed(_ source: String, _ report: LintReport) -> (text: String, count: Int) {
    var selection = FixSelection()
    for finding in report.diagnostics { selection.add(finding, in: report.sources) { $0 } }
    let text = selection.files.first.map { String(decoding: $0.after, as: UTF8.self) } ?? source
    return (text, selection.takenCount)
  }

  @Test(arguments: curable) func badExamplesAreCured(code: String) throws {
    let bad = try #require(RuleRegistry.rule(code)).badExample
    let report = try lint(bad)
    #expect(report.diagnostics.allSatisfy { $0.fixes.count == 1 })
    let once = fixed(bad, report)
    let after = try lint(once.text)
    #expect(
      once.count > 0 && after.diagnostics.isEmpty, "\(after.diagnostics.map(\.message)) in \(once.text)")
    #expect(fixed(once.text, after).text == once.text, "a second time changes nothing")
  }

  @Test func noOtherRuleHasACure() throws {
    for rule in RuleRegistry.lintRules.map({ $0.rule }) where !Self.curable.contains(rule.id.code) {
      #expect(try lint(rule.badExample).diagnostics.allSatisfy(\.fixes.isEmpty), "\(rule.id.code)")
    }
  }

  /// Sources of many kinds: a cure takes away findings and never brings an error.
  @Test(arguments: CaseFile.all()) func curesDoNoHarm(example: CaseFile.Case) throws {
    let source = try #require(example.text("dts"))
    let before = try lint(source)
    let (text, count) = fixed(source, before)
    guard count > 0 else { return }
    let after = try lint(text)
    let errors = after.diagnostics.filter { $0.severity == .error }
    #expect(errors.count <= before.findings.counts.errors, "\(errors.map(\.message)) in \(text)")
    #expect(after.findings.count < before.findings.count, "\(after.diagnostics.map(\.message)) in \(text)")
    #expect(!errors.contains { $0.rule.code < "DTH100" })
  }

  @Test func statementsGoWithTheirLines() throws {
    let bad = try #require(RuleRegistry.rule("DTH232")).badExample
    let text = fixed(bad, try lint(bad)).text
    #expect(
      !text.contains("\n\n\t\t}") && text.components(separatedBy: "linux,cma-default;").count == 2, "\(text)")
  }

  @Test func theDefaultThatTheKernelTakesStays() throws {
    let pool = "compatible = \"shared-dma-pool\"; reusable; linux,cma-default;"
    let source = """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>;
        memory { device_type = "memory"; reg = <0x40000000 0x40000000>; };
        reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
          a@50000000 { \(pool) reg = <0x50000000 0x400000>; };
          b@51000000 { \(pool) reg = <0x51000000 0x400000>; };
          c@52000000 { \(pool) reg = <0x52000000 0x400000>; };
        };
      };
      """
    func winner(_ source: String) throws -> String? {
      let tree = try #require(try DevicetreeLoader.load(bytes: Array(source.utf8), path: "-").tree)
      let context = LintContext(tree, profile: .linux61Arm64)
      return context.map?.pools.last { $0.name.hasSuffix("000000") }?.name
    }
    let report = try lint(source, profile: .linux61Arm64)
    #expect(report.codes == ["DTH232"])
    let (text, count) = fixed(source, report)
    let after = try lint(text, profile: .linux61Arm64)
    #expect(count == 2 && after.diagnostics.isEmpty, "\(text)")
    let kept = try #require(try winner(source))
    #expect(text.contains("\(kept) { \(pool)"), "\(kept) in \(text)")
  }

  @Test func cellsThatAreMissingAreAdded() throws {
    let source = """
      /dts-v1/;
      / {
      \t#address-cells = <2>;
      \t#size-cells = <2>;
      \tmemory { device_type = "memory"; reg = <0x0 0x40000000 0x0 0x40000000>; };
      \treserved-memory {
      \t\tpool {
      \t\t\tcompatible = "shared-dma-pool";
      \t\t\treusable;
      \t\t\tsize = "4GiB";
      \t\t};
      \t};
      };
      """
    let text = fixed(source, try lint(source)).text
    let added =
      "reserved-memory {\n\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n\t\tranges;\n\t\tpool {"
    #expect(text.contains(added) && text.contains("size = <0x1 0x0>;"), "\(text)")
  }

  @Test func whatIsNoPlainTextIsLeft() throws {
    let regions = [
      "p { compatible = \"shared-dma-pool\"; reusable; size = \"64M\", \"x\"; };",
      "p { compatible = \"shared-dma-pool\"; reusable; size = <0 (64 << 20)>; };",
      "p { reg = \"64M\"; };",
      "p { compatible = \"shared-dma-pool\"; reusable; no_map; size = <0x400000>; };",
    ]
    for region in regions {
      let source = """
        /dts-v1/;
        / { #address-cells = <1>; #size-cells = <1>;
          reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; \(region) };
        };
        """
      let report = try lint(source)
      #expect(!report.diagnostics.isEmpty && report.diagnostics.allSatisfy(\.fixes.isEmpty), "\(region)")
    }
  }
}
