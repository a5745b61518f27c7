/// The keywords, one by one.
extension SchemaCompiler {
  mutating func lower(
    _ member: SchemaMap.Member, of map: SchemaMap, nesting: Int, into keywords: inout [LoweredKeyword]
  ) {
    let value = member.value
    func add(_ opcode: Opcode, _ operands: [UInt32], reference: SchemaReference? = nil) {
      keywords.append(
        LoweredKeyword(
          opcode: opcode, line: member.keyMark.line, operands: operands, reference: reference))
    }
    switch member.key {
    case "$ref":
      if let text = value.string { add(.reference, [0], reference: reference(text)) }
    case "type":
      let names = value.string.map { [$0] } ?? (value.list ?? []).compactMap(\.string)
      let types = names.compactMap { JSONTypes.named($0) }.reduce(into: JSONTypes()) { $0.formUnion($1) }
      add(.type, [types.rawValue])
    case "const": add(.const, constant(value))
    case "enum": lowerEnumeration(value, line: member.keyMark.line, into: &keywords)
    case "required": add(.required, names(value))
    case "minItems", "maxItems":
      let count = value.integer.map { UInt32(clamping: $0) } ?? 0
      add(member.key == "minItems" ? .minItems : .maxItems, [count])
    case "minimum": if let number = number(value) { add(.minimum, number) }
    case "maximum": if let number = number(value) { add(.maximum, number) }
    case "exclusiveMinimum": if let number = number(value) { add(.exclusiveMinimum, number) }
    case "exclusiveMaximum": if let number = number(value) { add(.exclusiveMaximum, number) }
    case "multipleOf": if let number = number(value) { add(.multipleOf, number) }
    case "typeSize": if let size = value.integer { add(.typeSize, [UInt32(clamping: size)]) }
    case "pattern":
      if let text = value.string {
        let program = program(text)
        add(.pattern, [program.start, program.count, writer.string(text)])
      }
    case "uniqueItems": if value.bool == true { add(.uniqueItems, []) }
    case "items", "additionalItems", "contains":
      lowerItems(member, of: map, nesting: nesting, into: &keywords)
    case "allOf", "anyOf", "oneOf":
      let opcode: Opcode = member.key == "allOf" ? .allOf : member.key == "anyOf" ? .anyOf : .oneOf
      let branches = schemas(value.list ?? [], nesting: nesting)
      if branches.count > 0 { add(opcode, [UInt32(branches.count)] + branches) }
    case "not": add(.negation, [lower(value, nesting: nesting)])
    case "if":
      let then = map["then"].map { lower($0, nesting: nesting) } ?? ImageLayout.anything
      let otherwise = map["else"].map { lower($0, nesting: nesting) } ?? ImageLayout.anything
      add(.condition, [lower(value, nesting: nesting), then, otherwise])
    case "dependentRequired", "dependentSchemas":
      lowerDependencies(member, nesting: nesting, into: &keywords)
    case "unevaluatedProperties":
      add(.unevaluatedProperties, [lower(value, nesting: nesting), value.bool == true ? 1 : 0])
    default: break
    }
  }

  private mutating func schemas(_ list: [SchemaValue], nesting: Int) -> [UInt32] {
    var result: [UInt32] = []
    for value in list { result.append(lower(value, nesting: nesting)) }
    return result
  }

  /// The number of names and the names.
  private mutating func names(_ value: SchemaValue) -> [UInt32] {
    var result: [UInt32] = [0]
    for name in value.list ?? [] {
      if let name = name.string { result.append(writer.string(name)) }
    }
    result[0] = UInt32(result.count - 1)
    return result
  }

  private mutating func lowerItems(
    _ member: SchemaMap.Member, of map: SchemaMap, nesting: Int, into keywords: inout [LoweredKeyword]
  ) {
    var keyword = LoweredKeyword(opcode: .eachItem, line: member.keyMark.line, operands: [])
    if member.key == "items", let list = member.value.list {
      let items = schemas(list, nesting: nesting)
      keyword.opcode = .itemList
      keyword.operands = [UInt32(items.count)] + items
      keywords.append(keyword)
      return
    }
    keyword.operands = [lower(member.value, nesting: nesting)]
    if member.key == "additionalItems" {
      // Without a list of items the keyword says nothing.
      guard let count = map["items"]?.list?.count else { return }
      keyword.opcode = .additionalItems
      keyword.operands.append(UInt32(count))
    } else if member.key == "contains" {
      keyword.opcode = .contains
      keyword.operands += [count(map["minContains"], or: 1), count(map["maxContains"], or: .max)]
    }
    keywords.append(keyword)
  }

  private func count(_ value: SchemaValue?, or absent: UInt32) -> UInt32 {
    guard let number = value?.integer else { return absent }
    return UInt32(clamping: number)
  }

