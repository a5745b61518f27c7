import DTParse
import Diagnostics

/// DTH250: a chunk heap has the form that its place does not allow.
enum MisplacedChunkHeapRule: LintRule {
  static let rule = Rule(
    "DTH250", "misplaced-chunk-heap", .error,
    summary: "a chunk heap with `memory-region` stands inside `/reserved-memory`, or one without outside",
    rationale: """
      Two forms share their compatible strings. Inside `/reserved-memory` the heap is a region of its own, with `reg` \
      or `size`; outside it is a device that names a region. A heap of the one form in the other one's place is never \
      registered.
      """,
    badExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """,
      devices: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tsize = <0x4000000>;
        \talignment = <0x200000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tsize = <0x4000000>;
        \talignment = <0x200000>;
        };
        """),
    references: ["chunk heap of August 2020 (a platform device) and of January 2021 (RESERVEDMEM_OF_DECLARE)"]
  )

  static let subsumes: Set<String> = ["DTH101", "DTH102"]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions where region.isEnabled && region.node.has("memory-region") {
      let isProduct = HeapCompatibles.productFamily.contains(where: region.compatible.hasCompatible)
      guard region.isChunkHeap || isProduct else { continue }
      var finding = finding(
        "chunk heap `\(region.node.name)` names a region and stands inside `/reserved-memory`",
        on: region.node,
        "memory-region", at: region.node["memory-region"]?.span)
      finding.notes = ["no device is made of a region, so that its driver never sees it"]
      finding.help =
        "move the node out of `/reserved-memory`, or take `memory-region` away and write `reg` or `size`"
      sink.report(finding, on: region.node)
    }
    for user in context.users where user.isEnabled && user.heap == .poolUser {
      if context.region(of: user.node) != nil || user.node.has("memory-region") { continue }
      guard let name = ["reg", "size", "chunk-order"].first(where: user.node.has) else { continue }
      var finding = finding(
        "chunk heap `\(user.node.name)` has `\(name)` and stands outside `/reserved-memory`", on: user.node,
        name,
        at: user.node[name]?.span)
      finding.notes = ["nothing is reserved for it, and no heap is registered"]
      finding.help = "move the node into `/reserved-memory`, or name a region with `memory-region`"
      sink.report(finding, on: user.node)
    }
  }
}
