import Testing

@testable import HeapModel

@Suite struct BootCommandLineTests {
  private func contiguous(_ text: String) -> BootCommandLine.ContiguousRequest? {
    BootCommandLine(text, profile: linux61).contiguous
  }

  @Test(
    arguments: [
      ("cma=64M", 64 << 20), ("cma=0x10k", 16 << 10), ("cma=010", 8), ("cma=1g", 1 << 30), ("cma=", 0),
      ("cma=rubbish", 0), ("x=1 cma=\"2M\" y", 2 << 20), ("\"cma=2M\"", 2 << 20), ("cma=0x", 0),
      ("cma=1M cma=2M", 2 << 20), ("a=\"b cma=1M\" cma=4M", 4 << 20),
    ] as [(String, UInt64)])
  func sizes(text: String, size: UInt64) {
    #expect(contiguous(text)?.size == size)
  }

  @Test(arguments: ["", "dcma=1M", "a=\"b cma=1M\"", "-- cma=1M", "cma"]) func absent(text: String) {
    #expect(contiguous(text) == nil)
  }

  @Test func basesAndLimits() {
    #expect(contiguous("cma=1M@0x60000000") == .init(size: mib, base: 0x6000_0000, limit: 0x6010_0000))
    #expect(contiguous("cma=1M@1G-2G") == .init(size: mib, base: gib, limit: 2 * gib))
    // The variables of the kernel keep what an earlier option set.
    #expect(contiguous("cma=1M@1G cma=2M") == .init(size: 2 * mib, base: gib, limit: gib + mib))
  }

  @Test func memoryOptions() {
    let line = BootCommandLine("mem=1G mem=512M@0x50000000", profile: linuxArm)
    #expect(line.memory == [.init(size: gib), .init(size: 512 * mib, start: 0x5000_0000)])
  }

  @Test func cutAtTheKernelsLimit() {
    #expect(contiguous(String(repeating: "x", count: 2041) + " cma=64M") == .init(size: 6, base: 0, limit: 0))
  }
}
