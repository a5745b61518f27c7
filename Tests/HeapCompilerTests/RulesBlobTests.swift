import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Testing

/// What the rules say of blobs, where nothing has a place.
@Suite struct RulesBlobTests {
  /// A source's findings once it is a blob.
  private func lintBlob(_ source: String) throws -> LintReport {
    let loaded = try DevicetreeLoader.load(bytes: Array(source.utf8), path: "-")
    let blob = try #require(loaded.tree).blob(BlobOptions())
    return Linter.lint(
      try DevicetreeLoader.load(bytes: blob, path: "board.dtb"), Linter.Options(profile: .linux612Arm64))
  }

  @Test(arguments: RuleRegistry.lintRules.map { $0.rule.id.code })
  func blobsHaveTheFaultsOfTheirSources(code: String) throws {
    let rule = try #require(RuleRegistry.rule(code))
    let report = try lintBlob(rule.badExample)
    #expect(report.codes == [code], "\(report.diagnostics.map(\.message))")
    for finding in report.diagnostics {
      #expect(finding.span == nil && finding.file == "board.dtb" && finding.node != nil)
      #expect(finding.fixes.isEmpty && finding.related.isEmpty)
    }
    #expect(try lintBlob(rule.goodExample).diagnostics.isEmpty)
  }

  @Test func findingsComeInTreeOrder() throws {
    let report = try lintBlob(
      """
      /dts-v1/;
      / { #address-cells = <1>; #size-cells = <1>;
        reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
          b { reg = <0x50000000 0x1000>; }; a { no-map; }; c { reg = <0x51000000 0x1000>; };
        };
      };
      """)
    #expect(report.diagnostics.map(\.node) == ["b", "a", "c"].map { "/reserved-memory/\($0)" })
  }

  @Test func overlayBlobsAreOverlays() throws {
    let report = try lintBlob(
      """
      /dts-v1/;
      /plugin/;
      &resmem { text { size = "64M"; }; };
      &codec { memory-region = <&somewhere>; };
      """)
    #expect(report.codes == ["DTH220"])
  }
}
