import Foundation
import TestSupport
import Testing

/// The pieces that other builds and pipelines take, run as they would run them.
@Suite struct IntegrationTests {
  private static let faulty = board(
    "pool@50001000 { compatible = \"shared-dma-pool\"; reusable; reg = <0x50001000 SIZE>; };")
  private static let good = board(
    "pool@50000000 { compatible = \"shared-dma-pool\"; reusable; reg = <0x50000000 SIZE>; };")

  /// The binary that the tests were built with.
  private static func binary() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: tests).deletingLastPathComponent().appending(path: "dtheap").path
  }

  /// The first fenced block of a page in a language.
  private static func block(_ language: String, of page: String) throws -> String {
    let text = try String(contentsOfFile: Examples.path("Documentation/\(page)"), encoding: .utf8)
    let start = try #require(text.range(of: "```\(language)\n")).upperBound
    let end = try #require(text.range(of: "```", range: start..<text.endIndex)).lowerBound
    return String(text[start..<end])
  }

  private func make(_ folder: ScratchFolder, _ arguments: String...) throws -> CommandRun {
    try CommandRun.run("/usr/bin/make", ["-C", folder.path, "-s"] + arguments)
  }

  @Test func theDocumentedMakefileWorks() throws {
    let folder = try folder(["Makefile": try Self.block("makefile", of: "integration.md")])
    for name in ["boards", "include"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
    }
    try write("include/size.h", "#define SIZE 0x400000\n")
    try write("boards/a.dts", "#include \"size.h\"\n" + Self.good)
    let program = "DTHEAP=\(try Self.binary())"
    let first = try make(folder, program)
    #expect(first.status == 0, "\(first.output)\(first.errors)")
    #expect(FileManager.default.fileExists(atPath: "\(folder.path)/boards/a.dtb"))
    #expect(try make(folder, program).output.isEmpty, "nothing has changed")
    try write("include/size.h", "#define SIZE 0x3ff000\n")
    let past = Date(timeIntervalSinceNow: -60)
    try FileManager.default.setAttributes(
      [.modificationDate: past], ofItemAtPath: "\(folder.path)/boards/a.dtb")
    let second = try make(folder, program)
    #expect(second.status != 0 && second.output.contains("error[DTH230]"), "\(second.output)\(second.errors)")
  }

  /// The lines by which the kernel's build makes a blob (Linux 6.1, scripts/Makefile.lib, cmd_dtc).
  private static let kernelLike = """
    DTC ?= scripts/dtc/dtc
    all: dts/b.dtb
    dts/b.dtb: dts/b.dts $(DTC)
    \tcc -E -nostdinc -Iinclude -undef -D__DTS__ -x assembler-with-cpp -o dts/.b.dtb.dts.tmp dts/b.dts ; \\
    \t$(DTC) -o $@ -b 0 -idts/ -iinclude -Wno-interrupt_provider -d dts/.b.d.tmp dts/.b.dtb.dts.tmp ; \\
    \tcat dts/.b.d.tmp > dts/.b.d

    """

  @Test func theKernelsBuildLints() throws {
    let folder = try folder(["Makefile": Self.kernelLike])
    for name in ["dts", "include", "scripts/dtc"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder.path)/\(name)", withIntermediateDirectories: true)
    }
    func write(_ name: String, _ text: String) throws {
      try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
    }
    try write("scripts/dtc/dtc", "#!/bin/sh\nexec dtc \"$@\"\n")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/scripts/dtc/dtc")
    try write("include/size.h", "#define SIZE 0x400000\n")
    let wrapper = "DTC=" + Examples.path("scripts/dtc-lint")
    let program = "DTHEAP=\(try Self.binary())"
    try write("dts/b.dts", "#include <size.h>\n" + Self.good)
    let good = try make(folder, wrapper, program)
    #expect(good.status == 0, "\(good.output)\(good.errors)")
    let blob = "\(folder.path)/dts/b.dtb"
    #expect(FileManager.default.fileExists(atPath: blob))
    try FileManager.default.removeItem(atPath: blob)
    try FileManager.default.removeItem(atPath: "\(folder.path)/dts/.b.d.tmp")
    try write("dts/b.dts", "#include <size.h>\n" + Self.faulty)
    let bad = try make(folder, wrapper, program)
    #expect(bad.status != 0 && bad.errors.contains("error[DTH230]"), "\(bad.output)\(bad.errors)")
    #expect(bad.errors.contains("dts/b.dts:12:"), "the place is the source's")
    #expect(!FileManager.default.fileExists(atPath: blob))
    let allowed = try make(folder, wrapper, program, "DTHEAP_LINT_FLAGS=--disable DTH230 --kernel 6.1")
    #expect(allowed.status == 0 && FileManager.default.fileExists(atPath: blob), "\(allowed.errors)")
  }

  @Test func theActionAnnotatesAndWritesALog() throws {
    let folder = try folder([
      "a b.dts": Self.good.replacingOccurrences(of: "SIZE", with: "0x400000"),
      "c.dts": Self.faulty.replacingOccurrences(of: "SIZE", with: "0x400000"),
    ])
    func run(_ files: String, options: String = "") throws -> CommandRun {
      try CommandRun.run(
        Examples.path("scripts/github-action"), [],
        environment: [
          "DTHEAP": try Self.binary(), "INPUT_FILES": files, "INPUT_OPTIONS": options,
          "INPUT_SARIF": "\(folder.path)/log.sarif", "GITHUB_OUTPUT": "\(folder.path)/outputs",
        ])
    }
    let bad = try run("\(folder.path)/**/*.dts\n")
    #expect(bad.status == 1 && bad.output.hasPrefix("::error file="), "\(bad.output)\(bad.errors)")
    let log = try Data(contentsOf: URL(filePath: "\(folder.path)/log.sarif"))
    let runs = (try JSONSerialization.jsonObject(with: log) as? [String: Any])?["runs"] as? [[String: Any]]
    #expect((runs?.first?["results"] as? [Any])?.count == 1)
    let outputs = try String(contentsOfFile: "\(folder.path)/outputs", encoding: .utf8)
    #expect(outputs == "sarif=\(folder.path)/log.sarif\n")
    #expect(try run("\(folder.path)/a b.dts").status == 0)
    #expect(try run("\(folder.path)/*.dts", options: "--disable\nDTH230\n").status == 0)
    let none = try run("\(folder.path)/*.dtso")
    #expect(none.status == 2 && none.output.hasPrefix("::error title=dtheap::no file matches"))
    #expect(try run("").status == 2)
  }
}
