import HeapCompiler
import HeapModel

/// The JSON document of `dtheap diff`.
package enum DifferenceDocument {
  /// The document: the two boots, then the changes.
  package static func text(_ difference: MapDifference, _ old: BootedBoard, _ new: BootedBoard) -> String {
    let oldNodes = NodeIndex(old.tree, old.map.heaps.compactMap(\.node))
    let newNodes = NodeIndex(new.tree, new.map.heaps.compactMap(\.node))
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      for (name, booted) in [("from", old), ("to", new)] {
        json.object(name) { json in
          json.member("board", booted.name)
          json.member("kernel", booted.profile.name)
          json.member("arch", booted.profile.architecture.rawValue)
          json.member("boots", booted.map.boots)
        }
      }
      json.list("changes", difference.changes) { json, change in
        json.member("kind", change.kind.rawValue)
        json.member("what", change.subject.what)
        json.member("name", change.subject.name)
        switch change.subject {
        case .region(let before, let after):
          write(before, "before", to: &json) { MapDocument.members(of: $0, to: &$1) }
          write(after, "after", to: &json) { MapDocument.members(of: $0, to: &$1) }
        case .pool(let before, let after):
          write(before, "before", to: &json) { MapDocument.members(of: $0, to: &$1) }
          write(after, "after", to: &json) { MapDocument.members(of: $0, to: &$1) }
        case .heap(let before, let after):
          write(before, "before", to: &json) { heap, json in
            HeapsDocument.members(of: heap, node: heap.node.flatMap { oldNodes[$0]?.path }, to: &json)
          }
          write(after, "after", to: &json) { heap, json in
            HeapsDocument.members(of: heap, node: heap.node.flatMap { newNodes[$0]?.path }, to: &json)
          }
        }
      }
    }
    return json.text
  }

  private static func write<Item>(
    _ item: Item?, _ name: String, to json: inout JSONWriter, _ body: (Item, inout JSONWriter) -> Void
  ) {
    json.key(name)
    guard let item else { return json.null() }
    json.object { json in body(item, &json) }
  }
}
