import Diagnostics
import HeapCompiler
import HeapModel

/// The JSON document of `dtheap generate`: `heaps` with all keys of `dtheap map` and more; with faults also `errors`.
package enum HeapsDocument {
  /// The document.
  package static func text(_ document: HeapDocument) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      if !document.faults.isEmpty {
        json.member("forced", true)
        json.array("errors", document.faults)
      }
      json.member("board", document.board)
      json.member("kernel", document.kernel)
      json.member("arch", document.architecture.rawValue)
      json.array("heaps") { json in
        for description in document.heaps {
          json.object { json in
            members(of: description.heap, node: description.node, to: &json)
            members(of: description, to: &json)
          }
        }
      }
    }
    return json.text
  }

  /// The keys that `dtheap map` gives.
  static func members(of heap: HeapInstance, node: String?, to json: inout JSONWriter) {
    json.member("name", heap.name)
    json.member("device", heap.device)
    json.member("type", heap.type.rawValue)
    json.member("region", heap.region)
    json.member("base", hex: heap.base.value)
    json.member("size", heap.size.bytes)
    json.member("chunkOrder", optional: heap.chunkOrder)
    json.member("chunkSize", optional: heap.chunkSize?.bytes)
    json.member("chunks", optional: heap.chunks)
    json.member("variant", heap.variant?.rawValue)
    json.member("node", node)
  }

  /// What an instance needs beside them.
  private static func members(of description: HeapDescription, to json: inout JSONWriter) {
    json.member("regionNode", description.regionNode)
    json.member("pageSize", description.pageSize)
    json.array("flags", description.flags)
    guard let source = description.source else {
      json.key("source")
      return json.null()
    }
    json.object("source") { json in
      json.member("file", source.file)
      json.member("line", source.line)
      json.member("column", source.column)
      json.member("endLine", source.endLine)
      json.member("endColumn", source.endColumn)
    }
  }
}

extension JSONWriter {
  /// Writes a member with an integer, or null.
  mutating func member(_ name: String, optional number: (some FixedWidthInteger)?) {
    key(name)
    if let number { value(number) } else { null() }
  }
}
