import Diagnostics
import Testing

@testable import TestSupport

/// The test vocabulary itself.
@Suite struct TestSupportTests {
  @Test func toolsSayHowTheyEnded() async throws {
    let result = try await runTool(
      "sh", ["-c", "cat; echo \"$WORD\" >&2; exit 3"], stdin: Array("in".utf8), environment: ["WORD": "out"])
    #expect(result.status == 3)
    #expect(result.text == "in")
    #expect(result.errorText == "out\n")
    #expect(try await runTool("sh", ["-c", "kill -9 $$"]).status == 137)
    #expect(
      try await runTool("sh", ["-c", "echo ${WORD-none}"], environment: ["WORD": nil]).text == "none\n")
    let scratch = try ScratchFolder()
    #expect(try await runTool("pwd", [], in: scratch.path).text == scratch.path + "\n")
  }

  @Test func muchOutputOnBothSidesDoesNotBlock() async throws {
    let input = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
    let result = try await runTool("sh", ["-c", "tee /dev/stderr"], stdin: input)
    #expect(result.output == input)
    #expect(result.errorOutput == input)
  }

  @Test func slowToolsAreEndedWithTheirChildren() async throws {
    await #expect(throws: ToolError.self) {
      try await runTool("sh", ["-c", "sleep 600 & sleep 600"], timeLimit: .milliseconds(100))
    }
    await #expect(throws: ToolError.self) { try await runTool("/nonexistent/tool") }
  }

  @Test func markersAreRead() {
    let source = MarkedSource("a\nb //! error[DTH216] note[DTH217]\nc //! ok\nd: 1 #! warning[DTH300]\n")
    #expect(
      source.expectations.map(\.description) == [
        "line 2: error[DTH216]", "line 2: note[DTH217]", "line 4: warning[DTH300]",
      ])
  }

  @Test func caseFilesAreRead() {
    let text =
      "# Rule\n\n```dts\nnot a case\n```\n\n## one\nwords\n```dts a.dts\n## x\ny\n```\n```snapshot\n```\n## two\n"
    let cases = CaseFile(path: "x.md", text: text).cases
    #expect(cases.map(\.title) == ["one", "two"])
    #expect(cases[0].blocks.map(\.language) == ["dts", "snapshot"])
    #expect(cases[0].blocks.map(\.argument) == ["a.dts", ""])
    #expect(cases[0].text("dts") == "## x\ny\n")
    #expect(cases[0].text("snapshot") == "")
    #expect(cases[1].blocks.isEmpty)
  }

  @Test func recordedBlocksReplaceOldOnes() {
    let text = "## one\n```dts\na\n```\n```snapshot\nold\n```\n\n## two\n```dts\nb\n```\nend\n"
    let cases = CaseFile(path: "x.md", text: text).cases
    let first = cases[0].rewriting("snapshot", to: "new\n1\n", in: text)
    #expect(first.contains("```snapshot\nnew\n1\n```\n\n## two"))
    let second = cases[1].rewriting("snapshot", to: "added\n", in: first)
    #expect(second.hasSuffix("```dts\nb\n```\n```snapshot\nadded\n```\nend\n"))
    #expect(
      CaseFile(path: "x.md", text: second).cases.map { $0.text("snapshot") } == ["new\n1\n", "added\n"])
  }

  @Test func unexpectedAndMissingFindingsFail() {
    let source = MarkedSource("a\nb //! error[DTH216]\n")
    var map = SourceMap()
    let file = map.add(SourceFile(name: "a.dts", bytes: Array(source.text.utf8)))
    func finding(_ offset: UInt32) -> Diagnostic {
      let span = SourceSpan(file: file, start: offset, end: offset + 1)
      return Diagnostic(RuleID("DTH216", "overlapping-regions"), .error, "m", at: span)
    }
    source.expect([finding(2)], in: map)
    withKnownIssue { source.expect([], in: map) }
    withKnownIssue { source.expect([finding(2), finding(0)], in: map) }
    withKnownIssue { source.expect([finding(2), finding(2)], in: map) }
  }

  @Test func differencesShowLines() {
    #expect(lineDifference(from: "a\nb\nc\nd\ne\nf\n", to: "a\nb\nc\nD\ne\nf\n") == " b\n c\n-d\n+D\n e\n f")
    #expect(lineDifference(from: "a", to: "a") == "")
    #expect(normalized("/tmp/x/a", replacing: ["/tmp/x": "$TMP"]) == "$TMP/a")
  }
}
