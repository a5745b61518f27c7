import BindingSchema
import DTParse
import Diagnostics

extension FuzzEntry {
  /// Reads bindings, compiles them and holds a small board against them.
  ///
  /// An input is one file, or several with a line `# next file` between them, so that references can lead from one to
  /// another.
  public static func readBindings(_ bytes: [UInt8]) {
    let loaded = bindings(files(of: bytes))
    let image = SchemaCompiler.compile(loaded.bindings)
    guard let compiled = try? CompiledBindings(image) else { fatalError("what was compiled is refused") }
    validate(smallBoard, compiled)
  }

  /// Holds a board, as a source or as a blob, against the bindings that ship and against some that ask for what
  /// those do not: references with arguments, interrupts, nested conditions.
  public static func validateBoard(_ bytes: [UInt8]) {
    let isSource = !isBlob(bytes)
    if isSource, startsPreprocessor(bytes) { return }
    let path = isSource ? "fuzz.dts" : "fuzz.dtb"
    guard let result = try? DevicetreeLoader.load(bytes: bytes, path: path), let tree = result.tree,
      !result.hasErrors
    else { return }
    validate(tree, shipped)
    validate(tree, synthetic)
  }

  /// The findings must not depend on what the validator saw before.
  private static func validate(_ tree: Devicetree, _ compiled: CompiledBindings) {
    let validator = BindingValidator(compiled)
    let first = validator.validate(tree)
    precondition(validator.validate(tree) == first, "the second time the findings are others")
  }

  private static func bindings(_ files: [[UInt8]]) -> LoadedBindings {
    let entries = files.indices.map { BindingLibrary.Entry(path: "fuzz\($0).yaml", folder: 0) }
    let read = zip(entries, files).map { BindingFile(path: $0.path, bytes: $1) }
    return BindingLibrary.assemble(BindingLibrary.Listing(entries: entries), files: read.map { .success($0) })
  }

  private static func files(of bytes: [UInt8]) -> [[UInt8]] {
    let separator = Array("\n# next file\n".utf8)
    var files: [[UInt8]] = []
    var rest = bytes[...]
    while files.count < 8, let range = rest.firstRange(of: separator) {
      files.append(Array(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return files + [Array(rest)]
  }

  private static let shipped = BindingStore.shipped().compiled

  private static let synthetic: CompiledBindings = {
    let loaded = bindings([Array(syntheticBindings.utf8)])
    guard loaded.findings.isEmpty, let compiled = try? CompiledBindings(SchemaCompiler.compile(loaded.bindings))
    else { fatalError("the synthetic bindings are wrong: \(loaded.findings)") }
    return compiled
  }()

  private static let smallBoard: Devicetree = {
    guard let result = try? DevicetreeLoader.load(bytes: Array(boardSource.utf8), path: "small.dts"),
      let tree = result.tree, !result.hasErrors
    else { fatalError("the small board is wrong") }
    return tree
  }()

  private static let boardSource = """
    /dts-v1/;
    / {
      #address-cells = <1>;
      #size-cells = <1>;
      compatible = "acme,board", "acme,soc";
      model = "board";
      ic: interrupt-controller@1000 { reg = <0x1000 0x100>; interrupt-controller; #interrupt-cells = <2>; };
      gpio: gpio@2000 { reg = <0x2000 0x10>; #gpio-cells = <2>; gpio-controller; };
      device@3000 {
        compatible = "acme,device";
        reg = <0x3000 0x10>;
        interrupt-parent = <&ic>;
        interrupts = <1 4>, <2 8>;
        reset-gpios = <&gpio 1 0>;
        names = "one", "two";
        level = /bits/ 8 <1>;
        wide = /bits/ 64 <0x100000000>;
        flag;
        status = "disabled";
        child { value = <1 2 3>; };
      };
    };
    """

  private static let syntheticBindings = """
    $id: http://devicetree.org/schemas/fuzz/synthetic.yaml#
    $schema: http://devicetree.org/meta-schemas/core.yaml#
    title: Every kind of demand
    description: What the shipped bindings do not ask for.
    maintainers: [devicetree@vger.kernel.org]
    select: true
    $defs:
      cell: {type: integer, typeSize: 32, minimum: 0, maximum: 0xffffffff}
      cells: {type: array, minItems: 1, items: {$ref: '#/$defs/cell'}}
      matrix: {type: array, minItems: 1, items: {$ref: '#/$defs/cells'}}
    definitions:
      uint8: {type: integer, typeSize: 8}
      uint32: {$ref: '#/$defs/cell'}
      uint64: {type: integer, typeSize: 64}
      uint32-array: {$ref: '#/$defs/cells'}
      uint32-matrix: {$ref: '#/$defs/matrix'}
      phandle: {$ref: '#/$defs/matrix', maxItems: 1}
      phandle-array: {$ref: '#/$defs/matrix'}
      address: {$ref: '#/$defs/matrix', items: {maxItems: 5}}
      string: {type: array, items: {type: string}, maxItems: 1}
      string-array: {type: array, items: {type: string}, uniqueItems: true}
    properties:
      reg: {$ref: '#/definitions/address'}
      ranges: {oneOf: [{type: boolean}, {$ref: '#/definitions/uint32-matrix'}]}
      interrupts: {$ref: '#/definitions/uint32-matrix', maxItems: 4}
      interrupt-map: {$ref: '#/definitions/uint32-matrix'}
      interrupt-parent: {$ref: '#/definitions/phandle'}
      iommu-map: {$ref: '#/definitions/uint32-matrix'}
      memory-region: {$ref: '#/definitions/phandle-array', items: {maxItems: 1}}
      clocks: {$ref: '#/definitions/phandle-array', minItems: 1, maxItems: 3}
      clock-names: {$ref: '#/definitions/string-array', items: [{const: core}, {enum: [bus, iface]}]}
      compatible: {$ref: '#/definitions/string-array', contains: {pattern: '^[a-z]+,.*$'}}
      size: {oneOf: [{$ref: '#/definitions/uint32'}, {$ref: '#/definitions/uint64'}]}
      alignment: {$ref: '#/definitions/uint32-array', items: {multipleOf: 4096}}
      label: {$ref: '#/definitions/string'}
      level: {$ref: '#/definitions/uint8', exclusiveMinimum: 0}
      timeout-ms: {minimum: 1, maximum: 1000}
    patternProperties:
      '-gpios?$': {$ref: '#/definitions/phandle-array'}
      '^#.*-cells$': {$ref: '#/definitions/uint32', maximum: 8}
      '(?<!,nr)-names$': {$ref: '#/definitions/string-array'}
      '@[0-9a-f]+$': {type: object, anyOf: [{required: [reg]}, {required: [ranges]}]}
    dependencies: {clock-names: [clocks]}
    allOf:
      - if: {properties: {compatible: {contains: {const: shared-dma-pool}}}, required: [compatible]}
        then: {oneOf: [{required: [reg]}, {required: [size]}], not: {required: [no-map, reusable]}}
        else: {properties: {reusable: false}}
    unevaluatedProperties: {type: [object, integer, array, boolean, 'null']}
    """
}
