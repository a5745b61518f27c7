import Diagnostics
import Testing

@testable import BindingSchema

/// What a finding says and where.
@Suite struct FindingsTests {
  static let binding = ValidationBench.device(
    """
    properties:
      compatible: {const: "acme,device"}
      reg: {maxItems: 1}
      clock-names: {minItems: 1, maxItems: 2, items: {enum: [bus, core]}}
      acme,speed-grade: {$ref: types.yaml#/definitions/uint32, maximum: 4}
      no-map: {type: boolean}
      reusable: {type: boolean}
    required: [reg]
    not: {required: [no-map, reusable]}
    additionalProperties: false
    """)

  private func finding(_ members: String) throws -> Diagnostic {
    let found = try ValidationBench(Self.binding).findings(
      "device {\n compatible = \"acme,device\"; \(members) };")
    #expect(found.count == 1)
    return try #require(found.first)
  }

  @Test(arguments: [
    ("", "the required property `reg` is missing", "add `reg`"),
    ("reg = <1 1 2 1>;", "`reg` has 2 entries; exactly 1 is wanted", "remove what is too much"),
    ("reg = <1>;", "", ""),
    (
      "reg = <1 1>; clock-names = \"bus\", \"core\", \"bus\";",
      "`clock-names` has 3 strings; 1 to 2 are allowed",
      "remove what is too much"
    ),
    (
      "reg = <1 1>; clock-names = \"buss\";",
      "entry 1 of `clock-names` is \"buss\"; `bus` or `core` is wanted",
      "did you mean \"bus\"?"
    ),
    ("reg = <1 1>; acme,speed-grade = <5>;", "`acme,speed-grade` is 5; 4 is the most", ""),
    (
      "reg = <1 1>; acme,speed-grad = <3>;", "the binding knows no property `acme,speed-grad`",
      "did you mean `acme,speed-grade`?"
    ),
    (
      "reg = <1 1>; no-map = <1>;", "`no-map` is 1; a property without a value is wanted",
      "write `no-map;` without a value, or remove it"
    ),
    (
      "reg = <1 1>; no-map; reusable;", "`no-map` and `reusable` together are not allowed here",
      "remove `no-map` or `reusable`"
    ),
  ])
  func saysWhatIsWrongAndWhatToWrite(_ members: String, _ message: String, _ help: String) throws {
    if message.isEmpty { return }
    let found = try finding(members)
    #expect(found.message == message)
    #expect(found.help ?? "" == help)
  }

