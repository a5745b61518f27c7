import DTParse
import Diagnostics

/// DTH218: a property of a region or a heap is almost one that the kernel knows.
enum MisspeltPropertyRule: LintRule {
  static let rule = Rule(
    "DTH218", "misspelt-property", .warning,
    summary: "a property of a region or heap is unknown and close to a known one",
    rationale: "The kernel asks for properties by their names and never sees one that is misspelt.",
    badExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        \tno-mem;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        \tno-map;
        };
        """),
    references: ["Linux 6.1 Documentation/devicetree/bindings/reserved-memory/reserved-memory.yaml"])

  private static let general = [
    "compatible", "reg", "status", "phandle", "linux,phandle", "label", "ranges", "name",
  ]
  private static let regionProperties = [
    "size", "alignment", "alloc-ranges", "no-map", "reusable", "linux,cma-default", "linux,dma-default",
    "chunk-order",
    "iommu-addresses", "memory-region", "no-map-fixup", "hwlocks", "record-size",
  ]
  private static let heapProperties =
    [
      "memory-region", "alignment", "chunk-order", "dma-heap,name", "dma-heap,alignment",
      "dma-heap,protection_id",
    ]
    + HeapCompatibles.flags

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions { check(region.node, general + regionProperties, context, &sink) }
    for user in context.users where user.heap != nil && context.region(of: user.node) == nil {
      check(user.node, general + heapProperties, context, &sink)
    }
  }

  private static func check(_ node: Node, _ known: [String], _ context: LintContext, _ sink: inout LintSink) {
    for property in node.properties {
      let name = property.name
      guard !known.contains(name), let meant = meant(by: name, known) else { continue }
      var finding = finding("`\(name)` of `\(node.name)` is unknown", on: node, name, at: property.span)
      finding.label = "`\(meant)`?"
      finding.notes = ["\(context.kernel) never looks at it"]
      if node.has(meant) {
        finding.help = "take it away: `\(meant)` is there as well"
      } else {
        finding.help = "did you mean `\(meant)`?"
        let written = property.places.first.map { context.tree.text($0.name) == name } ?? false
        // A flag that excludes one that is there is not the one right answer.
        let opposite = ["no-map": "reusable", "reusable": "no-map"][meant]
        let isOpposed = opposite.map { node.has($0) } ?? false
        if written, !isOpposed, let span = property.span {
          finding.fixes = [FixIt(title: "write `\(meant)`", edits: [SourceEdit(span: span, text: meant)])]
        }
      }
      sink.report(finding, on: node)
    }
  }

  /// The known name that a name most likely was meant to be.
  private static func meant(by name: String, _ known: [String]) -> String? {
    // Names such as `sizes` or `ref` are near to short ones by chance, unless they differ in a separator alone.
    func bare(_ text: String) -> String { text.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "," } }
    if let match = known.first(where: { bare($0) == bare(name) }) { return match }
    guard let match = Text.closestMatch(to: name, in: known.filter { $0.utf8.count >= 6 }) else { return nil }
    // A vendor's own property keeps its prefix and its meaning.
    if name.contains(","), !match.contains(",") { return nil }
    return match
  }
}
