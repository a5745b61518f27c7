/// Turns a binding as it is written into json-schema of 2019-09 that fits devicetrees.
///
/// Bindings are written in a shorthand: `const: foo` for a list of one string, `maxItems: 1` for exactly one,
/// `interrupts` for `interrupts-extended` as well, properties like `status` that every node may have. The fixups write
/// out what is meant.
/// - Source: dt-schema 2026.9, dtschema/fixups.py.
enum SchemaFixups {
  /// The most values of a binding after the fixups.
  ///
  /// A fixup may write a part of a binding twice, and parts of it again: without a bound a short binding could stand
  /// for an endless one.
  static let valuesMax = 2 * SchemaReader.valuesMax

  /// Applies all fixups to a binding.
  /// - Parameter root: the binding as it is written; its shape must be that of a schema (``ShapeCheck``).
  /// - Returns: whether it stayed within bounds; if not, it must not be used.
  /// - Complexity: O(n) in the number of values of the result.
  static func apply(to root: inout SchemaValue) -> Bool {
    let mark = root.mark
    var left = valuesMax
    root.editMap { map in
      for key in ["examples", "maintainers", "historical"] { _ = map.remove(key) }
      addSelect(to: &map)
    }
    fixNode(&root, FixupPath(), isBranchOfOneOf: false, &left)
    guard left > 0 else { return false }
    root.editMap { $0["type"] = SchemaValue(.string("object"), at: mark) }
    left = valuesMax
    return isBounded(root, &left)
  }

  /// Whether a value holds no more values than are left.
  private static func isBounded(_ value: SchemaValue, _ left: inout Int) -> Bool {
    left -= 1
    guard left > 0 else { return false }
    switch value.content {
    case .list(let list): return list.allSatisfy { isBounded($0, &left) }
    case .map(let map): return map.members.allSatisfy { isBounded($0.value, &left) }
    default: return true
    }
  }

  /// A binding that names no `compatible` is applied to the nodes whose name it describes.
  private static func addSelect(to map: inout SchemaMap) {
    guard !map.has("select"), let properties = map["properties"]?.map, !properties.has("compatible"),
      let name = properties.member("$nodename"), name.value.bool != true
    else { return }
    let required = SchemaValue(.list([SchemaValue(.string("$nodename"), at: name.keyMark)]), at: name.keyMark)
    let named = SchemaValue(.map(SchemaMap([name])), at: name.keyMark)
    map["select"] = SchemaValue(
      .map(
        SchemaMap([
          SchemaMap.Member("required", required, at: name.keyMark),
          SchemaMap.Member("properties", named, at: name.keyMark),
        ])), at: name.keyMark)
  }

  /// Two properties whose rows are of different lengths: nothing but a `$ref` is kept of what is said about them.
  private static let variableMatrices: Set<String> = ["fsl,pins", "qcom,board-id"]

  /// Fixes a schema of a node and all schemas in it, as long as there are values left.
  private static func fixNode(
    _ schema: inout SchemaValue, _ path: FixupPath, isBranchOfOneOf: Bool, _ left: inout Int
  ) {
    left -= 1
    guard left > 0 else { return }
    schema.editMap { map in
      splitDependencies(&map)
      InterruptFixups.apply(to: &map, isBranchOfOneOf: isBranchOfOneOf)
      ImplicitProperties.add(to: &map)
      // It would mark every property as evaluated, also for a schema that refers to this one.
      if map["additionalProperties"]?.bool == true { _ = map.remove("additionalProperties") }
      for index in map.members.indices {
        let key = map.members[index].key
        switch key {
        case "select", "if", "then", "else", "not", "additionalProperties":
          map.editValue(at: index) { fixNode(&$0, path.entering(key), isBranchOfOneOf: false, &left) }
        case "allOf", "anyOf", "oneOf":
          map.editValue(at: index) { list in
            list.editElements { fixNode(&$0, path.entering(key), isBranchOfOneOf: key == "oneOf", &left) }
          }
        case "dependentSchemas", "properties", "patternProperties", "$defs", "definitions":
          map.editValue(at: index) { fixMembers(&$0, path.entering(key), &left) }
        default: break
        }
      }
    }
  }

  /// Fixes the schemas of the properties of a node.
  private static func fixMembers(_ schemas: inout SchemaValue, _ path: FixupPath, _ left: inout Int) {
    schemas.editMap { map in
      map.updateValues { name, schema in
        if variableMatrices.contains(name), let kept = schema.map {
          schema.content = .map(SchemaMap(kept.members.filter { $0.key == "$ref" }))
          return
        }
        let path = path.entering(name)
        PropertyFixups.apply(to: &schema, path)
        fixNode(&schema, path, isBranchOfOneOf: name == "oneOf", &left)
      }
    }
  }

  /// Splits `dependencies` as 2019-09 does: lists of names go to `dependentRequired`, schemas to `dependentSchemas`.
  static func splitDependencies(_ map: inout SchemaMap) {
    guard let entry = map.member("dependencies"), let dependencies = entry.value.map else { return }
    _ = map.remove("dependencies")
    let isRequired = { (member: SchemaMap.Member) in member.value.list != nil }
    for (key, members) in [
      ("dependentRequired", dependencies.members.filter(isRequired)),
      ("dependentSchemas", dependencies.members.filter { !isRequired($0) }),
    ] where !members.isEmpty {
      var all = map[key]?.map ?? SchemaMap()
      all.merge(members) { $1 }
      map[key] = SchemaValue(.map(all), at: entry.value.mark)
    }
  }
}

extension SchemaValue {
  /// A map without members.
  static func emptyMap(at mark: Mark) -> SchemaValue { SchemaValue(.map(SchemaMap()), at: mark) }

  /// A list of the names of properties.
  static func names(_ names: String..., at mark: Mark) -> SchemaValue {
    SchemaValue(.list(names.map { SchemaValue(.string($0), at: mark) }), at: mark)
  }

  /// A map of one member.
  static func map(_ key: String, _ value: SchemaValue) -> SchemaValue {
    SchemaValue(.map(SchemaMap([SchemaMap.Member(key, value, at: value.mark)])), at: value.mark)
  }

  /// A list of one element.
  static func list(of element: SchemaValue) -> SchemaValue { SchemaValue(.list([element]), at: element.mark) }
}
