import DTParse
import Diagnostics
import TestSupport
import Testing

@testable import BindingSchema

/// What is wrong with bindings is found by itself, each fault at its place.
@Suite struct CheckTests {
  static let textual = DocumentRules.all.filter { !$0.badExample.isEmpty }

  private func check(_ texts: String...) -> LoadedBindings {
    var listing = BindingLibrary.Listing()
    listing.entries = texts.indices.map { index in
      BindingLibrary.Entry(
        path: index == 0 ? "schemas/example.yaml" : "schemas/other\(index).yaml", folder: 0)
    }
    let files = zip(listing.entries, texts).map { entry, text in
      Result<BindingFile, FileSystem.Failure>.success(BindingFile(path: entry.path, bytes: Array(text.utf8)))
    }
    return BindingLibrary.check(listing, files: files) { _ in true }
  }

  private func expect(_ text: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
    let text = "$id: http://devicetree.org/schemas/example.yaml#\n" + text
    let checked = check(text)
    MarkedSource(text).expect(checked.findings, in: checked.sources, sourceLocation: sourceLocation)
  }

  @Test func rulesAreRegisteredOnceAndInOrder() {
    let codes = DocumentRules.all.map(\.id.code)
    #expect(codes == codes.sorted())
    #expect(Set(codes).count == codes.count)
    #expect(Set(DocumentRules.all.map(\.id.name)).count == codes.count)
  }

  @Test(arguments: textual.map(\.id.code)) func badExampleYieldsItsCodeAlone(_ code: String) throws {
    let rule = try #require(DocumentRules.all.first { $0.id.code == code })
    let findings = check(rule.badExample).findings
    #expect(findings.map(\.rule.code) == [code])
    #expect(findings.map(\.severity) == [rule.severity])
  }

  @Test(arguments: textual.map(\.id.code)) func goodExampleYieldsNothing(_ code: String) throws {
    let rule = try #require(DocumentRules.all.first { $0.id.code == code })
    #expect(check(rule.goodExample).findings == [])
  }

  @Test func shapesAreThoseOfTheMetaSchema() {
    expect(
      """
      title: [a]                      #! error[DTH157]
      $schema: 5                      #! error[DTH157]
      $anchor: 1x                     #! error[DTH157]
      $vocabulary: {a: b}             #! error[DTH157]
      maxItems: -1                    #! error[DTH157]
      minItems: 2.0                   #! ok
      maxLength: 1.5                  #! error[DTH157]
      multipleOf: 0                   #! error[DTH157]
      maximum: x                      #! error[DTH157]
      minimum: 0x10                   #! ok
      uniqueItems: yes                #! error[DTH157]
      required: [a, a]                #! error[DTH157]
      dependentRequired: {a: b}       #! error[DTH157]
      dependencies: {a: [b], c: {maxItems: x}}   #! error[DTH157]
      type: [object, text]            #! error[DTH157]
      allOf: []                       #! error[DTH157]
      anyOf: {a: b}                   #! error[DTH157]
      oneOf: [true, 5]                #! error[DTH157]
      items: []                       #! error[DTH157]
      enum: a                         #! error[DTH157]
      const: {any: [thing]}           #! ok
      not: null                       #! error[DTH157]
      select: {required: 1}           #! error[DTH157]
      properties: [a]                 #! error[DTH157]
      patternProperties: {"^a": null} #! error[DTH157]
      additionalProperties: no        #! error[DTH157]
      unknown: 1                      #! warning[DTH156]
      """)
  }

  @Test func keywordsAreLookedForWhereSchemasStand() {
    expect(
      """
      properties:
        maxitems:             #! ok
          maxitems: 1         #! warning[DTH156]
        default: true         #! ok
      allOf:
        - if: {proprties: {}} #! warning[DTH156]
          then: true
      dependencies:
        a: {b: c}             #! warning[DTH156]
      const: {foo: bar}       #! ok
      examples: [{foo: bar}]  #! ok
      $defs:
        x: {items: [{y: z}]}  #! warning[DTH156]
      """)
  }

