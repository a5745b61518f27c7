import Testing

@testable import BindingSchema

/// From bytes to values, by the types that bindings give.
@Suite struct ValuesTests {
  static let binding = ValidationBench.device(
    """
    select: false
    properties:
      flag: {$ref: types.yaml#/definitions/flag}
      byte: {$ref: types.yaml#/definitions/uint8}
      one: {$ref: types.yaml#/definitions/uint32}
      many: {$ref: types.yaml#/definitions/uint32-array}
      wide: {$ref: types.yaml#/definitions/uint64}
      signed: {$ref: types.yaml#/definitions/int32}
      names: {$ref: types.yaml#/definitions/string-array}
      either: {oneOf: [{$ref: types.yaml#/definitions/uint32}, {$ref: types.yaml#/definitions/uint32-array}]}
      sized: {oneOf: [{$ref: types.yaml#/definitions/uint32}, {$ref: types.yaml#/definitions/uint64}]}
      text-or-cells: {oneOf: [{$ref: types.yaml#/definitions/string}, {$ref: types.yaml#/definitions/uint32-array}]}
      grid: {$ref: types.yaml#/definitions/uint32-matrix, items: {minItems: 2, maxItems: 2}}
      grid-or-array:
        oneOf:
          - {$ref: types.yaml#/definitions/uint32-array}
          - {$ref: types.yaml#/definitions/uint32-matrix, items: {minItems: 2, maxItems: 2}}
      gpios: {oneOf: [{$ref: types.yaml#/definitions/uint32-matrix}, {$ref: types.yaml#/definitions/phandle-array}]}
      clocks: {$ref: types.yaml#/definitions/phandle-array}
      memory-region: {$ref: types.yaml#/definitions/phandle-array}
      interconnects: {$ref: types.yaml#/definitions/phandle-array}
      msi-ranges: {$ref: types.yaml#/definitions/phandle-array}
      dma-masters: {oneOf: [{$ref: types.yaml#/definitions/uint32}, {$ref: types.yaml#/definitions/phandle-array}]}
      interrupt-map: {$ref: types.yaml#/definitions/uint32-matrix}
      iommu-map: {$ref: types.yaml#/definitions/uint32-matrix}
      cooling-levels:
        oneOf: [{$ref: types.yaml#/definitions/uint8-array}, {$ref: types.yaml#/definitions/uint32-array}]
    """)

  @Test(arguments: [
    ("flag;", "flag", "true"), ("flag = <1>;", "flag", "1"), ("flag = [01 02 03];", "flag", "3 bytes"),
    ("byte = [ff];", "byte", "255"), ("byte = <1>;", "byte", "[0 0 0 1]"), ("one = <7>;", "one", "7"),
    ("one = <1 2>;", "one", "[1 2]"), ("one = [01 02];", "one", "258"),
    ("one = [01 02 03];", "one", "3 bytes"),
    ("one;", "one", "true"), ("many = <7>;", "many", "[7]"),
    ("wide = <1 2>;", "wide", "4294967298"),
    ("wide = /bits/ 64 <0xffffffffffffffff>;", "wide", "18446744073709551615"),
    ("signed = <(-5)>;", "signed", "-5"), ("names = \"a\", \"b\";", "names", "[\"a\" \"b\"]"),
    ("names = \"a\", \"\";", "names", "[\"a\" \"\"]"), ("names = [61];", "names", "1 bytes"),
    ("unheard = <1>;", "unheard", "4 bytes"),
  ])
  func readsBytesByTheirType(_ property: String, _ name: String, _ wanted: String) throws {
    let bench = try ValidationBench(Self.binding)
    #expect(try bench.shape("device { \(property) };", of: name) == wanted)
  }

  /// Where dt-validate takes any type, all are kept, in the order of the types.
  @Test(arguments: [
    ("either = <7>;", "either", "7 | [7]"), ("either = <1 2>;", "either", "[1 2]"),
    ("sized = <7>;", "sized", "7"), ("sized = <0 7>;", "sized", "7"),
    ("text-or-cells = \"abc\";", "text-or-cells", "[\"abc\"]"),
    ("text-or-cells = <1>;", "text-or-cells", "[1]"),
    ("grid-or-array = <1 2 3 4>;", "grid-or-array", "[1 2 3 4] | [[1 2] [3 4]]"),
    ("cooling-levels = [01 02];", "cooling-levels", "[1 2]"),
    ("cooling-levels = <1 2>;", "cooling-levels", "[1 2]"),
    ("cooling-levels = [00];", "cooling-levels", "[0]"),
  ])
  func decidesBetweenTypes(_ property: String, _ name: String, _ wanted: String) throws {
    let bench = try ValidationBench(Self.binding)
    #expect(try bench.shape("device { \(property) };", of: name) == wanted)
  }

