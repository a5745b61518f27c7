import Testing

@testable import Diagnostics

@Suite struct UTF8ScalarTests {
  @Test(
    arguments: [
      ([0x41], 1), ([0xC3, 0xA9], 1), ([0xE2, 0x82, 0xAC], 1), ([0xF0, 0x9F, 0x98, 0x80], 1), ([0xC3], 1),
      ([0x80, 0x80], 2),
      ([0xC0, 0x80], 2), ([0xED, 0xA0, 0x80], 3), ([0xF4, 0x90, 0x80, 0x80], 4), ([0xE2, 0x82, 0x41], 3),
      ([0xFF], 1),
      ([0xC3, 0xA9, 0x80], 2), ([0xF0, 0x9F, 0x98, 0xC3, 0xA9], 4),
    ] as [([UInt8], Int)])
  func bytesThatAreNotValidCountAlone(bytes: [UInt8], count: Int) {
    #expect(UTF8Scalar.count(bytes[...], in: 0..<bytes.count) == count)
    var decoded = 0
    var at = 0
    while at < bytes.count {
      #expect(UTF8Scalar.begins(bytes[...], at: at))
      at += UTF8Scalar.decode(bytes[...], at: at).length
      decoded += 1
    }
    #expect(decoded == count)
  }

  @Test func longLinesCountLikeShortOnes() {
    let bytes = (0..<30_000).map { UInt8(truncatingIfNeeded: $0 &* 0x9E37_79B9 >> 5) }
    let file = SourceFile(name: "x", bytes: bytes)
    for (start, end) in [(0, 30_000), (1, 29_999), (4095, 20_481), (8192, 24_576)] {
      #expect(file.scalarCount(in: start..<end) == UTF8Scalar.count(bytes[...], in: start..<end))
    }
  }
}
