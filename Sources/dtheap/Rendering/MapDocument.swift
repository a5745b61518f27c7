import DTParse
import HeapCompiler
import HeapModel

/// The JSON document of `dtheap map`.
enum MapDocument {
  /// The document; the lists are in the order of ``HeapModel/MemoryMap``.
  static func json(_ booted: BootedBoard) -> JSONValue {
    let map = booted.map
    let nodes = NodeIndex(booted.tree, map.heaps.compactMap(\.node) + map.heapFailures.compactMap(\.node))
    return [
      "schemaVersion": 1, "kernel": .string(map.profile.name),
      "arch": .string(map.profile.architecture.rawValue),
      "verified": .bool(map.profile.isVerified), "boots": .bool(map.boots),
      "pageSize": .number(map.profile.pageSize.bytes), "cmaMinimum": .number(map.profile.cmaAlignment),
      "dmaZoneEnd": .address(map.dmaZoneEnd?.value),
      "memory": .array(map.memory.map { ["base": .address($0.base.value), "size": .number($0.size.bytes)] }),
      "regions": .array(map.regions.map(region)), "pools": .array(map.pools.map(pool)),
      "heaps": .array(map.heaps.map { heap in heap.json(node: heap.node.flatMap { nodes[$0]?.path }) }),
      "heapFailures": .array(
        map.heapFailures.map { failure in
          [
            "name": JSONValue(failure.name), "node": JSONValue(failure.node.flatMap { nodes[$0]?.path }),
            "variant": JSONValue(failure.variant?.rawValue), "reason": .string(failure.reason.rawValue),
          ]
        }),
      "problems": .array(map.problems.map { ["node": .null, "kind": .string($0.rawValue)] }),
    ]
  }

  /// A row of `regions`.
  static func region(_ row: ReservedRegion) -> JSONValue {
    [
      "name": .string(row.name), "node": JSONValue(row.path), "base": .address(row.base?.value),
      "size": JSONValue(row.size?.bytes), "pair": JSONValue(row.pair), "origin": .string(row.origin.rawValue),
      "type": .string(row.type.rawValue), "noMap": .bool(row.noMap), "reusable": .bool(row.reusable),
      "state": .string(row.state.rawValue), "final": JSONValue(row.final?.description),
      "givenBack": .bool(row.givenBack), "problems": .array(row.problems.map { .string($0.rawValue) }),
    ]
  }

  /// A row of `pools`.
  static func pool(_ pool: MemoryPool) -> JSONValue {
    [
      "name": .string(pool.name), "type": .string(pool.type.rawValue), "base": .address(pool.base.value),
      "size": .number(pool.size.bytes), "builtIn": .bool(pool.builtIn), "active": .bool(pool.isActive),
    ]
  }
}
