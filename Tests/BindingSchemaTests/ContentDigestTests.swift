import TestSupport
import Testing

@testable import BindingSchema

@Suite struct ContentDigestTests {
  /// The examples of FIPS 180-4, and the lengths around a block's end.
  @Test func emptyAndShortTexts() {
    #expect(
      ContentDigest().hexadecimal() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    var digest = ContentDigest()
    digest.add(Array("abc".utf8))
    #expect(digest.hexadecimal() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test(arguments: [1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 100_000])
  func agreesWithSha256sum(count: Int) async throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let sum = try await runTool("sha256sum", stdin: bytes)
    var digest = ContentDigest()
    // In two parts, so that a block is put together from both.
    digest.add(Array(bytes.prefix(count / 3)))
    digest.add(Array(bytes.dropFirst(count / 3)))
    #expect(sum.text.hasPrefix(digest.hexadecimal()))
  }

  @Test func aPartIsNotItsNeighbour() {
    var first = ContentDigest()
    first.add(part: [1, 2])
    first.add(part: [3])
    var second = ContentDigest()
    second.add(part: [1])
    second.add(part: [2, 3])
    #expect(first.hexadecimal() != second.hexadecimal())
  }
}
