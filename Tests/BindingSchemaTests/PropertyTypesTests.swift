import DTParse
import Testing

@testable import BindingSchema

/// Types of properties are joined over all bindings.
@Suite struct PropertyTypesTests {
  private func types(_ bindings: String...) -> PropertyTypes {
    let documents = bindings.enumerated().compactMap { index, text in
      BindingFile(path: "b", bytes: Array("$id: http://devicetree.org/schemas/b\(index).yaml#\n\(text)".utf8))
        .document
    }
    #expect(documents.count == bindings.count)
    return TypeDerivation.types(of: documents)
  }

  private func names(_ types: [PropertyType]?) -> [String] {
    (types ?? []).map { $0.name?.rawValue ?? "none" }
  }

  private static let uint32 = "{$ref: /schemas/types.yaml#/definitions/uint32}"

  @Test(arguments: [
    ("{$ref: /schemas/types.yaml#/definitions/uint32}", ["uint32"]),
    ("{$ref: /schemas/types.yaml#/definitions/non-unique-string-array}", ["string-array"]),
    ("{$ref: /schemas/types.yaml#/definitions/phandle-array}", ["phandle-array"]),
    ("{type: boolean}", ["flag"]),
    ("{const: a}", ["string-array"]),
    ("{items: {enum: [a, b]}}", ["string-array"]),
    ("{maxItems: 1}", ["none"]),
    ("true", ["none"]),
    ("false", []),
    ("{type: object}", []),
    ("{$ref: other.yaml#}", []),
    ("{$ref: '#/$defs/word'}", ["uint32"]),
    ("{allOf: [{$ref: /schemas/types.yaml#/definitions/int8}, {minimum: 0}]}", ["int8"]),
    (
      "{oneOf: [{$ref: a#/definitions/uint8}, {$ref: a#/definitions/uint16-array}]}",
      ["uint8", "uint16-array"]
    ),
  ])
  func typeOfASchema(schema: String, expected: [String]) {
    let found = types("$defs:\n  word: \(Self.uint32)\nproperties:\n  x: \(schema)\n")
    #expect(names(found.exact["x"]) == expected)
  }

  @Test(arguments: [("a-hz", "uint32-matrix"), ("opp-hz", "none"), ("a-microvolt", "int32-matrix")])
  func unitsHaveTypes(name: String, expected: String) {
    #expect(names(types("properties:\n  \(name): {minimum: 5}\n").exact[name]) == [expected])
  }

  @Test func textAndListsOfTextAreOneType() {
    let string = "properties:\n  x: {$ref: /schemas/types.yaml#/definitions/string}\n"
    let list = "properties:\n  x: {const: a}\n"
    #expect(names(types(string, list).exact["x"]) == ["string-array"])
    #expect(names(types(list, string).exact["x"]) == ["string-array"])
    #expect(names(types(string, string).exact["x"]) == ["string"])
  }

  @Test func aTypeReplacesNone() {
    let none = "properties:\n  x: true\n"
    #expect(names(types(none, "properties:\n  x: \(Self.uint32)\n", none).exact["x"]) == ["uint32"])
  }

  @Test func dimensionsAreJoined() {
    func matrix(_ rest: String) -> String {
      "properties:\n  x: {$ref: /schemas/types.yaml#/definitions/uint32-matrix, \(rest)}\n"
    }
    let two = matrix("maxItems: 2, items: {minItems: 3, maxItems: 4}")
    let open = matrix("minItems: 1, maxItems: 5, items: {items: [{const: 1}, {const: 2}]}")
    let fixed = matrix("items: [{maxItems: 1}]")
    func dimensions(_ bindings: String...) -> [Int] {
      let found = types(bindings[0], bindings.count > 1 ? bindings[1] : bindings[0]).exact["x"]
      return found?.first?.dimensions.map { [$0.outer.min, $0.outer.max, $0.inner.min, $0.inner.max] } ?? []
    }
    #expect(dimensions(two) == [1, 2, 3, 4])
    #expect(dimensions(two, open) == [1, 5, 2, 4])
    #expect(dimensions(fixed) == [1, 1, 1, 1])
    #expect(dimensions(matrix("minItems: 1, maxItems: 2")) == [1, 2, 0, 0])
  }

  @Test func aPropertyMayHaveTheTypeOfAnother() {
    let found = types("properties:\n  x: {$ref: 'b.yaml#/properties/y'}\n  y: \(Self.uint32)\n")
    #expect(names(found.exact["x"]) == ["uint32"])
  }

  @Test func patternsAreApart() {
    let found = types(
      "patternProperties:\n  '^b': \(Self.uint32)\n  '^a': {const: x}\n  '^none': true\n"
        + "  '^[a-z][a-z0-9\\-]*$': \(Self.uint32)\n"
    )
    #expect(found.exact.isEmpty)
    #expect(found.patterns.map(\.pattern) == ["^a", "^b"])
  }

  @Test func childrenHaveTypesToo() {
    let found = types(
      "additionalProperties:\n  properties:\n    x: \(Self.uint32)\n"
        + "patternProperties:\n  '^c@':\n    properties:\n      y: \(Self.uint32)\n"
    )
    #expect(names(found.exact["x"]) == ["uint32"])
    #expect(names(found.exact["y"]) == ["uint32"])
  }

  @Test func orderOfTheBindingsIsThatOfTheirNames() {
    let a = SchemaDocumentPair.load(["z.yaml", "a.yaml"])
    let b = SchemaDocumentPair.load(["a.yaml", "z.yaml"])
    #expect(names(a) == names(b))
    #expect(names(a) == ["uint8", "uint16"])
  }

  /// Two bindings that disagree, read in some order.
  private enum SchemaDocumentPair {
    static func load(_ order: [String]) -> [PropertyType]? {
      let texts = ["a.yaml": "uint8", "z.yaml": "uint16"]
      var listing = BindingLibrary.Listing()
      listing.entries = order.map { BindingLibrary.Entry(path: $0, folder: 0) }
      let files = order.map { name in
        let type = texts[name] ?? ""
        let text =
          "$id: http://devicetree.org/schemas/\(name)\nproperties:\n  x: {$ref: t#/definitions/\(type)}\n"
        return Result<BindingFile, FileSystem.Failure>.success(
          BindingFile(path: name, bytes: Array(text.utf8)))
      }
      return BindingLibrary.assemble(listing, files: files).bindings.types.exact["x"]
    }
  }

  /// Doubling at each level: 2⁴⁰ ways lead to the end.
  @Test func waysThroughReferencesAreBounded() {
    var text = "properties:\n  x: {$ref: '#/$defs/d0'}\n$defs:\n"
    for level in 0..<40 {
      let next = "{$ref: '#/$defs/d\(level + 1)'}"
      text += "  d\(level): {allOf: [\(next), \(next)]}\n"
    }
    text += "  d40: {maxItems: 1}\n"
    _ = types("properties:\n  x: \(Self.uint32)\n", text)
    _ = types("properties:\n  x: {$ref: '#/properties/x'}\n")
  }
}
