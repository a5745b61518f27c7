import DTParse

/// Where the fragments of an overlay that is looked at alone lead, as far as it can be told without its base.
enum OverlayTargets {
  /// Labels that boards give to `/reserved-memory`.
  private static let labels = ["reserved_memory", "reserved_mem", "resmem", "rmem", "reservedmem"]

  /// The bodies whose children are regions; nil where the tree is no overlay.
  static func containers(in tree: Devicetree) -> [Node]? {
    let fragments = tree.root.children.filter { $0.child("__overlay__") != nil }
    guard tree.isPlugin || !fragments.isEmpty else { return nil }
    return fragments.compactMap { fragment in
      guard let body = fragment.child("__overlay__") else { return nil }
      let path = fragment["target-path"]?.firstString
      if path == "/" { return body.child("reserved-memory") }
      if path == "/reserved-memory" { return body }
      return labels.contains { leads(fragment, to: $0) } ? body : nil
    }
  }

  /// Whether a fragment's `target` is fixed up from a label.
  private static func leads(_ fragment: Node, to label: String) -> Bool {
    let place = "\(fragment.path):target:0"
    return fragment.tree.node(path: "/__fixups__")?[label]?.looseStrings.contains(place) ?? false
  }
}
