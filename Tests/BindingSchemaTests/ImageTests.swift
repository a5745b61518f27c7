import Testing

@testable import BindingSchema

/// The image of compiled bindings.
@Suite struct ImageTests {
  static let binding = ValidationBench.device(
    """
    title: A device
    properties:
      compatible: {const: "acme,device"}
      reg: {maxItems: 1}
    patternProperties:
      "^led@[0-9]$": {type: object, properties: {color: {enum: [red, green]}}}
    required: [compatible]
    additionalProperties: false
    """)

  @Test func isTheSameEveryTime() throws {
    let first = try ValidationBench(Self.binding).image
    let second = try ValidationBench(Self.binding).image
    #expect(first == second)
  }

  @Test func knowsItsDocuments() throws {
    let bindings = try ValidationBench(Self.binding).bindings
    #expect(bindings.documents.map(\.id).contains("http://devicetree.org/schemas/acme.yaml"))
    #expect(bindings.documentedCompatibles == ["acme,device"])
  }

  @Test func keepsWhichFilesAreLeftOut() throws {
    let set = BindingSet(documents: [], types: PropertyTypes())
    let image = SchemaCompiler.compile(set, leftOut: ["b.yaml", "a.yaml"])
    #expect(try CompiledBindings(image).leftOut == ["b.yaml", "a.yaml"])
  }

  private final class Memory: Sendable {
    nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    init(_ image: [UInt8]) {
      bytes = .allocate(byteCount: image.count, alignment: 8)
      bytes.copyBytes(from: image)
    }

    deinit { bytes.deallocate() }
  }

  @Test func usesForeignMemoryInPlace() throws {
    let bench = try ValidationBench(Self.binding)
    let memory = Memory(bench.image)
    let bindings = try CompiledBindings(UnsafeRawBufferPointer(memory.bytes), keptAliveBy: memory)
    #expect(bindings.documents == bench.bindings.documents)
    let odd = UnsafeRawBufferPointer(rebasing: memory.bytes[1...])
    #expect(throws: ImageRefusal.foreign) { try CompiledBindings(odd, keptAliveBy: memory) }
  }

  @Test func refusesWhatWasChanged() throws {
    let image = try ValidationBench(Self.binding).image
    #expect(throws: ImageRefusal.truncated) { try CompiledBindings([]) }
    #expect(throws: ImageRefusal.truncated) { try CompiledBindings(Array(image.dropLast())) }
    #expect(throws: ImageRefusal.truncated) { try CompiledBindings(image + [0]) }
    for place in stride(from: 0, to: image.count, by: 97) {
      var changed = image
      changed[place] ^= 0x40
      #expect(throws: ImageRefusal.self) { try CompiledBindings(changed) }
    }
  }

  /// Even words that a checksum vouches for lead nowhere: a read outside is a zero, a loop ends.
  @Test func survivesWordsThatMakeNoSense() throws {
    let bench = try ValidationBench(Self.binding)
    let tree = try bench.tree(
      "device { compatible = \"acme,device\"; reg = <1>; x; led@0 { color = \"blue\"; }; };")
    var seed: UInt64 = 7
    for _ in 0..<300 {
      var image = bench.image
      for _ in 0..<8 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let words = (image.count - ImageLayout.headerBytes) / 4
        let place = ImageLayout.headerBytes + 4 * Int(seed >> 33) % (4 * words) / 4 * 4
        image[place] = UInt8(truncatingIfNeeded: seed >> 20)
        image[place + 3] = seed & 0x100 == 0 ? 0xff : 0
      }
      let checksum = image.withUnsafeBytes { ImageHash.image($0) }
      for index in 0..<8 {
        image[ImageLayout.Header.checksumLow.rawValue * 4 + index] = UInt8(
          truncatingIfNeeded: checksum >> UInt64(8 * index))
      }
      if let bindings = try? CompiledBindings(image) { _ = BindingValidator(bindings).validate(tree) }
    }
  }

  @Test(arguments: [
    ("types.yaml#/definitions/x", "http://a.org/s/types.yaml", ["definitions", "x"]),
    ("../b/c.yaml#", "http://a.org/b/c.yaml", []), ("/s/d.yaml", "http://a.org/s/d.yaml", []),
    ("#/$defs/a~1b~0c", "http://a.org/s/me.yaml", ["$defs", "a/b~c"]),
    ("#/p/%5Ex%24", "http://a.org/s/me.yaml", ["p", "^x$"]), ("./e/../f.yaml", "http://a.org/s/f.yaml", []),
    ("http://b.org/x.yaml#/y", "http://b.org/x.yaml", ["y"]), ("#/~01", "http://a.org/s/me.yaml", ["~1"]),
    ("../../../g.yaml", "http://a.org/g.yaml", []), ("#", "http://a.org/s/me.yaml", []),
  ])
  func resolvesReferences(_ text: String, _ document: String, _ steps: [String]) {
    let reference = SchemaReference(text, base: "http://a.org/s/me.yaml")
    #expect(reference.document == document)
    #expect(reference.steps == steps)
  }

  @Test(arguments: [
    ("^acme,.*", "acme,"), ("^a*", ""), ("^ab+", "a"), ("acme", ""), ("^(a|b)", ""), ("^a|b", ""),
    ("^ab?c", "a"),
    ("^longerthaneight", "longerth"), ("^a.b", "a"), ("^", ""), ("^a{0}b", ""),
  ])
  func seesTheLiteralStart(_ expression: String, _ wanted: String) {
    let start = LiteralStart(of: expression)
    let bytes = (0..<start.count).map { index in
      UInt8(truncatingIfNeeded: (index < 4 ? start.low : start.high) >> (8 * (index % 4)))
    }
    #expect(String(decoding: bytes, as: UTF8.self) == wanted)
  }
}
