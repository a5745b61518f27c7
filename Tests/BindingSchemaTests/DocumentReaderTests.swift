import Testing

@testable import BindingSchema

/// A binding is read as dt-schema's parser reads it, and a hostile one is refused.
@Suite struct DocumentReaderTests {
  private func read(_ text: String) throws -> SchemaValue { try SchemaReader.read(Array(text.utf8)) }

  private func json(_ text: String) throws -> String {
    DocumentText(indent: nil, dropsDescriptions: false).json(try read(text))
  }

  private func problem(_ bytes: [UInt8]) -> BindingProblem? {
    do throws(BindingProblem) { _ = try SchemaReader.read(bytes) } catch { return error }
    return nil
  }

  private func refusal(_ text: String) -> String? {
    problem(Array(text.utf8)).map { "\($0.rule.id.code) \($0.mark.line):\($0.mark.column) \($0.message)" }
  }

  /// What ruamel.yaml 0.19.1 makes of each.
  @Test(arguments: [
    "true": "true", "True": "true", "TRUE": "true", "tRUE": "\"tRUE\"", "false": "false", "yes": "\"yes\"",
    "no": "\"no\"", "on": "\"on\"", "off": "\"off\"", "y": "\"y\"", "null": "null", "Null": "null",
    "~": "null",
    "": "null", "nULL": "\"nULL\"", "017": "17", "08": "8", "0o17": "15", "0o8": "\"0o8\"", "0x10": "16",
    "0X10": "\"0X10\"", "+0x1F": "31", "-0x10": "-16", "0b101": "5", "0b2": "\"0b2\"", "0x": "\"0x\"",
    "1_000": "1000", "1__0": "10", "_1": "\"_1\"", "1_": "1", "0x_1": "1", "+5": "5", "-5": "-5", "-0": "0",
    "+": "\"+\"", "1e3": "1000.0", "1e+3": "1000.0", "1e": "\"1e\"", "1.5": "1.5", "1.": "1.0", ".5": "0.5",
    "-.5": "-0.5", "1.5_0": "1.5", "1.e3": "1000.0", ".5e3": "\".5e3\"", ".5e+3": "500.0", ".e5": "\".e5\"",
    ".": "\".\"", ".inf": "inf", "-.INF": "-inf", ".nan": "nan", "12:30:45": "\"12:30:45\"",
    "2001-01-01": "\"2001-01-01\"", "123456789012345678901234567890": "123456789012345678901234567890",
    "0xffffffffffffffffffffffffffffffffffffffff": "1.461501637330903e+48", "\"yes\"": "\"yes\"",
    "'5'": "\"5\"",
    "!!str 5": "\"5\"", "! 5": "5", "!!float 1": "1.0", "|\n  5": "\"5\\n\"",
  ])
  func scalarsMeanWhatTheyMeanToDTSchema(scalar: String, expected: String) throws {
    #expect(try json("a: \(scalar)\n") == "{\"a\":\(expected)}")
  }

  @Test(arguments: [
    "1: x": "1", "true: x": "true", "null: x": "null", "1.5: x": "1.5", "~: x": "null", "'1': x": "1",
  ])
  func keysAreText(text: String, expected: String) throws {
    #expect(try json(text) == "{\"\(expected)\":\"x\"}")
  }

  @Test func aliasesStandForTheirValues() throws {
    #expect(
      try json("x: &x {a: 1}\nb: *x\nc: [*x, *x]") == #"{"b":{"a":1},"c":[{"a":1},{"a":1}],"x":{"a":1}}"#)
  }

  @Test func mergedMembersGiveWayToOwnOnes() throws {
    let text = "x: &x {a: 1, b: 2}\nz: &z {b: 3, c: 4}\no: {<<: [*x, *z], a: 5}\np: {'<<': 1}"
    #expect(
      try json(text) == #"{"o":{"a":5,"b":2,"c":4},"p":{"<<":1},"x":{"a":1,"b":2},"z":{"b":3,"c":4}}"#)
  }

