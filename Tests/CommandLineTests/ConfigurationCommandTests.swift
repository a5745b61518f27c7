import Foundation
import TestSupport
import Testing

/// What commands make of a `.dtheap.yml`.
@Suite struct ConfigurationCommandTests {
  /// Aligned for arm64 with 6.12, and not for arm.
  private static let pool = """
    pool@50400000 { compatible = "shared-dma-pool"; reusable; reg = <0x50400000 0x800000>; };
    """

  @Test func lintTakesItsSettings() throws {
    let source = board(Self.pool + "fw { reg = <0x50000000 0x1000>; };")
    let files = try folder(["b.dts": source, ".dtheap.yml": "arch: arm\nstrict: true\n"])
    let path = "\(files.path)/b.dts"
    let run = try CommandRun.dtheap("lint", path)
    #expect(run.status == 1 && run.output.contains("8 MiB boundary"))
    let other = try CommandRun.dtheap("lint", "--arch", "arm64", path)
    #expect(
      other.status == 1 && !other.output.contains("DTH230") && other.output.contains("DTH214"), "strict")
    #expect(try CommandRun.dtheap("lint", "--no-config", path).status == 0)
    let disabled = "arch: arm\ndisable: [DTH214, unaligned-cma-region]\nstrict: true\n"
    try Data(disabled.utf8).write(to: URL(filePath: files.path + "/.dtheap.yml"))
    #expect(try CommandRun.dtheap("lint", path).status == 0)
  }

  @Test func itsMistakesAreFindings() throws {
    let files = try folder([
      "a.dts": board(videoHeap), "b.dts": board(videoHeap), ".dtheap.yml": "kernal: 6.1\n",
    ])
    let run = try CommandRun.dtheap("lint", "--format", "json", "\(files.path)/a.dts", "\(files.path)/b.dts")
    #expect(run.status == 1 && run.rows("findings").map { $0["rule"] as? String } == ["DTH404"])
    let location = run.rows("findings").first?["location"] as? [String: Any]
    #expect(location?["line"] as? Int == 1 && location?["endColumn"] as? Int == 7)
    let map = try CommandRun.dtheap("map", "\(files.path)/a.dts")
    #expect(map.status == 1 && map.output.isEmpty && map.errors.contains("error[DTH404]"))
    #expect(try CommandRun.dtheap("map", "--no-config", "\(files.path)/a.dts").status == 0)
  }

  @Test func otherCommandsTakeItToo() throws {
    let files = try folder([
      "b.dts": board(""), ".dtheap.yml": "kernel: 6.1\nmemory: 0x40000000+256M\n",
      "inc.dts": "#include \"x.dtsi\"\n",
    ])
    let map = try CommandRun.dtheap("map", "--format", "json", "\(files.path)/b.dts")
    #expect(map.json["kernel"] as? String == "6.1" && map.rows("memory").first?["size"] as? Int == 256 << 20)
    let wins = try CommandRun.dtheap("map", "--format", "json", "--kernel", "6.12", "\(files.path)/b.dts")
    #expect(wins.json["kernel"] as? String == "6.12")
    let include = "include: inc\ndefine: [TREE=1]\n"
    try Data(include.utf8).write(to: URL(filePath: files.path + "/.dtheap.yml"))
    try FileManager.default.createDirectory(atPath: files.path + "/inc", withIntermediateDirectories: true)
    let included = "#if TREE\n\(board(videoHeap))\n#endif\n"
    try Data(included.utf8).write(to: URL(filePath: files.path + "/inc/x.dtsi"))
    #expect(try CommandRun.dtheap("lint", "\(files.path)/inc.dts").status == 0)
    #expect(try CommandRun.dtheap("lint", "-D", "TREE=0", "\(files.path)/inc.dts").status == 1)
  }
}
