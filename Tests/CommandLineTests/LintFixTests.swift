import Foundation
import TestSupport
import Testing

/// `lint --fix` on files.
@Suite struct LintFixTests {
  private static let pool = """
    pool@50001000 {
      compatible = "shared-dma-pool";
      reusable;
      reg = <0x50001000 0x400000>;
    };
    """

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func fixesAreWrittenAndTheRestIsReported() throws {
    let files = try folder(["b.dts": board(Self.pool + "\nfw { no-map; };")])
    let path = "\(files.path)/b.dts"
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let run = try CommandRun.dtheap("lint", "--fix", path)
    #expect(run.status == 1 && run.output.contains("error[DTH210]") && !run.output.contains("DTH230"))
    #expect(run.output.hasSuffix("1 error in 1 file; 1 finding fixed\n"))
    let fixed = board(Self.pool.replacingOccurrences(of: "50001000", with: "50000000") + "\nfw { no-map; };")
    #expect(try text(path) == fixed)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: files.path) == ["b.dts"])
    #expect(try CommandRun.dtheap("lint", "--fix", path).output.contains("; 0 findings fixed"))
    #expect(try text(path) == fixed)
  }

  @Test func dryRunsShowTheDifference() throws {
    let source = board(Self.pool)
    let files = try folder(["b.dts": source])
    let path = "\(files.path)/b.dts"
    let run = try CommandRun.dtheap("lint", "--fix", "--dry-run", path)
    #expect(run.status == 1 && run.errors.hasPrefix("1 error in 1 file; 1 finding can be fixed"))
    #expect(run.output.hasPrefix("--- \(path)\n+++ \(path)\n@@ -"))
    let changed = run.output.split(separator: "\n").filter { $0.hasPrefix("+") || $0.hasPrefix("-") }
    #expect(
      changed.dropFirst(2) == [
        "-    pool@50001000 {", "+    pool@50000000 {", "-  reg = <0x50001000 0x400000>;",
        "+  reg = <0x50000000 0x400000>;",
      ], "\(run.output)")
    #expect(try text(path) == source, "nothing is written")
  }

  @Test func onlyNamedFilesChange() throws {
    let source = "/dts-v1/;\n/include/ \"soc.dtsi\"\n"
    let included = board(Self.pool).replacingOccurrences(of: "/dts-v1/;", with: "")
    let files = try folder(["b.dts": source, "soc.dtsi": included])
    let run = try CommandRun.dtheap("lint", "--fix", "\(files.path)/b.dts")
    #expect(run.status == 1 && run.output.contains("0 findings fixed; 1 fix in files that are not named"))
    #expect(try text("\(files.path)/soc.dtsi") == included)
    #expect(try text("\(files.path)/b.dts") == source)
  }

  @Test func partsThatAreNamedAreFixedAndNotJudgedAlone() throws {
    let included = board(Self.pool).replacingOccurrences(of: "/dts-v1/;", with: "")
    let files = try folder([
      "a.dts": "/dts-v1/;\n#include \"soc.dtsi\"\n", "b.dts": "/dts-v1/;\n#include \"soc.dtsi\"\n",
      "soc.dtsi": included,
    ])
    let names = ["a.dts", "b.dts", "soc.dtsi"].map { "\(files.path)/\($0)" }
    let run = try CommandRun.dtheap(["lint", "--fix"] + names)
    #expect(run.status == 0 && run.output == "no findings in 2 files; 2 findings fixed\n", "\(run.output)")
    #expect(try text(names[2]) == included.replacingOccurrences(of: "50001000", with: "50000000"))
    #expect(try CommandRun.dtheap("lint", names[2]).status == 1, "alone it is no board")
  }

  @Test func lineEndsStayAsTheyAre() throws {
    let source = board("fw@50000000 { reg = <0x50000000 0x1000>; };").replacingOccurrences(
      of: "  ranges;\n", with: ""
    )
    .replacingOccurrences(of: "\n", with: "\r\n")
    let files = try folder(["b.dts": source])
    let path = "\(files.path)/b.dts"
    #expect(try CommandRun.dtheap("lint", "--fix", path).status == 0)
    let fixed = try text(path)
    #expect(fixed.contains("reserved-memory {\r\n    ranges;\r\n"), "\(fixed)")
    #expect(fixed.replacingOccurrences(of: "\r\n", with: "").utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D })
  }

  @Test func preprocessedSourcesAreFixedAsTheyAreWritten() throws {
    let source = """
      #define SIZE 0x400000
      #define BASE 0x60001000
      #define NEXT(x) x
      /dts-v1/;
      / {
      \t#address-cells = <1>;
      \t#size-cells = <1>;
      \tmemory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
      \treserved-memory { /* é */
      \t\t#address-cells = <1>;
      \t\t#size-cells = <1>;
      \t\tpool@50001000 {\t/* moved */
      \t\t\tcompatible = "shared-dma-pool";
      \t\t\treusable;
      \t\t\treg = /* é */ <0x50001000 SIZE>; // here
      \t\t};
      \t\tother@60001000 {
      \t\t\tcompatible = "shared-dma-pool";
      \t\t\treusable;
      \t\t\treg = <BASE SIZE>;
      \t\t};
      \t};
      };

      """
    let files = try folder(["b.dts": source])
    let path = "\(files.path)/b.dts"
    let link = "\(files.path)/link.dts"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "b.dts")
    let run = try CommandRun.dtheap("lint", "--fix", link)
    #expect(run.output.contains("2 findings fixed") && run.output.contains("base 0x60001000 of"))
    #expect(try CommandRun.dtheap("lint", "--fix", link).output.contains("0 findings fixed"))
    let expected =
      source
      .replacingOccurrences(of: "{ /* é */\n", with: "{ ranges; /* é */\n")
      .replacingOccurrences(of: "pool@50001000", with: "pool@50000000")
      .replacingOccurrences(of: "<0x50001000", with: "<0x50000000")
    #expect(try text(path) == expected)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "b.dts")
  }

  @Test func whatCannotBeFixedIsLeftAlone() throws {
    #expect(try CommandRun.dtheap("lint", "--fix", "-").status == 2)
    #expect(try CommandRun.dtheap("lint", "--dry-run", "x.dts").status == 2)
    let files = try folder(["b.dts": board(Self.pool)])
    let blob = "\(files.path)/b.dtb"
    #expect(try CommandRun.dtheap("compile", "-o", blob, "\(files.path)/b.dts").status == 0)
    let before = try Data(contentsOf: URL(filePath: blob))
    #expect(try CommandRun.dtheap("lint", "--fix", blob).output.contains("; 0 findings fixed"))
    #expect(try Data(contentsOf: URL(filePath: blob)) == before)
  }
}
