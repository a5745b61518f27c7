import Testing

@testable import HeapModel

@Suite struct PageBitmapTests {
  @Test(arguments: [1, 63, 64, 65, 300, 4096, 4097, 9000])
  func agreesWithAListOfBooleans(count: Int) {
    var random = SplitMix64(seed: UInt64(count))
    var bitmap = PageBitmap(count: count)
    var list = [Bool](repeating: false, count: count)
    for _ in 0..<200 {
      let bounds = [Int.random(in: 0...count, using: &random), Int.random(in: 0...count, using: &random)]
        .sorted()
      let range = bounds[0]..<bounds[1]
      let value = Bool.random(using: &random)
      bitmap.fill(range, with: value)
      for index in range { list[index] = value }
      let from = Int.random(in: 0...count + 70, using: &random)
      #expect(bitmap.nextSet(from: from) == list.indices.first { $0 >= from && list[$0] })
      #expect(bitmap.nextClear(from: from) == list.indices.first { $0 >= from && !list[$0] })
      #expect(bitmap.lastSet(before: range.upperBound) == list[..<range.upperBound].lastIndex(of: true))
      #expect(bitmap.population == list.count { $0 })
      #expect(bitmap.population(in: range) == list[range].count { $0 })
      #expect(bitmap.longestClearRun(in: range) == longestClearRun(of: list, in: range))
    }
  }

  private func longestClearRun(of list: [Bool], in range: Range<Int>) -> Range<Int> {
    var best = range.lowerBound..<range.lowerBound
    var start = range.lowerBound
    for index in range {
      if list[index] { start = index + 1 } else if index + 1 - start > best.count { best = start..<index + 1 }
    }
    return best
  }

  @Test func alignsWithTheOffset() {
    var bitmap = PageBitmap(count: 64)
    bitmap.fill(0..<1, with: true)
    #expect(bitmap.nextClearRun(from: 0, length: 4, mask: 7, offset: 3) == 5)
    #expect(bitmap.nextClearRun(from: 6, length: 4, mask: 7, offset: 3) == 13)
    #expect(bitmap.nextClearRun(from: 60, length: 5, mask: 0, offset: 0) == nil)
    #expect(bitmap.nextClearRun(from: 60, length: 4, mask: 0, offset: 0) == 60)
  }
}