  @Test(arguments: [
    ("grid = <1 2 3 4>;", "grid", "[[1 2] [3 4]]"), ("grid = <1 2 3>;", "grid", "[[1 2] [3]]"),
    ("reset-gpios = <&two 1 2>, <0>, <&one 5>;", "reset-gpios", "[[2 1 2] [0] [1 5]]"),
    ("reset-gpios = <0x77 1 2>;", "reset-gpios", "[[119 1 2]]"),
    ("gpio-hog; gpios = <1 2 3>;", "gpios", "[[1 2 3]]"),
    ("clocks = <&one 1 &two 1 2 0>;", "clocks", "[[1 1] [2 1 2] [0]]"),
    ("clocks = <0x77 1>;", "clocks", "[[119 1]]"),
    ("clocks = <0xffffffff 1 0xffffffff 2>;", "clocks", "[[4294967295 1] [4294967295 2]]"),
    ("clocks = <&one>;", "clocks", "[[1]]"),
    ("memory-region = <&one &two>;", "memory-region", "[[1] [2]]"),
    ("interconnects = <&one 1 &two 1 2>;", "interconnects", "[[1 1 2 1 2]]"),
    ("msi-ranges = <&one 1 4 &two 1 2 4>;", "msi-ranges", "[[1 1 4] [2 1 2 4]]"),
    ("dma-masters = <2>;", "dma-masters", "2"), ("dma-masters = <&one &two>;", "dma-masters", "[[1] [2]]"),
    ("interrupt-parent = <&two>; interrupts = <1 2 3 4>;", "interrupts", "[[1 2] [3 4]]"),
    ("interrupt-parent = <0x77>; interrupts = <1 2>;", "interrupts", "[[1] [2]]"),
    ("interrupt-parent = <&none>; interrupts = <1 2>;", "interrupts", "[[1 2]]"),
    ("reg = <1 2 3 4>;", "reg", "[[1 2] [3 4]]"), ("reg = <1 2 3>;", "reg", "[[1 2] [3]]"),
    ("reg = \"x\";", "reg", "30720"), ("reg;", "reg", "true"),
    (
      "#address-cells = <2>; #size-cells = <1>; ranges = <0 1 2 3>, <4 5 6 7>;", "ranges",
      "[[0 1 2 3] [4 5 6 7]]"
    ),
    (
      "#address-cells = <1>; #interrupt-cells = <1>; interrupt-map = <0 1 &two 1 2>, <0 2 &one 3>;",
      "interrupt-map", "[[0 1 2 1 2] [0 2 1 3]]"
    ), ("interrupt-map = <1>;", "interrupt-map", "[[1]]"),
    ("iommu-map = <0 &two 1 2 9>;", "iommu-map", "[[0 2 1 2 9]]"),
  ])
  func splitsRows(_ property: String, _ name: String, _ wanted: String) throws {
    let bench = try ValidationBench(Self.binding)
    let providers = """
      one: one { phandle = <1>; #gpio-cells = <1>; #clock-cells = <1>; #interrupt-cells = <1>;
        #interconnect-cells = <1>; #iommu-cells = <1>; };
      two: two { phandle = <2>; #gpio-cells = <2>; #clock-cells = <2>; #interrupt-cells = <2>;
        #interconnect-cells = <2>; #iommu-cells = <2>; };
      none: none { phandle = <3>; #interrupt-cells = <0>; };

      """
    #expect(try bench.shape(providers + "device { \(property) };", of: name) == wanted)
  }

  @Test func inheritsCellsFromAboveTheParent() throws {
    let bench = try ValidationBench(Self.binding)
    let index = NameIndex(view: bench.bindings.view)
    let content = "#interrupt-cells = <2>; a { b { c { reg = <1 2 3 4>; interrupts = <1 2 3 4>; }; }; };"
    let board = InstanceTree(try bench.tree(content), index: index)
    let node = try #require(board.nodes.indices.last)
    #expect(board.nodes[node].addressCells == 1)
    #expect(board.nodes[node].sizeCells == 1)
    #expect(board.nodes[node].interruptCells == 2)
  }

  @Test func endsWhereCellsSayNothingOrTooMuch() throws {
    let bench = try ValidationBench(Self.binding)
    for cells in ["0", "0xffffffff"] {
      let index = NameIndex(view: bench.bindings.view)
      let bus = "bus { #address-cells = <\(cells)>; #size-cells = <\(cells)>; device { reg = <1 2 3>; }; };"
      let board = InstanceTree(try bench.tree(bus), index: index)
      let member = try #require(board.member(index.intern("reg"), of: 2))
      let value = board.readings[Int(board.reading(of: member.index))].instance
      #expect(value.kind == .matrix)
      #expect(value.count == 1)
    }
  }

  /// Bounds that no value can reach, in a property that may also be one number.
  @Test func survivesBoundsBeyondAllValues() throws {
    let binding = ValidationBench.device(
      """
      select: false
      properties:
        huge:
          oneOf:
            - {$ref: types.yaml#/definitions/uint32}
            - $ref: types.yaml#/definitions/uint32-matrix
              minItems: 99999999999999999999
              items: {minItems: 4294967295, maxItems: 4294967295}
      """)
    #expect(try ValidationBench(binding).shape("device { huge = <7>; };", of: "huge") == "7")
  }

  @Test func readsAliasesAsStringsWhateverTheyAreCalled() throws {
    let bench = try ValidationBench(Self.binding)
    let index = NameIndex(view: bench.bindings.view)
    let board = InstanceTree(try bench.tree("aliases { reg = \"/a\"; one = \"/b\"; };"), index: index)
    for name in ["reg", "one"] {
      let member = try #require(board.member(index.intern(name), of: 1))
      #expect(board.readings[Int(board.reading(of: member.index))].instance.kind == .strings)
    }
  }
}
