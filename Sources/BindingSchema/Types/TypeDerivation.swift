/// Finds out which types the bindings give each property.
///
/// A blob does not say what its bytes are; the type of a property is what all bindings together say of its name.
/// Bindings are taken in the order of their `$id`, so that the result does not depend on the order of files.
/// - Source: dt-schema 2026.9, dtschema/validator.py, get_prop_types and what it calls.
struct TypeDerivation {
  /// A type as it is found: by name, which may be that of another property, or none.
  private struct Entry {
    var type: String?
    var dimensions: MatrixDimensions?
    /// Whether the name is a pattern.
    let isPattern: Bool
    /// The binding that was the last to give this type.
    var document: Int
    /// Whether the type is one of text.
    let isText: Bool

    init(type: String?, dimensions: MatrixDimensions? = nil, isPattern: Bool, document: Int) {
      (self.type, self.dimensions, self.isPattern, self.document) = (type, dimensions, isPattern, document)
      isText = type?.contains("string") ?? false
    }
  }

  /// The properties in the order in which they are found.
  private var names: [String] = []
  private var entries: [[Entry]] = []
  private var indices: [String: Int] = [:]
  /// The binding that is read.
  private var document = 0
  private var resolver = PointerResolver(SchemaValue(.null))
  /// How many local references lead to where the derivation is, so that a circle ends.
  private var referenceDepth = 0
  /// How many local references of the binding were followed.
  private var referenceCount = 0

  private static let referenceDepthMax = 32
  private static let referenceCountMax = 10_000
  /// The most types of one name; real names have three.
  private static let typesMax = 64

  /// A generic pattern that matches every name and would type what it does not describe.
  private static let genericPattern = "^[a-z][a-z0-9\\-]*$"

  /// The types that bindings after the fixups give.
  /// - Complexity: O(n) in the number of values.
  static func types(of documents: [SchemaDocument]) -> PropertyTypes {
    var derivation = TypeDerivation()
    for (index, document) in documents.enumerated() {
      guard let root = document.root.map else { continue }
      derivation.document = index
      derivation.resolver = PointerResolver(document.root)
      derivation.referenceCount = 0
      derivation.readNode(root)
    }
    return derivation.result()
  }

  // MARK: Schemas

  private mutating func readNode(_ value: SchemaValue?) { if let map = value?.map { readNode(map) } }

  private mutating func readNode(_ map: SchemaMap) {
    readNode(map["additionalProperties"])
    for key in ["allOf", "oneOf", "anyOf"] {
      for branch in map[key]?.list ?? [] { readNode(branch) }
    }
    for key in ["properties", "patternProperties"] {
      for member in map[key]?.map?.members ?? [] {
        readProperty(member.key, member.value, isPattern: key == "patternProperties")
      }
    }
  }

  private mutating func readProperty(_ name: String, _ schema: SchemaValue, isPattern: Bool) {
    guard name.utf8.first != UInt8(ascii: "$") else { return }
    guard let map = schema.map else {
      if schema.bool == true, indices[name] == nil {
        entries[index(of: name)].append(Entry(type: nil, isPattern: isPattern, document: document))
      }
      return
    }
    let reference = map["$ref"]?.string
    if let reference, reference.hasPrefix("#/") {
      if let index = indices[name], entries[index].contains(where: { $0.document == document }) { return }
      follow(reference, name, isPattern: isPattern)
    }
    for key in ["allOf", "oneOf", "anyOf"] {
      for branch in map[key]?.list ?? [] { readProperty(name, branch, isPattern: isPattern) }
    }
    let index = index(of: name)
    let isParent = ["properties", "patternProperties", "additionalProperties"].contains { map.has($0) }
    let type =
      isParent || map["type"]?.string == "object" ? Self.node : Self.type(of: map, name, reference: reference)
    guard let type else {
      if entries[index].isEmpty {
        entries[index].append(Entry(type: nil, isPattern: isPattern, document: document))
      }
      return
    }
    let entry = Entry(
      type: type, dimensions: Self.dimensions(of: map, type: type), isPattern: isPattern, document: document)
    merge(entry, into: index)
    if isParent { readNode(map) }
  }

  /// Reads the schema to which a local reference leads as one of the property's own.
  private mutating func follow(_ reference: String, _ name: String, isPattern: Bool) {
    guard referenceDepth < Self.referenceDepthMax, referenceCount < Self.referenceCountMax,
      let target = resolver.target(SchemaReference(reference, base: "").steps)
    else { return }
    referenceCount += 1
    referenceDepth += 1
    readProperty(name, target, isPattern: isPattern)
    referenceDepth -= 1
  }

  // MARK: Types

