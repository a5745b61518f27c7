/// A node that has `interrupts` may have `interrupts-extended` instead, and `interrupt-parent` besides.
/// - Source: dt-schema 2026.9, dtschema/fixups.py, fixup_interrupts.
enum InterruptFixups {
  /// Says so in a schema of a node.
  static func apply(to map: inout SchemaMap, isBranchOfOneOf: Bool) {
    map.edit("properties") { properties in properties.editMap(addProperties) }
    if !isBranchOfOneOf { loosenRequired(&map) }
    loosenDependencies(&map)
    map.edit("dependentSchemas") { dependent in
      dependent.editMap { dependent in
        guard let schema = dependent["interrupts"] else { return }
        dependent.setDefault("interrupts-extended", schema)
      }
    }
  }

  private static func addProperties(_ properties: inout SchemaMap) {
    let interrupts = properties.member("interrupts")
    if let known = interrupts ?? properties.member("interrupt-controller") {
      properties.setDefault("interrupt-parent", SchemaValue(.bool(true), at: known.keyMark))
    }
    if let interrupts { properties.setDefault("interrupts-extended", interrupts.value) }
  }

  /// Either of the two: `{oneOf: [{required: [interrupts]}, {required: [interrupts-extended]}]}`, without the map.
  private static func either(at mark: SchemaValue.Mark) -> SchemaValue {
    let branches = ["interrupts", "interrupts-extended"].map {
      SchemaValue.map("required", .names($0, at: mark))
    }
    return SchemaValue(.list(branches), at: mark)
  }

  /// Takes `interrupts` out of a list of names; the place where it stood, or nil.
  private static func takeInterrupts(from names: inout SchemaValue) -> SchemaValue.Mark? {
    guard case .list(var list) = names.content,
      let index = list.firstIndex(where: { $0.string == "interrupts" })
    else { return nil }
    let mark = list.remove(at: index).mark
    names.content = .list(list)
    return mark
  }

  private static func loosenRequired(_ map: inout SchemaMap) {
    guard let mark = map.edit("required", takeInterrupts) ?? nil else { return }
    if map.has("oneOf") {
      map.setDefault("allOf", SchemaValue(.list([]), at: mark))
      map.edit("allOf") { $0.append(.map("oneOf", either(at: mark))) }
    } else {
      map["oneOf"] = either(at: mark)
    }
    if map["required"]?.list?.isEmpty == true { _ = map.remove("required") }
  }

  /// Where `a` asks for `interrupts`, it asks for either of the two.
  ///
  /// dt-schema forgets the dependent schemas that were there, and all properties that ask for `interrupts` but one.
  private static func loosenDependencies(_ map: inout SchemaMap) {
    var schemas: [SchemaMap.Member] = []
    let isEmpty = map.edit("dependentRequired") { required in
      required.editMap { required -> Bool in
        if let names = required["interrupts"] { required.setDefault("interrupts-extended", names) }
        required.updateValues { key, names in
          guard let mark = takeInterrupts(from: &names) else { return }
          schemas.append(SchemaMap.Member(key, .map("oneOf", either(at: mark)), at: mark))
        }
        required = SchemaMap(required.members.filter { $0.value.list?.isEmpty != true })
        return required.isEmpty
      }
    }
    if isEmpty == true { _ = map.remove("dependentRequired") }
    guard let mark = schemas.first?.keyMark else { return }
    map.setDefault("dependentSchemas", .emptyMap(at: mark))
    map.edit("dependentSchemas") { dependent in
      dependent.editMap { dependent in
        dependent.merge(schemas) { SchemaValue.map("allOf", SchemaValue(.list([$0, $1]), at: $0.mark)) }
      }
    }
  }
}
