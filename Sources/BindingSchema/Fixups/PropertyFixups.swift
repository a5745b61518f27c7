/// Writes out the shorthand in which bindings describe a property's value.
///
/// In a blob nearly every value is a list or a list of lists; bindings leave out the levels that a reader can guess.
/// - Source: dt-schema 2026.9, dtschema/fixups.py, walk_properties and fixup_vals.
enum PropertyFixups {
  /// Fixes the schema of a property's value and the schemas that stand for the same value.
  static func apply(to schema: inout SchemaValue, _ path: FixupPath) {
    schema.editMap { map in
      turnConstantsIntoEnum(&map)
      for key in ["allOf", "oneOf", "anyOf"] {
        map.edit(key) { list in list.editElements { apply(to: &$0, path.entering(key)) } }
      }
      map.edit("then") { apply(to: &$0, path.entering("then")) }
      if path.isUnderReg { wrapReg(&map) }
      dropEmptyItems(&map)
      if let property = path.property, !map.has("$ref") { wrapByUnit(&map, property) }
      if isTextSchema(map) { wrap(&map, levels: 1) }
      ItemCounts.fix(&map, isConditional: path.isUnderConditional)
      SchemaFixups.splitDependencies(&map)
    }
  }

  // MARK: Alternatives

  /// Branches of `anyOf` or `oneOf` that are constants with a description become an `enum`.
  private static func turnConstantsIntoEnum(_ map: inout SchemaMap) {
    guard let branches = map["anyOf"] ?? map["oneOf"] else {
      map.edit("items") { items in items.editMap(turnConstantsIntoEnum) }
      return
    }
    var constants: [SchemaValue] = []
    for branch in branches.list ?? [] {
      guard let members = branch.map, let constant = members["const"] else { return }
      // A branch that says more is kept; dt-schema overlooks this where there is no description.
      if members.members.count > 2, members.has("description") { return }
      constants.append(constant)
    }
    _ = map.remove("anyOf")
    _ = map.remove("oneOf")
    map["enum"] = SchemaValue(.list(constants), at: branches.mark)
  }

  // MARK: Levels

  /// What says something about a single value.
  private static let scalarKeys = ["const", "enum", "pattern", "minimum", "maximum", "multipleOf"]

  /// Takes what is said about a single value out of a schema.
  private static func takeScalar(from map: inout SchemaMap) -> SchemaMap {
    SchemaMap(
      scalarKeys.compactMap { key in map.index(of: key).map { map.removeMember(at: $0) } })
  }

  /// Puts what is said about a single value inside so many levels of one item each.
  private static func wrap(_ map: inout SchemaMap, levels: Int) {
    let scalar = takeScalar(from: &map)
    let mark = scalar.members.first?.keyMark ?? .none
    var value = SchemaValue(.map(scalar), at: mark)
    for _ in 1..<levels { value = .map("items", .list(of: value)) }
    map["items"] = .list(of: value)
  }

  /// `reg` is a matrix: an integer in it is the only cell of the only row.
  private static func wrapReg(_ map: inout SchemaMap) {
    guard let items = map["items"] else {
      if isIntegerSchema(map) { wrap(&map, levels: 2) }
      return
    }
    guard let item = items.list?.first ?? items.map.map({ SchemaValue(.map($0), at: items.mark) }),
      var row = item.map, isIntegerSchema(row)
    else { return }
    wrap(&row, levels: 1)
    let kept = SchemaMap(row.members.filter { $0.key == "items" })
    map["items"] = .list(of: SchemaValue(.map(kept), at: item.mark))
  }

  /// A list of items about which nothing is said but a description is a number of items.
  private static func dropEmptyItems(_ map: inout SchemaMap) {
    guard let entry = map.member("items") else { return }
    if entry.value.map != nil {
      map.edit("items") { items in items.editMap(dropEmptyItems) }
      return
    }
    guard let count = entry.value.list?.count else { return }
    var isEmpty = true
    map.edit("items") { items in
      items.editElements { item in
        guard isEmpty else { return }
        item.editMap { item in
          dropEmptyItems(&item)
          if item.members.contains(where: { $0.key != "description" }) { isEmpty = false }
        }
      }
    }
    guard isEmpty else { return }
    _ = map.remove("items")
    map.setDefault("type", SchemaValue(.string("array"), at: entry.keyMark))
    for key in ["maxItems", "minItems"] {
      map.setDefault(key, SchemaValue(.integer(Int128(count)), at: entry.value.mark))
    }
  }

  /// A property whose name ends in a unit is an array, or a matrix for two of the units.
  private static func wrapByUnit(_ map: inout SchemaMap, _ property: String) {
    if UnitSuffix.isArray(property), isIntegerSchema(map) {
      wrap(&map, levels: 1)
    } else if UnitSuffix.isMatrix(property), !isMatrixSchema(map) {
      if map.has("items") || map.has("minItems") || map.has("maxItems") {
        var row = map
        _ = row.remove("description")
        let mark = row.members.first?.keyMark ?? .none
        map["items"] = .list(of: SchemaValue(.map(row), at: mark))
        _ = map.remove("minItems")
        _ = map.remove("maxItems")
      } else if isIntegerSchema(map) {
        wrap(&map, levels: 2)
      }
    }
  }

  // MARK: Kinds of schemas

  /// Whether a schema is about an integer. A boolean counts as one, as in dt-schema's Python.
  static func isIntegerSchema(_ map: SchemaMap) -> Bool {
    ["const", "enum", "minimum", "maximum"].contains { key in
      switch first(map[key])?.content {
      case .integer, .bool: true
      default: false
      }
    }
  }

  /// Whether a schema is about text.
  static func isTextSchema(_ map: SchemaMap) -> Bool {
    ["const", "enum", "pattern"].contains { first(map[$0])?.string != nil }
  }

  /// The first element of a list, or the value itself.
  private static func first(_ value: SchemaValue?) -> SchemaValue? {
    if let list = value?.list { list.first } else { value }
  }

  /// Whether the items of a schema are lists.
  private static func isMatrixSchema(_ map: SchemaMap) -> Bool {
    guard let items = map["items"] else { return false }
    return (items.list ?? [items]).contains { item in
      guard let item = item.map else { return false }
      return item.has("items") || item.has("maxItems") || item.has("minItems")
    }
  }
}
