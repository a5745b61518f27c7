import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering
import TestSupport
import Testing

/// The cases in `Cases/`: a source whose markers say what is found, and the text that a person sees.
@Suite struct RulesCaseTests {
  private static let cases = CaseFile.all()

  @Test func thereAreCases() { #expect(Self.cases.count > 20) }

  @Test(arguments: RuleRegistry.lintRules.map { $0.rule.id.code }) func everyRuleHasCases(code: String) {
    let own = Self.cases.filter { $0.path.hasSuffix("/\(code).md") }
    let sources = own.compactMap { $0.text("dts") }
    #expect(
      sources.contains { $0.contains("[\(code)]") }, "there is no Cases/\(code).md that shows the fault")
  }

  @Test(arguments: cases) func findingsAreAsMarked(example: CaseFile.Case) throws {
    let block = try #require(example.blocks.first { $0.language == "dts" })
    let report = try lint(block.text, profile: Self.profile(block.argument))
    MarkedSource(block.text).expect(report.diagnostics, in: report.sources)
    guard example.text("snapshot") != nil || isRecording && block.argument.contains("shown") else { return }
    example.expectBlock(
      equals: TextRenderer(sources: report.sources, file: "board.dts").render(report.findings))
  }

  /// What stands behind `dts` on the fence: the kernel, or `structure` for none.
  private static func profile(_ argument: String) -> KernelProfile? {
    let words = argument.split(separator: " ")
    if words.contains("structure") { return nil }
    if words.contains("arm") { return .linux61Arm }
    return words.contains("6.1") ? .linux61Arm64 : .linux612Arm64
  }
}