  @Test func marksCountScalarsFromOne() throws {
    let root = try read(
      "a: é\r\n\"ü\": [x, \"€€\", {k: v}]\r\nm:\n  - {}\n  n\n".replacing("  n\n", with: ""))
    let list = try #require(root["ü"]?.list)
    #expect(root["a"]?.mark == SchemaValue.Mark(line: 1, column: 4))
    #expect(root.map?.member("ü")?.keyMark == SchemaValue.Mark(line: 2, column: 1))
    #expect(list.map(\.mark.column) == [7, 10, 16])
    #expect(root["m"]?.mark == SchemaValue.Mark(line: 4, column: 3))
  }

  @Test(arguments: [
    "a: 1\nb: 2\na: 3": "DTH150 3:1 the key `a` occurs twice in a map",
    "1: a\n'1': b": "DTH150 2:1 the key `1` occurs twice in a map",
    "": "DTH150 0:0 the file is empty",
    "--- a\n--- b": "DTH150 2:1 the file has a second document",
    "a: *no": "DTH150 1:4 the alias `*no` stands for nothing",
    "x: &x [*x]": "DTH150 1:8 the alias `*x` stands for nothing",
    "? [a]\n: x": "DTH150 1:3 a key of a map is a list or a map",
    "a: !foo 5": "DTH150 1:4 the YAML tag `!foo` does not fit here",
    "a: !!int x": "DTH150 1:4 the YAML tag `tag:yaml.org,2002:int` does not fit here",
    "a: !!seq {}": "DTH150 1:4 the YAML tag `tag:yaml.org,2002:seq` does not fit here",
    "b: {<<: 5}": "DTH150 1:9 `<<` takes a map or a list of maps",
    "a: [\nb: c\n": "DTH150 3:1 this is no YAML: did not find expected ',' or ']'",
  ])
  func malformedTextIsRefused(text: String, expected: String) { #expect(refusal(text) == expected) }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(problem(Array("a: ".utf8) + [0xFF, 0xFE])?.rule.id.code == "DTH150")
    #expect(problem([0x61, 0x3A, 0x20, 0x00])?.rule.id.code == "DTH150")
  }

  @Test func manyKeysAreComparedQuickly() throws {
    let text = (0..<60_000).map { "key-\($0): 0\n" }.joined()
    #expect(try read(text).map?.members.count == 60_000)
    #expect(refusal(text + "key-7: 1\n") == "DTH150 60001:1 the key `key-7` occurs twice in a map")
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try read("a: " + nested(127)).map != nil)
    #expect(refusal("a: " + nested(128)) == "DTH151 1:131 the binding nests deeper than 128 levels")
    #expect(refusal("a: " + nested(100_000))?.hasPrefix("DTH151") == true)
    #expect(
      refusal("a: &x \(nested(100))\nb: \(nested(50).replacing("[]", with: "[*x]"))")?.hasPrefix("DTH151")
        == true)
  }

  @Test func valuesOfAliasesAreBounded() {
    var text = "a0: &a0 [x, x]\n"
    for level in 1..<64 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(refusal(text)?.contains("the binding has more than 200000 values") == true)
  }

  @Test func mergedMembersAreBounded() {
    var text = "x: &x {" + (0..<1000).map { "k\($0): 0" }.joined(separator: ", ") + "}\n"
    for level in 0..<1000 { text += "m\(level): {<<: *x}\n" }
    #expect(refusal(text)?.hasPrefix("DTH151") == true)
  }

  /// libyaml takes half a minute for a hundred thousand.
  @Test func directivesAreBounded() {
    func directives(_ count: Int) -> String { (0..<count).map { "%TAG !a\($0)! b\n" }.joined() + "--- {}\n" }
    #expect(refusal(directives(64)) == nil)
    #expect(refusal(directives(65)) == "DTH151 0:0 the binding has more than 64 `%TAG` directives")
  }

  @Test func sizeIsBounded() {
    #expect(problem([UInt8](repeating: 0x20, count: SchemaReader.bytesMax + 1))?.rule.id.code == "DTH151")
  }
}
