import DTParse
import Diagnostics
import Foundation
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler

@Suite struct ConfigurationTests {
  private func read(_ text: String, path: String = "boards/.dtheap.yml") -> ConfigurationReading {
    ProjectConfiguration.read(bytes: Array(text.utf8), path: path)
  }

  @Test(arguments: ConfigurationRules.all.map(\.id.code)) func examplesDoWhatTheyAreFor(code: String) throws {
    let rule = try #require(RuleRegistry.rule(code))
    #expect(read(rule.badExample).diagnostics.map(\.rule.code) == [code])
    #expect(read(rule.badExample).hasErrors)
    #expect(read(rule.goodExample).diagnostics.isEmpty)
  }

  @Test func everyKeyIsRead() throws {
    let reading = read(
      """
      kernel: 6.1
      arch: arm
      kconfig: kernel.config
      memory: [0x40000000+1G, 0x100000000+512MiB]
      occupied: 0x40080000+32M:kernel
      cmdline: "cma=64M"
      include: [include, /usr/include/dts]
      define: [A, B=1]
      bindings: ../bindings
      disable: [dth214, repeated-region-name]
      strict: true
      """)
    #expect(reading.diagnostics.isEmpty)
    let configuration = reading.configuration
    #expect(configuration.kernel == "6.1" && configuration.architecture == .arm)
    #expect(configuration.kconfig == "boards/kernel.config")
    #expect(configuration.memory.map(\.base.value) == [0x4000_0000, 0x1_0000_0000])
    #expect(configuration.memory.map(\.size.bytes) == [1 << 30, 512 << 20])
    #expect(configuration.occupied.map(\.kind) == [.kernelImage])
    #expect(configuration.commandLine == "cma=64M")
    #expect(configuration.includeDirectories == ["boards/include", "/usr/include/dts"])
    #expect(configuration.defines == ["A", "B=1"])
    #expect(configuration.bindings == ["boards/../bindings"])
    #expect(configuration.disabledRules == ["DTH214", "DTH222"])
    #expect(configuration.isStrict)
    #expect(read("kconfig: a\n", path: ".dtheap.yml").configuration.kconfig == "a")
  }

  @Test(arguments: ["", "\n", "# nothing\n", "---\n", "{}\n"]) func emptyFilesSayNothing(text: String) {
    #expect(read(text).diagnostics.isEmpty)
    #expect(read(text).configuration.kernel == nil)
  }

  @Test func mistakesHaveTheirPlacesAndTheRestCounts() throws {
    let source = """
      kernel: 6.2 #! error[DTH406]
      arch: arm64
      memory: [0x40000000-1G, #! error[DTH406]
        0x80000000+1G]
      disable: [DTH999] #! error[DTH406]
      define: "-Wp,x" #! error[DTH406]
      strict: yes #! error[DTH406]
      include: {a: b} #! error[DTH406]
      baseline: x #! error[DTH404]
      """
    let reading = read(source)
    MarkedSource(source).expect(reading.diagnostics, in: reading.sources)
    #expect(reading.configuration.architecture == .arm64 && reading.configuration.memory.count == 1)
    #expect(reading.diagnostics.first?.help == "the kernels are \(Text.list(KernelProfile.names))")
    #expect(read("kernal: 6.1").diagnostics.first?.message.hasSuffix("did you mean `kernel`?") == true)
  }

  @Test func hostileFilesEnd() {
    let many = "disable: [" + String(repeating: "DTH214,", count: 5000) + "]"
    #expect(read(many).diagnostics.map(\.rule.code) == ["DTH402"])
    #expect(read(String(repeating: "x", count: (1 << 20) + 1)).diagnostics.map(\.rule.code) == ["DTH402"])
    #expect(read("cmdline: \"\\e[31m\"").diagnostics.map(\.rule.code) == ["DTH406"])
    #expect(read("- a\n").diagnostics.map(\.rule.code) == ["DTH406"])
    #expect(read("kernel: 6.1\n---\nkernel: 6.1\n").diagnostics.map(\.rule.code) == ["DTH401"])
    let bytes: [UInt8] = [0xFF, 0xFE, 0x00]
    #expect(ProjectConfiguration.read(bytes: bytes, path: "x").diagnostics.map(\.rule.code) == ["DTH401"])
    let keys = (0..<500).map { "k\($0): 1\n" }.joined()
    #expect(read(keys).diagnostics.count <= 100)
  }

  @Test func theNearestFileAboveCounts() throws {
    let folder = try ScratchFolder()
    let inner = folder.path + "/a/b/c"
    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
    for place in ["", "/a/b"] {
      try Data("kernel: 6.1\n".utf8).write(to: URL(filePath: folder.path + place + "/.dtheap.yml"))
    }
    // A folder of that name is none.
    try FileManager.default.createDirectory(atPath: inner + "/.dtheap.yml", withIntermediateDirectories: true)
    let real = try #require(FileSystem.absolutePath(of: folder.path))
    #expect(ProjectConfiguration.path(for: inner + "/x.dts") == real + "/a/b/.dtheap.yml")
    #expect(ProjectConfiguration.path(for: inner + "/../x.dts") == real + "/a/b/.dtheap.yml")
    #expect(ProjectConfiguration.path(for: folder.path + "/a/x.dts") == real + "/.dtheap.yml")
    #expect(ProjectConfiguration.path(for: folder.path + "/none/x.dts") == nil)
  }

  @Test func everyKeyIsDocumented() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Documentation/configuration.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for key in ConfigurationDecoder.keys { #expect(text.contains("| `\(key)` |"), "\(key)") }
  }
}
