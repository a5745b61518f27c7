/// Writes out how many items a value has.
/// - Source: dt-schema 2026.9, dtschema/fixups.py, _fixup_items_size.
enum ItemCounts {
  /// Completes `minItems` and `maxItems`: a list of items has as many as it lists, and one bound alone is both.
  ///
  /// Inside `then` and `else` one bound alone stays alone: the other one stands outside.
  static func fix(_ map: inout SchemaMap, isConditional: Bool) {
    guard let items = map.member("items") else {
      guard !isConditional else { return }
      if let most = map.member("maxItems") { map.setDefault("minItems", most.value) }
      if let least = map.member("minItems") { map.setDefault("maxItems", least.value) }
      return
    }
    map["type"] = SchemaValue(.string("array"), at: items.keyMark)
    if let count = items.value.list?.count {
      for key in ["minItems", "maxItems"] {
        map.setDefault(key, SchemaValue(.integer(Int128(count)), at: items.value.mark))
      }
    }
    map.edit("items") { items in
      if items.list != nil {
        items.editElements { item in item.editMap { fix(&$0, isConditional: isConditional) } }
      } else {
        items.editMap { fix(&$0, isConditional: isConditional) }
      }
    }
  }
}
