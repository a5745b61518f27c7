import HeapModel
import Testing

@testable import HeapCompiler

@Suite struct KernelConfigurationTests {
  private let gib = ByteCount(1 << 30)

  private func configuration(_ text: String) throws -> KernelConfiguration {
    try KernelConfiguration(parsing: Array(text.utf8))
  }

  /// Linux 6.1 on arm64 as a configuration changes it, with 1 GiB of DRAM.
  private func applied(_ text: String, to name: String = "6.1") throws -> KernelProfile {
    let profile = try #require(KernelProfile.named(name, .arm64))
    return try configuration(text).applied(to: profile, memory: gib)
  }

  @Test func nothingSaidChangesNothing() throws {
    for name in KernelProfile.names {
      let profile = try #require(KernelProfile.named(name, .arm64))
      #expect(
        try applied("#\n# Linux/arm64 6.1.0 Kernel Configuration\n#\n\n", to: name).cmaAlignment
          == profile.cmaAlignment)
    }
  }

  @Test func pageSizes() throws {
    #expect(try applied("CONFIG_ARM64_16K_PAGES=y").cmaAlignment == 32 << 20)
    #expect(try applied("CONFIG_ARM64_64K_PAGES=y\r\nCONFIG_CMA=y\r\n").pageSize == .kib64)
    #expect(try applied("CONFIG_ARM64_4K_PAGES=y\n# CONFIG_ARM64_64K_PAGES is not set\n").pageSize == .kib4)
  }

  @Test func slotsCountAsTheKernelCounts() throws {
    #expect(try applied("CONFIG_CMA_AREAS=7").cmaAreaCount == 8)
    #expect(try applied("CONFIG_CMA_AREAS=7", to: "6.12").cmaAreaCount == 7)
  }

  @Test func largestOrderCountsAsTheKernelCounts() throws {
    let plain = "CONFIG_ARCH_FORCE_MAX_ORDER=12\n# CONFIG_HUGETLB_PAGE is not set"
    #expect(try applied(plain).pageblockOrder == 11)
    #expect(try applied(plain, to: "6.12").pageblockOrder == 12)
    #expect(try applied(plain + "\nCONFIG_TRANSPARENT_HUGEPAGE=y", to: "6.12").pageblockOrder == 9)
    #expect(try applied(plain + "\nCONFIG_TRANSPARENT_HUGEPAGE=y").pageblockOrder == 11)
    #expect(
      try applied("CONFIG_ARCH_FORCE_MAX_ORDER=8").pageblockOrder == 7,
      "no pageblock is larger than the largest block")
    #expect(try applied("CONFIG_PAGE_BLOCK_MAX_ORDER=3", to: "6.17").pageblockOrder == 3)
  }

  @Test func defaultAreas() throws {
    let both = "CONFIG_CMA_SIZE_MBYTES=64\nCONFIG_CMA_SIZE_PERCENTAGE=10\n"
    func size(_ choice: String) throws -> UInt64 {
      try applied(both + "CONFIG_CMA_SIZE_SEL_\(choice)=y").defaultCMASize.bytes
    }
    #expect(try size("MBYTES") == 64 << 20)
    #expect(try size("PERCENTAGE") == ((1 << 18) * 10 / 100) << 12)
    #expect(try size("MIN") == 64 << 20)
    #expect(try size("MAX") == ((1 << 18) * 10 / 100) << 12)
    #expect(try applied("CONFIG_CMA_SIZE_MBYTES=0").defaultCMASize.bytes == 0)
  }

  @Test func heapsCanBeLeftOut() throws {
    #expect(try applied("# CONFIG_DMABUF_HEAPS is not set").hasChunkHeap == false)
    #expect(try applied("# CONFIG_DMABUF_HEAPS_CMA is not set").hasCMAHeap == false)
    #expect(try applied("CONFIG_DMABUF_HEAPS=y\nCONFIG_DMABUF_HEAPS_CHUNK=m").hasChunkHeap)
    #expect(try applied("# CONFIG_DMA_CMA is not set").cmaAreaCount == 0)
  }

  @Test func bufferAlignment() throws {
    #expect(try configuration("CONFIG_CMA_ALIGNMENT=12").bufferAlignmentOrder() == 12)
    #expect(try configuration("").bufferAlignmentOrder() == nil)
    #expect(throws: KernelConfiguration.Problem.self) {
      try configuration("CONFIG_CMA_ALIGNMENT=13").bufferAlignmentOrder()
    }
  }

  @Test func lastOneCounts() throws {
    #expect(try applied("CONFIG_CMA_AREAS=7\nCONFIG_CMA_AREAS=9").cmaAreaCount == 10)
  }

  @Test(arguments: [
    ("CONFIG_A=y\nhello\n", 2), ("\n\nCONFIG_A=12x", 3), ("CONFIG_A", 1),
    ("CONFIG_A=99999999999999999999", 1),
    ("CONFIG_A=\"open", 1), ("#x\nCONFIG_A=", 2), ("\u{7f}ELF", 1),
  ])
  func whatIsNoConfigurationHasALine(text: String, line: Int) {
    #expect { try configuration(text) } throws: { ($0 as? KernelConfiguration.Problem)?.line == line }
  }

  @Test(arguments: [
    ("\nCONFIG_CMA_AREAS=y", 2), ("CONFIG_CMA_AREAS=70000", 1), ("CONFIG_ARCH_FORCE_MAX_ORDER=0", 1),
    ("CONFIG_X=y\nCONFIG_ARCH_FORCE_MAX_ORDER=1", 2), ("CONFIG_CMA_SIZE_PERCENTAGE=101", 1),
    ("CONFIG_ARM=y", 1),
  ])
  func whatNoKernelHasIsRefusedAtItsLine(text: String, line: Int) {
    #expect { try applied(text) } throws: { ($0 as? KernelConfiguration.Problem)?.line == line }
  }
}

@Suite struct ByteQuantityTests {
  @Test(arguments: [
    ("0", 0), ("4096", 4096), ("64K", 65536), ("64k", 65536), ("64KiB", 65536), ("64 KiB", 65536),
    ("2M", 2 << 20),
    ("2MiB", 2 << 20), ("1G", 1 << 30), ("1gib", 1 << 30), ("0x1000", 4096), ("0X1F", 31),
    ("0x10M", 16 << 20),
    ("18446744073709551615", UInt64.max),
  ])
  func quantities(text: String, bytes: UInt64) { #expect(ByteQuantity(text)?.bytes == bytes) }

  @Test(arguments: [
    "", "K", "MiB", "-1", "+1", "1.5G", "0x", "12MB", "1T", "16777216T", "18446744073709551616",
    "99999999999G", "0x-1",
  ])
  func whatIsNone(text: String) { #expect(ByteQuantity(text) == nil) }
}
