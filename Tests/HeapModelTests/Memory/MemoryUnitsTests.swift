import Testing

@testable import HeapModel

@Suite struct MemoryUnitsTests {
  @Test func splitMixIsTheReferenceGenerator() {
    var random = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in random.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  @Test func writesSizesForPeople() {
    let sizes: [(UInt64, String)] = [
      (0, "0 bytes"), (1, "1 byte"), (1023, "1023 bytes"), (1024, "1 KiB"), (95_551_488, "91.1 MiB"),
      (99_532_800, "94.9 MiB"), (1 << 20 - 1, "1024 KiB"), (3 << 29, "1.5 GiB"), (.max, "16 EiB"),
    ]
    for (bytes, text) in sizes { #expect(ByteCount(bytes).inBinaryUnits == text) }
  }

  @Test func rangesMergeWithTheOneBefore() {
    var pages = MergedPageRanges()
    for range in [10..<12, 12..<15, 5..<10, 15..<15, 20..<21] as [Range<UInt64>] {
      pages.append(PageRange(range))
    }
    #expect(pages.ranges == [PageRange(10..<15), PageRange(5..<10), PageRange(20..<21)])
    #expect(pages.removeFirst(7) == [PageRange(10..<15), PageRange(5..<7)])
    #expect(pages.ranges == [PageRange(7..<10), PageRange(20..<21)])
    #expect(pages.removeFirst(5) == nil)
    #expect(pages.removeFirst(0) == [])
    #expect(pages.pages == 4)
    #expect(PageRange(first: PageFrame(.max), count: 1) == nil)
  }

  @Test func ordersHoldTheirPages() {
    #expect(
      [0, 1, 2, 3, 4, 5, 512, 513].map { MemoryGeometry.order(holdingPages: $0) } == [
        0, 0, 1, 2, 2, 3, 9, 10,
      ])
    #expect(MemoryGeometry.order(holdingPages: .max) == 64)
  }
}
