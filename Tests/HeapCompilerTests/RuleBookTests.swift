import Foundation
import HeapCompiler
import Rendering
import TestSupport
import Testing

/// `Documentation/Rules.md` is what the rules say of themselves.
@Suite struct RuleBookTests {
  private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Documentation/Rules.md")

  @Test func pageIsCurrent() throws {
    let recorded = try? String(contentsOf: Self.path, encoding: .utf8)
    guard recorded != RuleBook.markdown else { return }
    if isRecording {
      try Data(RuleBook.markdown.utf8).write(to: Self.path)
      Issue.record("recorded Documentation/Rules.md")
    } else {
      Issue.record("Documentation/Rules.md is not current; DTH_RECORD=1 writes it anew")
    }
  }

  @Test(arguments: RuleRegistry.all.map(\.id.code)) func everyRuleIsThere(code: String) throws {
    let rule = try #require(RuleRegistry.rule(code))
    #expect(RuleBook.markdown.contains("\n### \(code) \(rule.id.name)\n"))
    #expect(RuleBook.markdown.contains("(#\(code.lowercased())-\(rule.id.name))"))
  }
}
