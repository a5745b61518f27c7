import Testing

@testable import BindingSchema

/// Which nodes and properties are objected to.
@Suite struct ValidationTests {
  /// A binding of a device whose property `value` has this schema.
  private func bench(_ schema: String) throws -> ValidationBench {
    try ValidationBench(
      ValidationBench.device(
        """
        properties:
          compatible: {const: "acme,device"}
          value: \(schema)
        """))
  }

  private func codes(_ schema: String, _ value: String) throws -> [String] {
    try bench(schema).verdicts("device { compatible = \"acme,device\"; \(value) };").map {
      String($0.prefix(6))
    }
  }

  @Test(arguments: [
    (
      "{$ref: types.yaml#/definitions/uint32, minimum: 2, maximum: 5}", "value = <2>;", "value = <6>;",
      "DTH106"
    ),
    ("{$ref: types.yaml#/definitions/uint32, multipleOf: 4}", "value = <8>;", "value = <6>;", "DTH106"),
    ("{$ref: types.yaml#/definitions/uint32, exclusiveMinimum: 0}", "value = <1>;", "value = <0>;", "DTH106"),
    ("{$ref: types.yaml#/definitions/uint32, enum: [1, 2]}", "value = <2>;", "value = <3>;", "DTH104"),
    ("{$ref: types.yaml#/definitions/uint32, const: 1}", "value = <1>;", "value = <3>;", "DTH104"),
    ("{$ref: types.yaml#/definitions/uint32}", "value = <1>;", "value = <1 2>;", "DTH103"),
    ("{$ref: types.yaml#/definitions/uint8}", "value = [01];", "value = <1>;", "DTH103"),
    ("{type: boolean}", "value;", "value = <1>;", "DTH103"),
    ("{$ref: types.yaml#/definitions/string, enum: [a, b]}", "value = \"a\";", "value = \"c\";", "DTH104"),
    ("{$ref: types.yaml#/definitions/string, pattern: '^a'}", "value = \"ab\";", "value = \"b\";", "DTH105"),
    (
      "{$ref: types.yaml#/definitions/string-array, maxItems: 2}", "value = \"a\", \"b\";", "value = \"a\";",
      "DTH107"
    ),
    (
      "{$ref: types.yaml#/definitions/uint32-array, maxItems: 2}", "value = <1 2>;", "value = <1 2 3>;",
      "DTH107"
    ),
    (
      "{$ref: types.yaml#/definitions/string-array}", "value = \"a\", \"b\";", "value = \"a\", \"a\";",
      "DTH108"
    ),
    (
      "{$ref: types.yaml#/definitions/string-array, contains: {const: a}}", "value = \"b\", \"a\";",
      "value = \"b\";", "DTH109"
    ),
    ("false", "", "value;", "DTH110"),
    ("{items: [{const: a}, {const: b}]}", "value = \"a\", \"b\";", "value = \"a\", \"c\";", "DTH104"),
    (
      "{items: [{const: a}], additionalItems: true, minItems: 1, maxItems: 4}", "value = \"a\", \"x\";",
      "value = \"b\", \"x\";", "DTH104"
    ), ("{not: {const: 3}, $ref: types.yaml#/definitions/uint32}", "value = <1>;", "value = <3>;", "DTH114"),
    (
      "{oneOf: [{$ref: types.yaml#/definitions/uint32, enum: [1]}, {enum: [2]}]}", "value = <2>;",
      "value = <3>;", "DTH104"
    ),
  ])
  func judgesValues(_ schema: String, _ good: String, _ bad: String, _ code: String) throws {
    #expect(try codes(schema, good) == [])
    #expect(try codes(schema, bad) == [code])
  }