  private static let node = "node"

  /// The type that a property's schema itself names.
  private static func type(of map: SchemaMap, _ name: String, reference: String?) -> String? {
    if let reference, let type = TypeName.first(in: reference) { return type }
    var type: String?
    if let reference, !reference.hasPrefix("#/"), reference.contains("/properties/") {
      let other = reference.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) }
      if other != name { type = other }
    }
    if map["type"]?.string == "boolean" { return "flag" }
    if let items = map["items"] {
      if let item = (items.list?.first ?? items).map, PropertyFixups.isTextSchema(item) {
        return "string-array"
      }
      if name.hasSuffix("-microvolt") { return "int32-matrix" }
      return name.hasSuffix("-hz") && !name.hasPrefix("opp") ? "uint32-matrix" : nil
    }
    if let reference, reference.hasSuffix(".yaml") || reference.hasSuffix(".yaml#") { return node }
    return type
  }

  private static func isMatrix(_ type: String) -> Bool {
    type == "phandle-array" || type.hasSuffix("-matrix")
  }

  /// How many rows and cells a row a schema allows; nil where it says nothing of it.
  private static func dimensions(of map: SchemaMap, type: String) -> MatrixDimensions? {
    guard isMatrix(type), map.has("items") || map.has("minItems") || map.has("maxItems") else { return nil }
    let none = MatrixDimensions.Bounds(min: 0, max: 0)
    let items = map["items"]
    let inner = items.map { $0.list?.first ?? $0 }.map { $0.map.map(bounds) ?? .init(min: 1, max: 0) }
    return MatrixDimensions(outer: bounds(of: map), inner: inner ?? none)
  }

  private static func bounds(of map: SchemaMap) -> MatrixDimensions.Bounds {
    func count(_ key: String) -> Int? { map[key]?.integer.map { Int(clamping: $0) } }
    if let list = map["items"]?.list { return .init(min: count("minItems") ?? list.count, max: list.count) }
    return .init(min: count("minItems") ?? 1, max: count("maxItems") ?? 0)
  }

  private static func merged(_ a: MatrixDimensions, _ b: MatrixDimensions) -> MatrixDimensions {
    func merged(_ a: MatrixDimensions.Bounds, _ b: MatrixDimensions.Bounds) -> MatrixDimensions.Bounds {
      let most = min(a.max, b.max) == 0 ? 0 : max(a.max, b.max)
      return .init(min: most == 1 ? 1 : min(a.min, b.min), max: most)
    }
    return MatrixDimensions(outer: merged(a.outer, b.outer), inner: merged(a.inner, b.inner))
  }

  /// Adds a type to those of a name, or joins it with one that says the same.
  private mutating func merge(_ entry: Entry, into index: Int) {
    guard let type = entry.type else { return }
    for at in entries[index].indices {
      guard let known = entries[index][at].type else {
        entries[index].remove(at: at)
        break
      }
      let isJoined: Bool
      if let dimensions = entry.dimensions, Self.isMatrix(known) {
        entries[index][at].dimensions =
          entries[index][at].dimensions.map { Self.merged($0, dimensions) } ?? dimensions
        isJoined = true
      } else if known == type {
        isJoined = true
      } else if entry.isText, entries[index][at].isText {
        if type == "string-array" { entries[index][at].type = type }
        isJoined = true
      } else {
        isJoined = false
      }
      guard isJoined else { continue }
      entries[index][at].document = document
      return
    }
    if entries[index].count < Self.typesMax { entries[index].append(entry) }
  }

  private mutating func index(of name: String) -> Int {
    if let index = indices[name] { return index }
    indices[name] = names.count
    names.append(name)
    entries.append([])
    return names.count - 1
  }

  // MARK: Result

  private func result() -> PropertyTypes {
    var types = PropertyTypes()
    for (name, found) in zip(names, entries) where name != Self.genericPattern {
      let kept = found.filter { resolved($0.type) != Self.node }
      guard let first = kept.first else { continue }
      let named = kept.map { entry in
        PropertyType(
          resolved(entry.type).flatMap { PropertyTypeName(rawValue: $0) }, dimensions: entry.dimensions)
      }
      if !first.isPattern {
        types.exact[name] = named
      } else if named.first?.name != nil {
        types.patterns.append((name, named))
      }
    }
    types.patterns.sort { $0.pattern.utf8.lexicographicallyPrecedes($1.pattern.utf8) }
    return types
  }

  /// A type, or the first type of the property whose name it is.
  private func resolved(_ type: String?) -> String? {
    guard let type, type != Self.node, TypeName.first(in: type) == nil else { return type }
    return indices[type].flatMap { entries[$0].first?.type }
  }
}
