import Foundation
import TestSupport
import Testing

@Suite struct LintCommandTests {
  private static let unaligned = """
    pool@50001000 { compatible = "shared-dma-pool"; reusable; reg = <0x50001000 0x400000>; };
    """
  private static let unnamed = "fw { reg = <0x50000000 0x1000>; };"

  @Test func cleanBoardsAreAZero() throws {
    let run = try CommandRun.dtheap("lint", "-", input: board(videoHeap))
    #expect(run.status == 0 && run.errors.isEmpty && run.output == "no findings in 1 file\n")
  }

  @Test func errorsAreAOneAndStrictCountsWarnings() throws {
    let files = try folder(["bad.dts": board(Self.unaligned), "odd.dts": board(Self.unnamed)])
    let bad = try CommandRun.dtheap("lint", "\(files.path)/bad.dts", "\(files.path)/odd.dts")
    #expect(bad.status == 1)
    #expect(bad.output.contains("error[DTH230]: base 0x50001000 of `pool@50001000` is 4 KiB past"))
    #expect(
      bad.output.hasSuffix("1 error, 1 warning in 2 files; 2 checks not made because of an earlier finding\n")
    )
    #expect(try CommandRun.dtheap("lint", "\(files.path)/odd.dts").status == 0)
    #expect(try CommandRun.dtheap("lint", "--strict", "\(files.path)/odd.dts").status == 1)
    #expect(
      try CommandRun.dtheap("lint", "--strict", "--disable", "unit-address-mismatch", "\(files.path)/odd.dts")
        .status
        == 0)
  }

  @Test func whatCannotBeDoneIsATwo() throws {
    let missing = try CommandRun.dtheap("lint", "/nonexistent.dts", "-", input: board(Self.unaligned))
    #expect(missing.status == 2 && missing.errors.contains("/nonexistent.dts"))
    #expect(missing.output.contains("DTH230"), "the others are read all the same")
    #expect(try CommandRun.dtheap("lint", "--disable", "DTH999", "-").status == 2)
    #expect(try CommandRun.dtheap("lint", "--update-baseline", "-").status == 2)
  }

  @Test func documentHasTheDocumentedKeys() throws {
    let run = try CommandRun.dtheap("lint", "--format", "json", "-", input: board(Self.unaligned))
    #expect(run.status == 1 && run.json["schemaVersion"] as? Int == 1)
    let finding = try #require(run.rows("findings").first)
    #expect(finding["rule"] as? String == "DTH230" && finding["severity"] as? String == "error")
    #expect(finding["node"] as? String == "/reserved-memory/pool@50001000")
    #expect(finding["property"] as? String == "reg")
    let location = finding["location"] as? [String: Any]
    #expect(location?["line"] as? Int == 11 && location?["endLine"] as? Int == 11)
    #expect((finding["fixes"] as? [[String: Any]])?.count == 1)
    #expect((run.json["summary"] as? [String: Int]) == ["files": 1, "errors": 1, "warnings": 0, "notes": 0])
  }

  @Test func inputsOfOneIncludedFileAreToldApart() throws {
    let files = try folder([
      "a.dts": "/dts-v1/;\n/include/ \"soc.dtsi\"\n", "b.dts": "/dts-v1/;\n/include/ \"soc.dtsi\"\n",
      "soc.dtsi": board(Self.unnamed).replacingOccurrences(of: "/dts-v1/;", with: ""),
    ])
    let run = try CommandRun.dtheap(
      "lint", "--format", "json", "\(files.path)/a.dts", "\(files.path)/b.dts")
    #expect(
      run.rows("findings").map { $0["input"] as? String } == ["\(files.path)/a.dts", "\(files.path)/b.dts"])
    let places = run.rows("findings").compactMap { ($0["location"] as? [String: Any])?["file"] as? String }
    #expect(places == ["\(files.path)/soc.dtsi", "\(files.path)/soc.dtsi"])
  }

  @Test func otherFormatsSayTheSame() throws {
    let log = try CommandRun.dtheap("lint", "--format", "sarif", "-", input: board(Self.unaligned))
    let run = try #require(log.rows("runs").first)
    let result = try #require((run["results"] as? [[String: Any]])?.first)
    #expect(log.status == 1 && result["ruleId"] as? String == "DTH230")
    let driver = (run["tool"] as? [String: Any])?["driver"] as? [String: Any]
    let rules = driver?["rules"] as? [[String: Any]] ?? []
    #expect(rules.map { $0["id"] as? String ?? "" } == rules.map { $0["id"] as? String ?? "" }.sorted())
    #expect(rules[result["ruleIndex"] as? Int ?? 0]["id"] as? String == "DTH230")
    let annotations = try CommandRun.dtheap("lint", "--format", "github", "-", input: board(Self.unaligned))
    #expect(annotations.status == 1 && annotations.output.hasPrefix("::error line=11,endLine=11,col="))
  }

  @Test func baselinesHideWhatIsKnown() throws {
    let files = try folder(["b.dts": board(Self.unaligned)])
    let (file, record) = ("\(files.path)/b.dts", "\(files.path)/known")
    #expect(try CommandRun.dtheap("lint", "--baseline", record, file).status == 2, "there is none yet")
    let update = try CommandRun.dtheap("lint", "--baseline", record, "--update-baseline", file)
    #expect(update.status == 0)
    let hidden = try CommandRun.dtheap("lint", "--baseline", record, file)
    #expect(hidden.status == 0 && hidden.output.hasPrefix("no findings in 1 file; 1 hidden by the baseline"))
    try Data(("\n\n" + board(Self.unaligned + Self.unnamed)).utf8).write(to: URL(filePath: file))
    let new = try CommandRun.dtheap("lint", "--baseline", record, file)
    #expect(new.output.contains("DTH214") && !new.output.contains("error[DTH230]"))
    try Data("rubbish\n".utf8).write(to: URL(filePath: record))
    #expect(try CommandRun.dtheap("lint", "--baseline", record, file).status == 2)
  }

  @Test func kernelsAndMemoryDecide() throws {
    let arm = board(
      "pool@50400000 { compatible = \"shared-dma-pool\"; reusable; reg = <0x50400000 0x800000>; };")
    #expect(try CommandRun.dtheap("lint", "-", input: arm).status == 0)
    let run = try CommandRun.dtheap("lint", "--arch", "arm", "-", input: arm)
    #expect(run.status == 1 && run.output.contains("8 MiB boundary"))
    let riscv = board(Self.unaligned, cpu: "riscv")
    #expect(try CommandRun.dtheap("lint", "-", input: riscv).status == 0, "structure alone")
    let far = board("fw@90000000 { reg = <0x90000000 0x1000>; };")
    #expect(try CommandRun.dtheap("lint", "-", input: far).status == 0)
    #expect(try CommandRun.dtheap("lint", "--memory", "0x40000000+1G", "-", input: far).status == 1)
  }

  @Test func explainShowsEveryRule() throws {
    let page = try CommandRun.dtheap("explain", "dth230")
    #expect(page.status == 0 && page.output.hasPrefix("DTH230 unaligned-cma-region: error, since 0.1.0\n"))
    #expect(page.output.contains("\nWrong:\n\n    /dts-v1/;\n") && page.output.contains("rmem_cma_setup"))
    #expect(try CommandRun.dtheap("explain", "unaligned-cma-region").output == page.output)
    let list = try CommandRun.dtheap("explain", "--list")
    #expect(list.output.contains("DTH216  error    overlapping-regions            two regions share memory"))
    let none = try CommandRun.dtheap("explain", "DTH23")
    #expect(none.status == 2 && none.errors.contains("did you mean"))
    #expect(try CommandRun.dtheap("explain").status == 2)
  }
}