  @Test func readsAValueAsEachBindingDeclaresIt() throws {
    let other = """
      $id: http://devicetree.org/schemas/other.yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      properties:
        compatible: {const: "acme,other"}
        value: {$ref: types.yaml#/definitions/uint32-array, maxItems: 2}
      """
    let device = ValidationBench.device(
      """
      properties:
        compatible: {const: "acme,device"}
        value: {$ref: types.yaml#/definitions/uint32}
      """)
    let bench = try ValidationBench(device, other)
    for name in ["device", "other"] {
      #expect(
        try bench.verdicts("a { compatible = \"acme,\(name)\"; value = <1>; };").isEmpty == (name == "device")
      )
      #expect(
        try bench.verdicts("a { compatible = \"acme,\(name)\"; value = <1 2>; };").isEmpty
          == (name == "other"))
    }
  }

  @Test func picksABindingByTheFirstKnownCompatible() throws {
    let bench = try ValidationBench(
      ValidationBench.device("properties: {compatible: {enum: [\"acme,a\", syscon]}}\nrequired: [a]"),
      """
      $id: http://devicetree.org/schemas/b.yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      properties: {compatible: {contains: {const: "acme,b"}}}
      required: [b]
      """)
    #expect(try bench.verdicts("n { compatible = \"x,y\", \"acme,b\", \"acme,a\"; };") == ["DTH102 /n b"])
    #expect(try bench.verdicts("n { compatible = \"syscon\"; };") == [])
    #expect(try bench.verdicts("n { compatible; };") == [])
  }

  @Test func selectsByNameStringsAndAnythingElse() throws {
    func binding(_ name: String, _ select: String) -> String {
      """
      $id: http://devicetree.org/schemas/\(name).yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      select: \(select)
      required: [\(name)]
      """
    }
    let bench = try ValidationBench(
      binding("none", "false"),
      binding("named", "{properties: {$nodename: {const: cpus}}, required: [$nodename]}"),
      binding("strings", "{properties: {compatible: {contains: {enum: [a, b]}}}, required: [compatible]}"),
      binding("pattern", "{properties: {$nodename: {pattern: '^x@'}}, required: [$nodename]}"),
      binding("flag", "{required: [wants]}"))
    #expect(try bench.verdicts("cpus { };") == ["DTH102 /cpus named"])
    #expect(try bench.verdicts("n { compatible = \"c\", \"b\", \"a\"; };") == ["DTH102 /n strings"])
    #expect(try bench.verdicts("x@1 { reg = <1 1>; };") == ["DTH102 /x@1 pattern"])
    #expect(try bench.verdicts("n { wants; compatible = \"c\"; };") == ["DTH102 /n flag"])
  }

  // MARK: Unevaluated properties

  private static let common = """
    $id: http://devicetree.org/schemas/common.yaml#
    $schema: http://devicetree.org/meta-schemas/core.yaml#
    properties:
      speed: {$ref: types.yaml#/definitions/uint32, maximum: 10}
      mode: {$ref: types.yaml#/definitions/uint32}
    """

  private static let closed = ValidationBench.device(
    """
    allOf: [{$ref: common.yaml#}]
    properties: {compatible: {const: "acme,device"}}
    patternProperties: {"^extra": {$ref: types.yaml#/definitions/uint32}}
    unevaluatedProperties: false
    """)

  @Test func knowsWhatReferencesEvaluate() throws {
    let bench = try ValidationBench(Self.common, Self.closed)
    #expect(
      try bench.verdicts("d { compatible = \"acme,device\"; speed = <1>; mode = <2>; extra-x = <1>; };") == []
    )
    #expect(try bench.verdicts("d { compatible = \"acme,device\"; speed = <1>; wat; };") == ["DTH101 /d wat"])
    #expect(try bench.verdicts("d { compatible = \"acme,device\"; wat { }; };") == ["DTH117 /d wat"])
  }

  @Test func foldsAConsequenceIntoItsCause() throws {
    let bench = try ValidationBench(Self.common, Self.closed)
    let found = try bench.verdicts("d { compatible = \"acme,device\"; speed = <11>; mode = <2>; wat; };")
    #expect(found == ["DTH106 /d speed", "DTH101 /d wat"])
  }

  /// The cause is in the child; without the consequence nothing would be said of the parent.
  @Test func keepsAConsequenceWhoseCauseIsInAnotherNode() throws {
    let parent = """
      $id: http://devicetree.org/schemas/common.yaml#
      $schema: http://devicetree.org/meta-schemas/core.yaml#
      properties: {mode: {$ref: types.yaml#/definitions/uint32}}
      patternProperties: {"^port": {type: object, required: [label]}}
      """
    let bench = try ValidationBench(parent, Self.closed)
    let found = try bench.verdicts("d { compatible = \"acme,device\"; mode = <2>; port { }; };")
    #expect(found == ["DTH101 /d mode", "DTH117 /d port", "DTH102 /d/port label"])
  }

  @Test func evaluatesThroughTheBranchThatHolds() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        properties: {compatible: {const: "acme,device"}}
        if: {required: [a]}
        then: {properties: {b: true}}
        else: {properties: {c: true}}
        oneOf: [{properties: {d: true}, required: [d]}, {properties: {e: true}, required: [e]}]
        dependentSchemas: {f: {properties: {f: true, g: true}}}
        unevaluatedProperties: false
        """))
    func codes(_ members: String) throws -> [String] {
      try bench.verdicts("n { compatible = \"acme,device\"; \(members) };")
    }
    #expect(try codes("d; c;") == [])
    #expect(try codes("d; b;") == ["DTH101 /n b"])
    #expect(try codes("e; f; g; c;") == [])
    #expect(try codes("e; g;") == ["DTH101 /n g"])
    #expect(try codes("c;") == ["DTH102 /n -"])
    #expect(try codes("d; e;") == ["DTH113 /n -"])
  }

  // MARK: Disabled nodes and children

  @Test func asksNothingMoreOfDisabledNodes() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        properties:
          compatible: {const: "acme,device"}
          reg: {maxItems: 1}
        required: [reg]
        additionalProperties: false
        """))
    let node = "n { compatible = \"acme,device\"; wat; };"
    #expect(try bench.verdicts(node) == ["DTH102 /n reg", "DTH101 /n wat"])
    #expect(try bench.verdicts("b { status = \"disabled\"; \(node) };") == ["DTH101 /b/n wat"])
    let okay = "b { status = \"disabled\"; n { compatible = \"acme,device\"; status = \"okay\"; }; };"
    #expect(try bench.verdicts(okay) == ["DTH102 /b/n reg"])
  }

  @Test func holdsChildrenAgainstTheParentsBindingToo() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        """
        properties: {compatible: {const: "acme,device"}}
        patternProperties:
          "^led@[0-9]$":
            {type: object, properties: {color: {enum: [red]}}, required: [reg], additionalProperties: false}
        additionalProperties: false
        """))
    let found = try bench.verdicts(
      "n { compatible = \"acme,device\"; led@1 { color = \"blue\"; }; lid { }; };")
    #expect(found == ["DTH117 /n lid", "DTH102 /n/led@1 reg", "DTH104 /n/led@1 color"])
  }

  @Test func leavesExamplesAndGeneratedNodesOut() throws {
    let bench = try ValidationBench(ValidationBench.device("select: true\nrequired: [a]"))
    let found = try bench.verdicts("a; example-1 { }; __hidden { }; n { };")
    #expect(found == ["DTH102 /n a"])
  }

  // MARK: Hostile bindings

  @Test func endsWhereBindingsReferToThemselves() throws {
    let bench = try ValidationBench(
      ValidationBench.device(
        "select: true\nallOf: [{$ref: '#'}, {$ref: '#'}, {$ref: acme.yaml#}]\nrequired: [a]"))
    #expect(try bench.verdicts("a;") == ["DTH118 / -"])
  }

  @Test func treatsAMissingTargetAsFalse() throws {
    let bench = try ValidationBench(
      ValidationBench.device("properties: {compatible: {const: \"acme,device\"}, x: {$ref: nowhere.yaml#}}"))
    #expect(try bench.verdicts("n { compatible = \"acme,device\"; x; };") == ["DTH110 /n x"])
  }

  /// What one board teaches a validator changes nothing for the next one.
  @Test func isIndependentOfEarlierBoards() throws {
    let bench = try ValidationBench(Self.common, Self.closed)
    let validator = BindingValidator(bench.bindings)
    let first = try bench.tree(
      "a { compatible = \"acme,device\"; zeta; beta; phandle = <1>; zn { }; bn { }; };")
    let second = try bench.tree("c { compatible = \"acme,device\"; beta; zeta; bn { }; zn { }; an { }; };")
    let alone = BindingValidator(bench.bindings).validate(second)
    _ = validator.validate(first)
    #expect(validator.validate(second) == alone)
  }
}
