import Testing

@testable import Diagnostics

@Suite struct TextTests {
  @Test(
    arguments: [
      (0, "0 bytes"), (1, "1 byte"), (512, "512 bytes"), (1024, "1 KiB"), (4096, "4 KiB"),
      (4097, "4097 bytes"),
      (1280, "1.25 KiB"), (1_572_864, "1.5 MiB"), (1_572_865, "1572865 bytes"), (0x6400_0000, "1600 MiB"),
      (0x5000_0000, "1.25 GiB"), (0x4010_0000, "1025 MiB"), (1 << 60, "1 EiB"),
      (.max, "18446744073709551615 bytes"),
    ] as [(UInt64, String)])
  func sizesAreExact(bytes: UInt64, words: String) { #expect(Text.size(bytes) == words) }

  @Test func numbersAreHexadecimal() {
    #expect(Text.hex(0x5000_1000 as UInt64) == "0x50001000")
    #expect(Text.hex(-16) == "-0x10")
    #expect(Text.hexAndSize(0x1000) == "0x1000 (4 KiB)")
  }

  @Test func wordsAgreeWithNumbers() {
    #expect(Text.count(1, "error") == "1 error")
    #expect(Text.count(0, "entry", plural: "entries") == "0 entries")
    #expect(Text.list(["a"]) == "`a`")
    #expect(Text.list(["a", "b", "c"], conjunction: "or") == "`a`, `b` or `c`")
    #expect(Text.list([]) == "")
  }

  @Test(arguments: [
    ("compatable", "compatible"), ("resuable", "reusable"), ("reg", nil), ("rge", "reg"), ("REG", "reg"),
    ("no-mpa", "no-map"), ("alignmnet", "alignment"), ("x", nil), ("", nil), ("zzzzzzzz", nil),
  ])
  func nearestNameIsFound(word: String, match: String?) {
    let names = ["alignment", "compatible", "no-map", "reg", "reusable"]
    #expect(Text.closestMatch(to: word, in: names) == match)
    #expect(Text.closestMatch(to: word, in: names.reversed()) == match)
  }

  @Test func distanceCountsASwapOnce() {
    func distance(_ a: String, _ b: String) -> Int? { Text.distance(Array(a.utf8), Array(b.utf8), limit: 9) }
    #expect(distance("ab", "ba") == 1)
    #expect(distance("kitten", "sitting") == 3)
    #expect(distance("", "abc") == 3)
    #expect(Text.distance(Array("kitten".utf8), Array("sitting".utf8), limit: 2) == nil)
  }

  @Test func equallyNearNamesAreTakenInOrder() {
    #expect(Text.closestMatch(to: "bar", in: ["car", "bat", "baz"]) == "bat")
  }
}
