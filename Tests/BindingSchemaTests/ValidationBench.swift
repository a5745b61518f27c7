import DTParse
import Diagnostics

@testable import BindingSchema

/// Bindings written in a test, and boards to hold against them.
struct ValidationBench {
  /// The types that bindings refer to, as few as the tests need.
  static let types = """
    $id: http://devicetree.org/schemas/types.yaml#
    $schema: http://devicetree.org/meta-schemas/base.yaml#
    definitions:
      flag:
        type: boolean
      uint8: {type: integer, typeSize: 8}
      uint8-array: {type: array, minItems: 1, items: {$ref: "#/definitions/uint8"}}
      uint32: {type: integer, typeSize: 32}
      uint32-array: {type: array, minItems: 1, items: {$ref: "#/definitions/uint32"}}
      uint32-matrix: {type: array, minItems: 1, items: {$ref: "#/definitions/uint32-array"}}
      uint64: {type: integer, typeSize: 64}
      int32: {type: integer}
      string: {type: array, maxItems: 1, items: {type: string}}
      string-array: {type: array, uniqueItems: true, items: {type: string}}
      phandle: {type: array, maxItems: 1}
      phandle-array: {type: array, minItems: 1, items: {type: array}}
      address: {type: array, items: {type: array, minItems: 1, maxItems: 5}}
    """

  /// Properties that every board has.
  static let core = """
    $id: http://devicetree.org/schemas/core.yaml#
    $schema: http://devicetree.org/meta-schemas/base.yaml#
    select: false
    properties:
      compatible: {$ref: types.yaml#/definitions/string-array}
      status: {$ref: types.yaml#/definitions/string}
      reg: {$ref: types.yaml#/definitions/address}
      phandle: {$ref: types.yaml#/definitions/uint32}
      interrupts: {$ref: types.yaml#/definitions/uint32-matrix}
      ranges: {oneOf: [{$ref: types.yaml#/definitions/flag}, {$ref: types.yaml#/definitions/uint32-matrix}]}
    patternProperties:
      "-gpios?$": {$ref: types.yaml#/definitions/phandle-array}
      "^#.*-cells$": {$ref: types.yaml#/definitions/uint32}
    """

  let image: [UInt8]
  let bindings: CompiledBindings

  /// Compiles bindings; each begins with its `$id`.
  init(_ texts: String...) throws {
    let all = [Self.types, Self.core] + texts
    var listing = BindingLibrary.Listing()
    var files: [Result<BindingFile, FileSystem.Failure>] = []
    for (index, text) in all.enumerated() {
      let path = "binding\(index).yaml"
      listing.entries.append(BindingLibrary.Entry(path: path, folder: 0))
      files.append(.success(BindingFile(path: path, bytes: Array((text + "\n").utf8))))
    }
    image = SchemaCompiler.compile(BindingLibrary.assemble(listing, files: files).bindings)
    bindings = try CompiledBindings(image)
  }

  /// A binding for `compatible = "acme,device"` with these members, indented by nothing.
  static func device(_ members: String) -> String {
    """
    $id: http://devicetree.org/schemas/acme.yaml#
    $schema: http://devicetree.org/meta-schemas/core.yaml#

    """ + members
  }

  /// A source around the content of its root node.
  static func source(_ content: String) -> String {
    "/dts-v1/;\n/ {\n#address-cells = <1>;\n#size-cells = <1>;\n\(content)\n};\n"
  }

  func tree(_ content: String) throws -> Devicetree {
    let loaded = try DevicetreeLoader.load(bytes: Array(Self.source(content).utf8), path: "board.dts")
    guard let tree = loaded.tree, !loaded.hasErrors else {
      throw LoadFailure(path: "board.dts", reason: loaded.diagnostics.first?.message ?? "no tree")
    }
    return tree
  }

  /// What is found in a root node with this content.
  func findings(_ content: String) throws -> [Diagnostic] {
    BindingValidator(bindings).validate(try tree(content))
  }

  /// The same as `CODE node property`.
  func verdicts(_ content: String) throws -> [String] {
    try findings(content).map { "\($0.rule.code) \($0.node ?? "-") \($0.property ?? "-")" }
  }

  /// The shape that a property of `/device` is read as, `|` between readings.
  func shape(_ content: String, of property: String) throws -> String {
    let index = NameIndex(view: bindings.view)
    let board = InstanceTree(try tree(content), index: index)
    guard let node = board.nodes.indices.first(where: { board.sources[$0].path == "/device" }),
      let member = board.member(index.intern(property), of: Int32(node))
    else { return "none" }
    var texts: [String] = []
    var reading = board.reading(of: member.index)
    while reading >= 0 {
      texts.append(text(board.readings[Int(reading)].instance, board))
      reading = board.readings[Int(reading)].next
    }
    return texts.joined(separator: " | ")
  }

  private func text(_ x: Instance, _ board: InstanceTree) -> String {
    switch x.kind {
    case .node: "node"
    case .flag: "true"
    case .opaque: "opaque"
    case .integer: "\(board.integer(x))"
    case .string: "\"" + String(decoding: board.text(x), as: UTF8.self) + "\""
    case .bytes: "\(x.count) bytes"
    default:
      "[" + (0..<x.count).map { text(board.element($0, of: x), board) }.joined(separator: " ") + "]"
    }
  }
}
