import DTParse
import Diagnostics
import HeapModel

/// What `dtheap generate` writes, before it has a format.
public struct HeapDocument: Hashable, Sendable {
  /// The board's name.
  public let board: String
  /// The kernel's name.
  public let kernel: String
  /// The architecture.
  public let architecture: Architecture
  /// The heaps in the order of their registration.
  public let heaps: [HeapDescription]
  /// Why the heaps should not be relied on; empty for a good tree.
  public let faults: [String]

  /// The heaps of a map.
  ///
  /// - Parameters:
  ///   - board: the board's name, for the file's head.
  ///   - map: the map.
  ///   - tree: the tree that it was made of.
  ///   - faults: errors in the tree, one sentence each.
  public init(board: String, map: MemoryMap, tree: Devicetree, faults: [String]) {
    self.board = board
    self.faults = faults
    kernel = map.profile.name
    architecture = map.profile.architecture
    heaps = HeapDescription.all(of: map, tree)
  }

  /// The document as JSON: `heaps` with all keys of `dtheap map` and more; with faults also `errors`.
  public var json: String {
    var document: JSONValue = ["schemaVersion": 1]
    if !faults.isEmpty {
      document = document.merging(["forced": true, "errors": .array(faults.map(JSONValue.string))])
    }
    document = document.merging(
      [
        "board": .string(board), "kernel": .string(kernel), "arch": .string(architecture.rawValue),
        "heaps": .array(heaps.map { $0.heap.json(node: $0.node).merging($0.moreJSON) }),
      ])
    return document.text
  }
}

extension HeapInstance {
  /// The heap with the keys that `dtheap map` gives.
  ///
  /// - Parameter node: the path of its node.
  public func json(node: String?) -> JSONValue {
    [
      "name": .string(name), "device": .string(device), "type": .string(type.rawValue),
      "region": .string(region),
      "base": .address(base.value), "size": .number(size.bytes), "chunkOrder": JSONValue(chunkOrder),
      "chunkSize": JSONValue(chunkSize?.bytes), "chunks": JSONValue(chunks),
      "variant": JSONValue(variant?.rawValue),
      "node": JSONValue(node),
    ]
  }
}

extension HeapDescription {
  /// What an instance needs beside the keys of `dtheap map`.
  fileprivate var moreJSON: JSONValue {
    [
      "regionNode": JSONValue(regionNode), "pageSize": .number(pageSize),
      "flags": .array(flags.map(JSONValue.string)),
      "source": source?.json ?? .null,
    ]
  }
}

extension SourceLocation {
  /// The place with the keys of a finding's location.
  public var json: JSONValue {
    [
      "file": .string(file), "line": JSONValue(line), "column": JSONValue(column),
      "endLine": JSONValue(endLine),
      "endColumn": JSONValue(endColumn),
    ]
  }
}