  @Test func showsTheBeginningOfWhatIsLong() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        properties:
          compatible: {const: "acme,device"}
          label: {$ref: types.yaml#/definitions/string, enum: [a, b, c, d, e, f, g, h, i]}
        """))
    let label = String(repeating: "é", count: 60)
    let found = try bench.findings("device { compatible = \"acme,device\"; label = \"\(label)\"; };")
    #expect(
      found.map(\.message) == [
        "entry 1 of `label` is \"\(label.prefix(40))…\"; `a`, `b`, `c`, `d`, `e`, `f` or one of 3 others is wanted"
      ])
  }

  @Test func pointsAtTheValueTheNameOrTheNode() throws {
    let bench = try ValidationBench(Self.binding)
    func text(_ members: String) throws -> String {
      let content = "device { compatible = \"acme,device\"; \(members) };"
      let span = try #require(try bench.findings(content).first?.span)
      return String(
        decoding: Array(ValidationBench.source(content).utf8)[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }
    #expect(try text("reg = <1 1>; acme,speed-grade = <5>;") == "<5>")
    #expect(try text("reg = <1 1>; nonsense = <5>;") == "nonsense")
    #expect(try text("") == "device")
  }

  @Test func namesTheOtherPlacesAndTheBindingsLine() throws {
    let bench = try ValidationBench(Self.binding)
    let content = """
      device { compatible = "acme,device"; reg = <1 1>; acme,speed-grade = <1>; };
      }; / { device { acme,speed-grade = <5>; };
      """
    let found = try #require(try bench.findings(content).first)
    #expect(found.related.map(\.message) == ["also defined here"])
    #expect(found.notes == ["asked for by acme.yaml:7"])
    #expect(found.schemas == ["http://devicetree.org/schemas/acme.yaml"])
    #expect(found.property == "acme,speed-grade")
    #expect(found.severity == .warning)
  }

  @Test func tellsAChildThatIsForbiddenOrMissingFromOneThatIsUnknown() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        properties:
          compatible: {const: "acme,device"}
          memory: false
          port@0: {type: object}
        required: [port@0]
        additionalProperties: false
        """))
    let found = try bench.findings("device { compatible = \"acme,device\"; memory { }; other { }; };")
    #expect(
      Set(found.map(\.message)) == [
        "the binding forbids the child `memory` of this node",
        "the binding knows no child `other` of this node", "the required child `port@0` is missing",
      ])
  }

  @Test func reportsAFaultOnceForAllBindings() throws {
    let all = """
      $id: http://devicetree.org/schemas/all.yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      select: true
      properties: {no-map: {type: boolean}}
      """
    let bench = try ValidationBench(Self.binding, all)
    let found = try bench.findings("device { compatible = \"acme,device\"; reg = <1 1>; no-map = <1>; };")
    #expect(found.count == 1)
    #expect(found.first?.schemas.count == 2)
  }

  @Test func namesTheClosestAlternative() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        select: {properties: {compatible: {contains: {const: "acme,v1"}}}, required: [compatible]}
        properties:
          compatible:
            oneOf:
              - items: [{const: "acme,v1"}]
              - items: [{const: "acme,v2"}, {const: "acme,v1"}]
              - items: [{const: "acme,v3"}, {const: "acme,v2"}, {const: "acme,v1"}]
        """))
    let found = try #require(try bench.findings("d { compatible = \"acme,v4\", \"acme,v1\"; };").first)
    #expect(found.message == "entry 1 of `compatible` is \"acme,v4\"; `acme,v2` is wanted")
    #expect(found.notes == ["asked for by acme.yaml:8, the closest of 3 alternatives"])
  }

  @Test func listsWhatAnyAlternativeAllows() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        properties: {compatible: {const: "acme,device"}}
        oneOf: [{required: [reg]}, {required: [size]}]
        """))
    let found = try #require(try bench.findings("d { compatible = \"acme,device\"; };").first)
    #expect(found.message == "one of `reg` or `size` is required and missing")
    let both = try #require(try bench.findings("d { compatible = \"acme,device\"; reg; size; };").first)
    #expect(both.message == "`reg` and `size` exclude each other")
  }

  @Test func saysOnceThatNobodyDescribesAProperty() throws {
    let core = """
      $id: http://devicetree.org/schemas/dt-core.yaml#
      $schema: http://devicetree.org/meta-schemas/base.yaml#
      select: true
      patternProperties: {"^[a-z][a-z,-]*$": {type: [object, integer, array, boolean]}}
      """
    let bench = try ValidationBench(Self.binding, core)
    #expect(try bench.verdicts("d { nonsense = <5>; };") == ["DTH116 /d nonsense"])
    let closed = "d { compatible = \"acme,device\"; reg = <1 1>; nonsense = <5>; };"
    #expect(try bench.verdicts(closed) == ["DTH101 /d nonsense"])
  }

  @Test func isStricterWhereTheKernelReadsTheDataItself() throws {
    let pool = """
      $id: http://devicetree.org/schemas/reserved-memory/pool.yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      properties: {compatible: {const: "acme,pool"}}
      required: [reg]
      additionalProperties: false
      """
    let bench = try ValidationBench(pool)
    let found = try bench.findings("d { compatible = \"acme,pool\"; wat; };")
    #expect(found.map(\.rule.code) == ["DTH102", "DTH101"])
    #expect(found.map(\.severity) == [.error, .warning])
  }

  @Test func declaresEachCodeOnce() {
    let codes = Rule.validationRules.map(\.id.code)
    #expect(codes == Array(Set(codes)).sorted())
    #expect(codes.allSatisfy { ("DTH101"..."DTH129").contains($0) })
  }
}
