/// Properties that a node may have without its binding saying so.
///
/// Only a schema that closes the list of properties needs them.
/// - Source: dt-schema 2026.9, dtschema/fixups.py, fixup_node_props.
enum ImplicitProperties {
  private static let ofClocks = [
    "assigned-clocks", "assigned-clock-rates-u64", "assigned-clock-rates", "assigned-clock-parents",
    "assigned-clock-sscs",
  ]

  private static let ofEveryNode = [
    "phandle", "status", "secure-status", "$nodename", "bootph-pre-sram", "bootph-verify", "bootph-pre-ram",
    "bootph-some-ram", "bootph-all",
  ]

  /// Adds them to a schema of a node.
  static func add(to map: inout SchemaMap) {
    let closing = ["unevaluatedProperties", "additionalProperties"].compactMap { map.member($0) }
    guard let mark = closing.first?.keyMark else { return }
    let listed = map["properties"]?.map
    let patterns = map["patternProperties"]?.map
    func has(_ key: String) -> Bool { listed?.has(key) == true || patterns?.has(key) == true }
    var added: [String] = []
    if has("clocks"), !has("assigned-clocks") { added += ofClocks }
    if has("ranges") { added.append("dma-ranges") }
    let isOpen = closing.contains { $0.value.bool == true }
    let hasPinctrl = [listed, patterns].contains { keys in
      keys?.members.contains { isPinctrl($0.key) } == true
    }
    if !isOpen {
      added += ofEveryNode
      if !hasPinctrl { added.append("pinctrl-names") }
    }
    let allowed = SchemaValue(.bool(true), at: mark)
    if !added.isEmpty {
      map.setDefault("properties", .emptyMap(at: mark))
      map.edit("properties") { properties in
        properties.editMap { properties in for name in added { properties.setDefault(name, allowed) } }
      }
    }
    guard !isOpen, !hasPinctrl else { return }
    map.setDefault("patternProperties", .emptyMap(at: mark))
    map.edit("patternProperties") { patterns in patterns.editMap { $0["^pinctrl-[0-9]+$"] = allowed } }
  }

  /// Whether a name begins with `pinctrl-` and a digit.
  private static func isPinctrl(_ name: String) -> Bool {
    let prefix = "pinctrl-"
    guard name.hasPrefix(prefix), let next = name.utf8.dropFirst(prefix.utf8.count).first else {
      return false
    }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next)
  }
}
