import DTParse
import Testing

/// Blobs: whole ones come back as they were, broken ones get a finding that says where.
@Suite struct BlobTests {
  private static let source =
    "/dts-v1/;\n/memreserve/ 0x1000 0x2000;\n/ { a = <1>; n@1 { reg = <1>; name = \"n\"; s = \"x\"; }; };\n"

  private func blob() throws -> [UInt8] { try tree(Self.source).blob() }

  private func findings(_ bytes: [UInt8]) throws -> [String] {
    try DevicetreeLoader.load(bytes: bytes, path: "b.dtb").diagnostics.map { "\($0.rule.code) \($0.message)" }
  }

  @Test func aBlobIsReadAndWrittenAgain() throws {
    let bytes = try blob()
    let loaded = try DevicetreeLoader.load(bytes: bytes, path: "b.dtb")
    #expect(loaded.diagnostics.isEmpty)
    let again = try #require(loaded.tree)
    #expect(again.isBlob)
    #expect(again.blob() == bytes)
    #expect(again.reservations.map(\.address) == [0x1000])
    #expect(again.root.span == nil)
  }

  @Test func everyTruncationIsAFinding() throws {
    let bytes = try blob()
    for length in 4..<bytes.count {
      let found = try findings(Array(bytes[..<length]))
      #expect(found.count == 1 && found[0].hasPrefix("DTH040"), "\(length): \(found)")
    }
  }

  @Test func everyByteCanBeBrokenWithoutHarm() throws {
    let bytes = try blob()
    for offset in bytes.indices {
      for value: UInt8 in [0x00, 0x01, 0x7f, 0xff] {
        var broken = bytes
        broken[offset] = value
        let loaded = try DevicetreeLoader.load(bytes: broken, path: "b.dtb")
        if let tree = loaded.tree { #expect(!tree.blob().isEmpty) } else { #expect(loaded.hasErrors) }
      }
    }
  }

  @Test(arguments: [
    (4, 0xff, "the header says"), (8, 0xff, "the structure block is said to begin at"),
    (12, 0xff, "the strings block is said to begin at"), (39, 0xff, "the structure block ends at"),
    (75, 0x07, "0x7 at 0x48 is no token"),
  ])
  func theFindingSaysWhere(_ offset: Int, _ value: UInt8, _ expected: String) throws {
    var broken = try blob()
    broken[offset] = value
    let found = try findings(broken)
    #expect(found.count == 1 && found[0].contains(expected), "\(found)")
  }

  @Test func oldVersionsAreNamed() throws {
    var old = try blob()
    old[23] = 3
    old[27] = 3
    #expect(try findings(old).first?.hasPrefix("DTH041") == true)
  }
}
