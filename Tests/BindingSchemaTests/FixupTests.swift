import TestSupport
import Testing

@testable import BindingSchema

/// The fixups make of a binding what dt-schema makes of it.
@Suite struct FixupTests {
  static let cases = CaseFile.all(in: "Fixtures/Fixups")

  private static let id = "$id: http://devicetree.org/schemas/case.yaml#\n"

  private func fixed(_ yaml: String) throws -> SchemaValue {
    let file = BindingFile(path: "case.yaml", bytes: Array((Self.id + yaml).utf8))
    #expect(file.problems.map(\.message) == [])
    var root = try #require(file.document?.root)
    root.editMap { $0["$id"] = nil }
    return root
  }

  @Test func thereAreCases() { #expect(Self.cases.count > 30) }

  @Test(arguments: cases) func resultIsThatOfDTSchema(example: CaseFile.Case) throws {
    let root = try fixed(try #require(example.text("yaml")))
    let text = DocumentText(indent: 2, dropsDescriptions: true).json(root)
    #expect(text + "\n" == example.text("json"))
  }

  @Test func descriptionsAreKept() throws {
    let root = try fixed("title: a\ndescription: b\nproperties:\n  x:\n    description: c\n    maxItems: 1\n")
    #expect(root["description"]?.string == "b")
    #expect(root["properties"]?["x"]?["description"]?.string == "c")
  }

  /// dt-schema loses the schema that was there, and the second property.
  @Test func everyPropertyThatAsksForInterruptsIsKept() throws {
    let root = try fixed(
      "dependentRequired:\n  a: [interrupts]\n  b: [c, interrupts]\ndependentSchemas:\n  a: {required: [d]}\n"
    )
    let text = DocumentText(indent: nil, dropsDescriptions: true).json(root)
    let either = "{\"oneOf\":[{\"required\":[\"interrupts\"]},{\"required\":[\"interrupts-extended\"]}]}"
    #expect(
      text
        == "{\"dependentRequired\":{\"b\":[\"c\"]},\"dependentSchemas\":{\"a\":{\"allOf\":[{\"required\":[\"d\"]},"
        + either + "]},\"b\":" + either + "},\"type\":\"object\"}")
  }

  @Test func whatAFixupMakesBearsAPlaceOfTheFile() throws {
    let root = try fixed("properties:\n  reg:\n    maximum: 7\nadditionalProperties: false\n")
    let item = root["properties"]?["reg"]?["items"]?.list?.first
    #expect(item?.mark == SchemaValue.Mark(line: 4, column: 5))
    #expect(root["properties"]?["status"]?.mark == SchemaValue.Mark(line: 5, column: 1))
  }

  /// Each level is written twice, so that the fiftieth would be there 2⁵⁰ times.
  @Test func copiesOfCopiesAreBounded() {
    var yaml = Self.id
    for level in 0..<50 {
      let indent = String(repeating: " ", count: 2 * level)
      yaml += "\(indent)properties:\n\(indent) interrupts:\n"
    }
    yaml += String(repeating: " ", count: 100) + "maxItems: 1\n"
    let file = BindingFile(path: "case.yaml", bytes: Array(yaml.utf8))
    #expect(file.document == nil)
    #expect(file.problems.map(\.rule.id.code) == ["DTH151"])
  }

  @Test func rowsOfRowsAreBounded() {
    var yaml = Self.id + "properties:\n  x-hz:\n"
    for level in 0..<50 {
      let indent = String(repeating: " ", count: 4 + 2 * level)
      yaml += "\(indent)minItems: 1\n\(indent)allOf:\n\(indent)- "
      yaml += "title: a\n"
    }
    let file = BindingFile(path: "case.yaml", bytes: Array(yaml.utf8))
    #expect(file.document == nil)
    #expect(file.problems.map(\.rule.id.code) == ["DTH151"])
  }
}