  @Test func referencesLeadToSchemas() {
    expect(
      """
      $defs: {"a/b": true, list: {enum: [1]}, "ü x": true}
      allOf:
        - properties: {x: {$ref: "#"}}              #! ok
        - $ref: "#/$defs/a~1b"                      #! ok
        - $ref: "#/%24defs/%C3%BC%20x"              #! ok
        - $ref: "#/allOf/1"                         #! ok
        - $ref: "example.yaml#/$defs/list"          #! ok
        - $ref: "./../schemas/example.yaml#/$defs/list" #! ok
        - $ref: "/schemas/example.yaml#/$defs/list" #! ok
        - $ref: "http://devicetree.org/schemas/example.yaml#/$defs/list" #! ok
        - $ref: "#/$defs/none"                      #! error[DTH154]
        - $ref: "#/$defs/list/enum/0"               #! error[DTH154]
        - $ref: "#/allOf/99"                        #! error[DTH154]
        - $ref: "#$defs/list"                       #! error[DTH154]
        - $ref: "x/example.yaml#"                   #! error[DTH154]
        - $ref: "exampel.yaml#"                     #! error[DTH154]
      """)
  }

  @Test func aBindingThatCannotBeUsedIsNamed() throws {
    let checked = check(
      "$id: http://devicetree.org/schemas/example.yaml#\n$ref: other1.yaml#\n",
      "$id: http://devicetree.org/schemas/other1.yaml#\nmaxItems: x\n")
    #expect(checked.findings.map(\.rule.code) == ["DTH154", "DTH157"])
    let note = "the binding `http://devicetree.org/schemas/other1.yaml` is there but cannot be used"
    #expect(checked.findings.first?.notes == [note])
  }

  @Test func aNearBindingIsProposed() {
    let checked = check("$id: http://devicetree.org/schemas/example.yaml#\n$ref: exampel.yaml#\n")
    #expect(checked.findings.first?.help == "did you mean `http://devicetree.org/schemas/example.yaml`?")
  }

  @Test func circlesForOneValueAreFound() {
    expect(
      """
      properties:
        child: {$ref: "#"}                    #! ok
        self: {$ref: "#/properties/self"}     #! error[DTH158]
        one: {not: {$ref: "#/properties/two"}} #! error[DTH158]
        two: {if: {$ref: "#/properties/one"}}
        list: {items: {$ref: "#/properties/list"}} #! ok
        twice: {allOf: [{$ref: "#/$defs/a"}, {$ref: "#/$defs/a"}]} #! ok
      $defs:
        a: {type: object}
      """)
  }

  @Test func circlesThroughOtherBindingsAreFound() {
    let checked = check(
      "$id: http://devicetree.org/schemas/example.yaml#\n$ref: other1.yaml#\n",
      "$id: http://devicetree.org/schemas/other1.yaml#\nanyOf:\n  - $ref: example.yaml#\n")
    #expect(checked.findings.map(\.rule.code) == ["DTH158"])
  }

  @Test func patternsAreCompiled() {
    expect(
      """
      patternProperties:
        "^a[": true                       #! error[DTH155]
        "^(?<!b)c$": {pattern: "(a"}      #! error[DTH155]
      properties:
        "x[": true                        #! ok
      """)
  }

  @Test func patternsAreBounded() {
    let patterns = (0...BindingFile.patternsMax).map { "  \"^a\($0)$\": true\n" }.joined()
    let checked = check("$id: http://devicetree.org/schemas/example.yaml#\npatternProperties:\n" + patterns)
    #expect(checked.findings.map(\.rule.code) == ["DTH151"])
  }

  @Test func theIdentifierNamesTheFile() {
    #expect(
      check("$id: http://devicetree.org/schemas/exampl.yaml#\n").findings.map(\.rule.code) == ["DTH159"])
    #expect(check("$id: http://example.org/example.yaml#\n").findings.map(\.rule.code) == ["DTH159"])
  }

  @Test func findingsOfOneFileAreBounded() {
    let lines = (0..<5000).map { "unknown-\($0): 1\n" }.joined()
    #expect(check("$id: http://devicetree.org/schemas/example.yaml#\n" + lines).findings.count == 100)
  }

  /// Every reference would cost a search through all definitions, and a long chain of them deep recursion.
  @Test func manyReferencesAreFollowedQuickly() {
    let count = 20_000
    var text = "$id: http://devicetree.org/schemas/example.yaml#\n$defs:\n"
    for index in 0..<count { text += "  d\(index): {$ref: '#/$defs/d\(index + 1)'}\n" }
    #expect(check(text + "  d\(count): true\n").findings == [])
    #expect(check(text + "  d\(count): {$ref: '#/$defs/d0'}\n").findings.map(\.rule.code) == ["DTH158"])
  }
}
