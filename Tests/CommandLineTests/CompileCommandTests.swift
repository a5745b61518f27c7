import Foundation
import TestSupport
import Testing

@Suite struct CompileCommandTests {
  private static let good = "/dts-v1/;\n/ { a = <1>; n: n { }; };\n"

  @Test func blobGoesToAFileOrToStandardOutput() async throws {
    let files = try folder(["b.dts": Self.good])
    let path = "\(files.path)/b"
    #expect(try CommandRun.dtheap("compile", "-@", "-o", "\(path).dtb", "\(path).dts").status == 0)
    let expected = try await runTool("dtc", ["-q", "-@", "-O", "dtb", "\(path).dts"])
    #expect(try [UInt8](Data(contentsOf: URL(filePath: "\(path).dtb"))) == expected.output)
    #expect(try CommandRun.dtheap("compile", "-@", "-o", "-", "\(path).dtb").status == 0)
  }

  @Test func errorsLeaveTheOldFileAlone() throws {
    let files = try folder(["b.dts": "/dts-v1/;\n/ { a = <&absent>; };\n", "b.dtb": "old"])
    let run = try CommandRun.dtheap("compile", "-o", "\(files.path)/b.dtb", "\(files.path)/b.dts")
    #expect(run.status == 1)
    #expect(run.errors.contains("error[DTH030]: no node is labelled `absent`"))
    #expect(run.errors.contains("b.dts:2:10"))
    #expect(try String(contentsOfFile: "\(files.path)/b.dtb", encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: files.path).sorted() == ["b.dtb", "b.dts"])
  }

  @Test func severalBoardsGoToAFolder() throws {
    let files = try folder([
      "a.dts": Self.good, "b.dts": "/dts-v1/;\n/ { a = ; };\n", "c.dtso": "/dts-v1/;\n/plugin/;\n&n { };\n",
    ])
    let names = ["a.dts", "b.dts", "c.dtso"].map { "\(files.path)/\($0)" }
    let run = try CommandRun.dtheap(["compile", "--output-dir", files.path] + names)
    #expect(run.status == 1)
    let made = try FileManager.default.contentsOfDirectory(atPath: files.path).filter { $0.contains(".dtb") }
      .sorted()
    #expect(made == ["a.dtb", "c.dtbo"])
  }

  @Test func dependencyFileNamesWhatWasRead() throws {
    let files = try folder([
      "b.dts": "/dts-v1/;\n#include \"c.h\"\n/include/ \"d.dtsi\"\n/ { a = <C>; };\n", "c.h": "#define C 1\n",
      "d.dtsi": "/ { d; };\n",
    ])
    let path = files.path
    let run = try CommandRun.dtheap("compile", "-d", "\(path)/b.d", "-o", "\(path)/b.dtb", "\(path)/b.dts")
    #expect(run.status == 0)
    let text = try String(contentsOfFile: "\(path)/b.d", encoding: .utf8)
    #expect(text == "\(path)/b.dtb: \(path)/b.dts \(path)/c.h \(path)/d.dtsi\n")
  }

  @Test func aCellOutOfRangeIsAWarningUnlessStrict() throws {
    let files = try folder(["b.dts": "/dts-v1/;\n/ { a = <0x100000000>; };\n"])
    let run = try CommandRun.dtheap("compile", "-o", "/dev/null", "\(files.path)/b.dts")
    #expect(run.status == 0 && run.errors.contains("warning[DTH010]"))
    #expect(
      try CommandRun.dtheap("compile", "--strict", "-o", "/dev/null", "\(files.path)/b.dts").status == 1)
  }

  @Test(arguments: [
    ["compile", "/nonexistent.dts"], ["compile"], ["compile", "--sort-of", "x.dts"], ["nonsense"],
    ["compile", "-a", "3", "x.dts"], ["compile", "-p", "1", "-S", "2", "x.dts"],
    ["compile", "a.dts", "b.dts"],
  ])
  func whatCannotBeDoneIsATwo(_ arguments: [String]) throws {
    let run = try CommandRun.dtheap(arguments)
    #expect(run.status == 2)
    #expect(run.output.isEmpty && !run.errors.isEmpty)
  }

  @Test func mistypedOptionsAreSuggested() throws {
    let run = try CommandRun.dtheap("compile", "--output-dri", "x", "b.dts")
    #expect(run.status == 2)
    #expect(run.errors.contains("--output-dir"))
  }

  @Test(arguments: ["compile", "map", "generate", "diff", "lint", "plan", "replay", "explain"])
  func helpHasAnExample(_ command: String) throws {
    let run = try CommandRun.dtheap(command, "--help")
    #expect(run.status == 0)
    #expect(run.output.contains("Example: dtheap \(command) "))
  }
}
