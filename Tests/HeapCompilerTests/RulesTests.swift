import BindingSchema
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import TestSupport
import Testing

/// Lints a source with the bindings that ship, for Linux 6.12 on arm64 unless told otherwise.
func lint(
  _ source: String, profile: KernelProfile? = .linux612Arm64,
  overrides: BoardCompiler.Overrides = BoardCompiler.Overrides(), symbols: Bool = false
) throws -> LintReport {
  var options = Linter.Options(profile: profile)
  options.overrides = overrides
  var loading = LoadOptions()
  loading.generatesSymbols = symbols
  return Linter.lint(
    try DevicetreeLoader.load(bytes: Array(source.utf8), path: "-", loading), options,
    bindings: BindingValidator(BindingStore.shipped().compiled))
}

extension LintReport {
  /// The findings in order.
  var diagnostics: [Diagnostic] { findings.sorted }

  /// The codes of the findings, in order, each once.
  var codes: [String] {
    diagnostics.map(\.rule.code).reduce(into: []) { codes, code in
      if !codes.contains(code) { codes.append(code) }
    }
  }

  /// The findings of a rule.
  func findings(_ code: String) -> [Diagnostic] { diagnostics.filter { $0.rule.code == code } }
}

@Suite struct RuleRegistryTests {
  @Test func codesAndNamesAreUniqueAndOrdered() {
    let codes = RuleRegistry.all.map(\.id.code)
    #expect(codes == Array(Set(codes)).sorted())
    #expect(Set(RuleRegistry.all.map(\.id.name)).count == codes.count)
  }

  @Test(arguments: RuleRegistry.all.map(\.id.code))
  func everyRuleIsDocumented(code: String) throws {
    let rule = try #require(RuleRegistry.rule(code))
    #expect(rule.id.code.utf8.count == 6)
    #expect(rule.id.name.utf8.allSatisfy { (0x61...0x7a).contains($0) || $0 == 0x2d })
    #expect(!rule.summary.isEmpty && !rule.summary.hasSuffix("."))
    #expect(rule.rationale.hasSuffix("."))
    #expect(!rule.references.isEmpty)
    #expect(RuleRegistry.rule(rule.id.name)?.id == rule.id)
  }

  @Test func prerequisitesAreRegistered() {
    let codes = Set(RuleRegistry.all.map(\.id.code))
    for rule in RuleRegistry.lintRules {
      for prerequisite in rule.requires {
        #expect(codes.contains(prerequisite.code) && prerequisite.code != rule.rule.id.code)
      }
    }
  }

  @Test(arguments: RuleRegistry.treeRules.filter { !$0.badExample.isEmpty }.map(\.id.code))
  func theBadExampleHasThisFaultAlone(code: String) throws {
    let rule = try #require(RuleRegistry.rule(code))
    // Symbols are made on request alone.
    let report = try lint(rule.badExample, symbols: code == "DTH038")
    #expect(report.codes == [code], "\(report.diagnostics.map(\.message))")
    #expect(report.diagnostics.contains { $0.severity >= rule.severity })
  }

  @Test(arguments: RuleRegistry.treeRules.filter { !$0.goodExample.isEmpty }.map(\.id.code))
  func theGoodExampleIsClean(code: String) throws {
    let report = try lint(try #require(RuleRegistry.rule(code)).goodExample)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics.map(\.message))")
  }
}
