import Diagnostics

/// Checks that a binding is a schema: that every keyword is known and has a value of the right shape.
///
/// What the meta-schema of json-schema 2019-09 refuses makes the binding unusable, as for dt-schema; an unknown keyword
/// says nothing and is only reported.
struct ShapeCheck {
  /// What is wrong, in the order of the file.
  private(set) var problems: [BindingProblem] = []
  /// Whether the binding can be used.
  private(set) var isUsable = true
  /// Every `$ref` of the binding.
  private(set) var references: [SchemaValue] = []
  /// Every regular expression of the binding.
  private(set) var patterns: [BindingPattern] = []

  /// Checks a schema and all schemas in it.
  /// - Complexity: O(n) in the number of values.
  init(_ root: SchemaValue) { checkSchema(root, of: "the binding") }

  private mutating func checkSchema(_ value: SchemaValue, of owner: @autoclosure () -> String) {
    switch value.content {
    case .bool: return
    case .map(let map):
      for member in map.members {
        if let shape = Keyword.shapes[member.key] {
          check(member, shape)
        } else {
          reportUnknown(member)
        }
      }
    default: refuse(value, owner(), "a schema, that is a map, `true` or `false`")
    }
  }

  private mutating func check(_ member: SchemaMap.Member, _ shape: Keyword.Shape) {
    let value = member.value
    switch shape {
    case .schema: checkSchema(value, of: "`\(member.key)`")
    case .schemas: checkSchemas(value, of: member.key)
    case .items:
      if value.list != nil { checkSchemas(value, of: "items") } else { checkSchema(value, of: "`items`") }
    case .schemaMap, .dependencies, .nameListMap, .boolMap: checkMap(member, shape)
    case .nameList: checkNames(value, of: member.key)
    case .type: checkType(value)
    case .text:
      expect(value.string != nil, value, member.key, "text")
      guard let text = value.string else { return }
      if member.key == "$ref" { references.append(value) }
      if member.key == "pattern" { patterns.append(BindingPattern(text: text, mark: value.mark)) }
    case .identifier, .anchor:
      guard let text = value.string else { return refuse(value, "`\(member.key)`", "text") }
      let isRight = shape == .anchor ? Self.isAnchor(text) : Self.isIdentifier(text)
      expect(isRight, value, member.key, shape == .anchor ? "a name" : "a URI without a fragment")
    case .bool: expect(value.bool != nil, value, member.key, "`true` or `false`")
    case .number: expect(Self.number(value) != nil, value, member.key, "a number")
    case .positiveNumber:
      expect(Self.number(value).map { $0 > 0 } ?? false, value, member.key, "a number above 0")
    case .count: expect(Self.isCount(value), value, member.key, "an integer from 0")
    case .list: expect(value.list != nil, value, member.key, "a list")
    case .anything: break
    }
  }

  private mutating func checkSchemas(_ value: SchemaValue, of key: String) {
    guard let list = value.list, !list.isEmpty else {
      return refuse(value, "`\(key)`", "a list of one schema or more")
    }
    for element in list { checkSchema(element, of: "an element of `\(key)`") }
  }

  private mutating func checkMap(_ member: SchemaMap.Member, _ shape: Keyword.Shape) {
    guard let map = member.value.map else { return refuse(member.value, "`\(member.key)`", "a map") }
    for entry in map.members {
      if member.key == "patternProperties" {
        patterns.append(BindingPattern(text: entry.key, mark: entry.keyMark))
      }
      let isList = entry.value.list != nil
      switch shape {
      case .nameListMap: checkNames(entry.value, of: entry.key)
      case .dependencies where isList: checkNames(entry.value, of: entry.key)
      case .boolMap: expect(entry.value.bool != nil, entry.value, entry.key, "`true` or `false`")
      default: checkSchema(entry.value, of: "`\(QuotedText.shown(entry.key))`")
      }
    }
  }

  private mutating func checkNames(_ value: SchemaValue, of key: String) {
    guard let list = value.list else { return refuse(value, "`\(QuotedText.shown(key))`", "a list of names") }
    var seen: Set<String> = []
    for element in list {
      guard let name = element.string else {
        refuse(element, "an element of `\(QuotedText.shown(key))`", "a name")
        continue
      }
      guard !seen.insert(name).inserted else { continue }
      refuse(
        element, "`\(QuotedText.shown(key))`",
        "a list of different names; `\(QuotedText.shown(name))` is there twice"
      )
    }
  }

  private mutating func checkType(_ value: SchemaValue) {
    let types = value.list ?? [value]
    expect(!types.isEmpty, value, "type", "the name of a type or a list of them")
    var seen: Set<String> = []
    for type in types {
      let name = type.string ?? ""
      expect(
        Keyword.types.contains(name), type, "type",
        "one of \(Text.list(Keyword.types.sorted(), conjunction: "or"))")
      if !name.isEmpty { expect(seen.insert(name).inserted, type, "type", "a list of different types") }
    }
  }

  // MARK: Values

  private static func number(_ value: SchemaValue) -> Double? {
    switch value.content {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  /// Whether a value is an integer from 0; 2.0 is one, as everywhere in json-schema.
  private static func isCount(_ value: SchemaValue) -> Bool {
    number(value).map { $0 >= 0 && $0.rounded() == $0 } ?? false
  }

  /// Whether text has no `#` but the last character.
  private static func isIdentifier(_ text: String) -> Bool {
    text.utf8.firstIndex(of: UInt8(ascii: "#")).map { text.utf8.index(after: $0) == text.utf8.endIndex }
      ?? true
  }

  private static func isAnchor(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_:.".utf8.contains(byte)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  // MARK: Problems

  private mutating func expect(
    _ isRight: Bool, _ value: SchemaValue, _ key: String, _ wanted: @autoclosure () -> String
  ) {
    if !isRight { refuse(value, "`\(QuotedText.shown(key))`", wanted()) }
  }

  private mutating func refuse(_ value: SchemaValue, _ owner: String, _ wanted: String) {
    isUsable = false
    add(
      BindingProblem(
        .malformedKeyword, "\(owner) must be \(wanted), but this is \(value.kind)", at: value.mark,
        help: "dt-schema leaves the whole binding out; so does dtheap"))
  }

  private mutating func reportUnknown(_ member: SchemaMap.Member) {
    let near = { Text.closestMatch(to: member.key, in: Keyword.shapes.keys) }
    add(
      BindingProblem(
        .unknownKeyword, "`\(QuotedText.shown(member.key))` is no keyword of bindings", at: member.keyMark,
        help: near().map { "did you mean `\($0)`?" } ?? "the name of a property stands under `properties`"))
  }

  private mutating func add(_ problem: @autoclosure () -> BindingProblem) {
    if problems.count < BindingLibrary.problemsMax { problems.append(problem()) }
  }
}

extension SchemaValue {
  /// What the value is, for a message.
  var kind: String {
    switch content {
    case .null: "nothing"
    case .bool(let isTrue): isTrue ? "`true`" : "`false`"
    case .integer(let number): "the number \(number)"
    case .number(let number): "the number \(number)"
    case .string(let text): "the text `\(QuotedText.shown(text))`"
    case .list(let list): list.isEmpty ? "an empty list" : "a list"
    case .map: "a map"
    }
  }
}