  private mutating func lowerDependencies(
    _ member: SchemaMap.Member, nesting: Int, into keywords: inout [LoweredKeyword]
  ) {
    var operands: [UInt32] = [UInt32(member.value.map?.members.count ?? 0)]
    let isRequired = member.key == "dependentRequired"
    for entry in member.value.map?.members ?? [] {
      operands.append(writer.string(entry.key))
      operands += isRequired ? names(entry.value) : [lower(entry.value, nesting: nesting)]
    }
    keywords.append(
      LoweredKeyword(
        opcode: isRequired ? .dependentRequired : .dependentSchemas, line: member.keyMark.line,
        operands: operands))
  }

  /// One keyword of `properties`, `patternProperties` and `additionalProperties`, so that each member of a node is
  /// looked at once.
  mutating func lowerMembers(of map: SchemaMap, nesting: Int, into keywords: inout [LoweredKeyword]) {
    let exact = map.member("properties")
    let patterns = map.member("patternProperties")
    let rest = map.member("additionalProperties")
    guard exact != nil || patterns != nil || rest != nil else { return }
    var table: [(name: UInt32, words: [UInt32])] = []
    for entry in exact?.value.map?.members ?? [] {
      let name = writer.string(entry.key)
      table.append((name, [name, lower(entry.value, nesting: nesting), entry.keyMark.line]))
    }
    table.sort { $0.name < $1.name }
    var expressions: [UInt32] = []
    for entry in patterns?.value.map?.members ?? [] {
      let program = program(entry.key)
      let start = LiteralStart(of: entry.key)
      expressions += [
        program.start, program.count, lower(entry.value, nesting: nesting), writer.string(entry.key),
        entry.keyMark.line, start.count, start.low, start.high,
      ]
    }
    let others = rest.map { lower($0.value, nesting: nesting) } ?? ImageLayout.none
    let operands =
      [
        UInt32(table.count), UInt32(expressions.count / ImageLayout.patternWords), others,
        rest?.keyMark.line ?? 0, rest?.value.bool == true ? 1 : 0,
      ] + table.flatMap(\.words) + expressions
    let line = (exact ?? patterns ?? rest)?.keyMark.line ?? 0
    keywords.append(LoweredKeyword(opcode: .members, line: line, operands: operands))
  }

  private mutating func lowerEnumeration(
    _ value: SchemaValue, line: UInt32, into keywords: inout [LoweredKeyword]
  ) {
    let list = value.list ?? []
    let strings = list.compactMap(\.string)
    if strings.count == list.count {
      let ids = Set(strings.map { writer.string($0) }).sorted()
      let operands = [UInt32(ids.count)] + ids
      keywords.append(LoweredKeyword(opcode: .enumeratedStrings, line: line, operands: operands))
      return
    }
    var operands = [UInt32(list.count)]
    for item in list { operands += constant(item) }
    keywords.append(LoweredKeyword(opcode: .enumeration, line: line, operands: operands))
  }

  private func number(_ value: SchemaValue) -> [UInt32]? {
    var part = ImageWriter()
    part.words = []
    switch value.content {
    case .integer(let integer): part.append(integer: integer)
    case .number(let double): part.append(double: double)
    default: return nil
    }
    return part.words
  }

  private mutating func constant(_ value: SchemaValue) -> [UInt32] {
    switch value.content {
    case .bool(let bool): return [ConstantKind.bool.rawValue, bool ? 1 : 0]
    case .integer, .number: return [ConstantKind.number.rawValue] + (number(value) ?? [])
    case .string(let text): return [ConstantKind.string.rawValue, writer.string(text)]
    case .list(let list):
      var words = [ConstantKind.list.rawValue, UInt32(list.count)]
      for item in list { words += constant(item) }
      return words
    case .null, .map: return [ConstantKind.null.rawValue]
    }
  }
}

/// The bytes with which every text must begin that an expression matches, as far as they are plain to see.
///
/// Of 748 expressions for vendor prefixes nearly all differ in their first bytes from a given name.
struct LiteralStart {
  /// How many bytes, 0 to 8.
  private(set) var count: UInt32 = 0
  /// The first four bytes, the first one lowest.
  private(set) var low: UInt32 = 0
  /// The next four bytes.
  private(set) var high: UInt32 = 0

  /// The literal start of an expression; empty where it has none.
  init(of expression: String) {
    let bytes = Array(expression.utf8)
    guard bytes.first == 0x5E, !bytes.contains(0x7C) else { return }
    let quantifiers = Array("*+?{".utf8)
    for index in 1..<max(1, min(bytes.count, 9)) {
      let byte = bytes[index]
      guard Self.isPlain(byte) else { return }
      if index + 1 < bytes.count, quantifiers.contains(bytes[index + 1]) { return }
      if count < 4 { low |= UInt32(byte) << (8 * count) } else { high |= UInt32(byte) << (8 * (count - 4)) }
      count += 1
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2C, 0x5F, 0x23, 0x40, 0x2F: true
    default: false
    }
  }
}
