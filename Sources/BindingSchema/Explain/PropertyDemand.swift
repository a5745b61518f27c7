import Diagnostics

/// What a binding says about one property's value, in words for a table.
struct PropertyDemand {
  /// The type's name, where the binding gives one.
  var type = ""
  /// Which values are allowed, in short phrases.
  var values: [String] = []
  /// The other binding that describes a child node.
  var reference = ""

  /// How many values of a list are shown.
  private static let shownMax = 8
  /// How deep alternatives in alternatives are looked into.
  private static let depthMax = 6

  /// Reads the schema of a property as its author wrote it.
  init(_ schema: SchemaValue) { read(schema, depth: 0) }

  /// The phrases in one text.
  var valueText: String { values.joined(separator: "; ") }

  private mutating func read(_ schema: SchemaValue, depth: Int) {
    guard depth < Self.depthMax else { return }
    if let isAllowed = schema.bool {
      if !isAllowed { values.append("not allowed") }
      return
    }
    guard let map = schema.map else { return }
    readType(map)
    if let value = map["const"] { values.append(Self.text(value)) }
    if let list = map["enum"]?.list { values.append(Self.choice(list.map(Self.text))) }
    if let pattern = map["pattern"]?.string { values.append("matches /\(pattern)/") }
    if let bounds = Self.bounds(map) { values.append(bounds) }
    if let count = Self.count(map) { values.append(count) }
    readItems(map, depth: depth)
    for part in map["allOf"]?.list ?? [] { read(part, depth: depth + 1) }
    readAlternatives(map, depth: depth)
    if let value = map["default"] { values.append("default \(Self.text(value))") }
    if map["deprecated"]?.bool == true { values.append("deprecated") }
  }

  private mutating func readType(_ map: SchemaMap) {
    if let reference = map["$ref"]?.string {
      if reference.contains("/definitions/"), let last = reference.split(separator: "/").last {
        type = String(last)
      } else {
        self.reference = reference
        if type.isEmpty, !reference.contains("#/") { type = "node" }
      }
    }
    guard type.isEmpty else { return }
    switch map["type"]?.string {
    case "boolean": type = "flag"
    case "object": type = "node"
    default: if map.has("properties") || map.has("patternProperties") { type = "node" }
    }
  }

  private mutating func readItems(_ map: SchemaMap, depth: Int) {
    guard let items = map["items"] else { return }
    if let list = items.list {
      let entries = list.map { entry -> String in
        let demand = PropertyDemand(entry, depth: depth + 1).valueText
        return demand.isEmpty ? entry["description"]?.string.map(Self.firstSentence) ?? "any" : demand
      }
      values.append("in order: " + Self.limited(entries).joined(separator: ", "))
    } else {
      let demand = PropertyDemand(items, depth: depth + 1).valueText
      if !demand.isEmpty { values.append("each \(demand)") }
    }
  }

  private mutating func readAlternatives(_ map: SchemaMap, depth: Int) {
    for key in ["oneOf", "anyOf"] {
      guard let branches = map[key]?.list else { continue }
      let demands = branches.map { PropertyDemand($0, depth: depth + 1) }
      if type.isEmpty { type = demands.first { !$0.type.isEmpty }?.type ?? "" }
      let texts = demands.map(\.valueText).filter { !$0.isEmpty }
      if !texts.isEmpty { values.append(Self.choice(texts)) }
    }
  }

  private init(_ schema: SchemaValue, depth: Int) { read(schema, depth: depth) }

  private static func bounds(_ map: SchemaMap) -> String? {
    let least = map["minimum"].map(text)
    let most = map["maximum"].map(text)
    switch (least, most) {
    case (let least?, let most?): return "\(least) to \(most)"
    case (let least?, nil): return "at least \(least)"
    case (nil, let most?): return "at most \(most)"
    case (nil, nil): return map["multipleOf"].map { "a multiple of \(text($0))" }
    }
  }

  private static func count(_ map: SchemaMap) -> String? {
    let least = map["minItems"]?.integer
    let most = map["maxItems"]?.integer
    switch (least, most) {
    case (let least?, let most?): return least == most ? entries(most) : "\(least) to \(entries(most))"
    case (let least?, nil): return "at least \(entries(least))"
    case (nil, let most?): return map["items"]?.list == nil ? entries(most) : "at most \(entries(most))"
    case (nil, nil): return nil
    }
  }

  private static func entries(_ count: Int128) -> String { count == 1 ? "1 entry" : "\(count) entries" }

  private static func choice(_ texts: [String]) -> String { limited(texts).joined(separator: " | ") }

  private static func limited(_ texts: [String]) -> [String] {
    texts.count <= shownMax ? texts : texts.prefix(shownMax) + ["… \(texts.count - shownMax) more"]
  }

  /// A value as its author would write it.
  static func text(_ value: SchemaValue) -> String {
    switch value.content {
    case .null: "null"
    case .bool(let bool): "\(bool)"
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .string(let string): string
    case .list(let list): "[\(limited(list.map(text)).joined(separator: ", "))]"
    case .map: "{…}"
    }
  }

  /// A text up to its first full stop, in one line.
  static func firstSentence(_ text: String) -> String {
    let words = text.split { $0 == " " || $0 == "\n" || $0 == "\t" }
    var sentence: [Substring] = []
    for word in words {
      sentence.append(word)
      if word.last == "." { break }
    }
    let joined = sentence.joined(separator: " ")
    return joined.last == "." ? String(joined.dropLast()) : joined
  }
}
