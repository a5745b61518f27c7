import DTParse
import HeapCompiler
import HeapModel

/// The JSON document of `dtheap map`. The lists are in the order of ``HeapModel/MemoryMap``.
package enum MapDocument {
  /// The document.
  package static func text(_ booted: BootedBoard) -> String {
    let (map, profile) = (booted.map, booted.profile)
    let nodes = NodeIndex(booted.tree, map.heaps.compactMap(\.node) + map.heapFailures.compactMap(\.node))
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      json.member("kernel", profile.name)
      json.member("arch", profile.architecture.rawValue)
      json.member("verified", profile.isVerified)
      json.member("boots", map.boots)
      json.member("pageSize", profile.pageSize.bytes)
      json.member("cmaMinimum", profile.cmaAlignment)
      json.member("dmaZoneEnd", hex: map.dmaZoneEnd?.value)
      json.list("memory", map.memory) { json, range in
        json.member("base", hex: range.base.value)
        json.member("size", range.size.bytes)
      }
      json.list("regions", map.regions) { json, row in members(of: row, to: &json) }
      json.list("pools", map.pools) { json, pool in members(of: pool, to: &json) }
      json.list("heaps", map.heaps) { json, heap in
        HeapsDocument.members(of: heap, node: heap.node.flatMap { nodes[$0]?.path }, to: &json)
      }
      json.list("heapFailures", map.heapFailures) { json, failure in
        json.member("name", failure.name)
        json.member("node", failure.node.flatMap { nodes[$0]?.path })
        json.member("variant", failure.variant?.rawValue)
        json.member("reason", failure.reason.rawValue)
      }
      json.list("problems", map.problems) { json, problem in
        json.key("node")
        json.null()
        json.member("kind", problem.rawValue)
      }
    }
    return json.text
  }

  /// The keys of a row of `regions`.
  static func members(of row: ReservedRegion, to json: inout JSONWriter) {
    json.member("name", row.name)
    json.member("node", row.path)
    json.member("base", hex: row.base?.value)
    json.member("size", optional: row.size?.bytes)
    json.member("pair", row.pair)
    json.member("origin", row.origin.rawValue)
    json.member("type", row.type.rawValue)
    json.member("noMap", row.noMap)
    json.member("reusable", row.reusable)
    json.member("state", row.state.rawValue)
    json.member("final", row.final?.description)
    json.member("givenBack", row.givenBack)
    json.array("problems", row.problems.map(\.rawValue))
  }

  /// The keys of a row of `pools`.
  static func members(of pool: MemoryPool, to json: inout JSONWriter) {
    json.member("name", pool.name)
    json.member("type", pool.type.rawValue)
    json.member("base", hex: pool.base.value)
    json.member("size", pool.size.bytes)
    json.member("builtIn", pool.builtIn)
    json.member("active", pool.isActive)
  }
}

extension JSONWriter {
  /// Writes a member with an array of objects.
  mutating func list<Item>(_ name: String, _ items: [Item], _ body: (inout JSONWriter, Item) -> Void) {
    array(name) { json in
      for item in items { json.object { json in body(&json, item) } }
    }
  }
}
