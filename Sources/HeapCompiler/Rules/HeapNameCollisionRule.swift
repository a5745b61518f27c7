import DTParse
import Diagnostics
import HeapModel

/// DTH255: two heaps would have one name, or a heap has none.
enum HeapNameCollisionRule: LintRule {
  static let rule = Rule(
    "DTH255", "heap-name-collision", .error,
    summary: "two heaps would have the same name under `/dev/dma_heap`, or a heap has no name",
    rationale: """
      The kernel refuses a heap whose name is taken. A heap with a region is called by the region's node, one with \
      `dma-heap,name` by that and, unless it is secure, a second time with `-uncached` behind it. `system` is taken \
      from the beginning, and so is the name of the default CMA area.
      """,
    badExample: ExampleBoard.with(
      regions: """
        left: left@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };

        right: right@60000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x60000000 0x4000000>;
        };
        """,
      devices: heaps("camera", "camera")),
    goodExample: ExampleBoard.with(
      regions: """
        left: left@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };

        right: right@60000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x60000000 0x4000000>;
        };
        """,
      devices: heaps("camera", "codec")),
    references: ["Linux 6.1 drivers/dma-buf/dma-heap.c, dma_heap_add"])

  private static func heaps(_ first: String, _ second: String) -> String {
    [("left", first), ("right", second)].map { region, name in
      """
      \(region)-heap {
      \tcompatible = "samsung,dma-heap-chunk";
      \tmemory-region = <&\(region)>;
      \tdma-heap,name = "\(name)";
      \tdma-heap,alignment = <0x10000>;
      };
      """
    }.joined(separator: "\n")
  }

  static let requires = [ChunkHeapWithoutCMARule.rule.id]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    guard context.profile?.hasChunkHeap != false, !context.isOverlay else { return }
    var owners: [String: Node?] = ["system": nil]
    if let profile = context.profile, let area = defaultArea(context) {
      let name = profile.cmaHeapNaming == .defaultAreaByName ? area.node.name : "default_cma_region"
      owners[String(decoding: name.utf8.prefix(63), as: UTF8.self)] = .some(area.node)
    }
    for region in context.regions where region.isEnabled && region.isChunkHeap && !region.isSharedPool {
      claim(region.name, region.node, "compatible", &owners, &sink)
    }
    for user in context.users where user.isEnabled && user.isChunkHeap && context.region(of: user.node) == nil
    {
      guard sink.mayCheck(user.node) else { continue }
      let names = user.heapNames(over: context.firstRegion(of: user))
      if user.heap == .product, names.isEmpty {
        var finding = finding("chunk heap `\(user.node.name)` has no name", on: user.node, "dma-heap,name")
        finding.notes = ["its driver returns -EINVAL and registers no heap"]
        finding.help = "write `dma-heap,name`"
        sink.report(finding, on: user.node)
      }
      let property = user.heap == .product ? "dma-heap,name" : "memory-region"
      for name in names where !claim(name, user.node, property, &owners, &sink) { break }
    }
  }

  /// The region that is the default CMA area, as far as the tree alone tells.
  private static func defaultArea(_ context: LintContext) -> LintRegion? {
    context.regions.last {
      $0.isEnabled && $0.isSharedPool && $0.wantsCMA && $0.node.has("linux,cma-default")
    }
  }

  @discardableResult
  private static func claim(
    _ name: String, _ node: Node, _ property: String, _ owners: inout [String: Node?], _ sink: inout LintSink
  ) -> Bool {
    guard let owner = owners[name] else {
      owners[name] = .some(node)
      return true
    }
    var finding = finding(
      "heap `\(name)` of `\(node.name)` has the name of "
        + (owner.map { "that of `\($0.name)`" } ?? "the kernel's own heap"), on: node, property)
    if let span = owner?.span { finding.related = [RelatedPlace("the first one", at: span)] }
    finding.notes = ["the kernel refuses the second one (dma-heap.c, dma_heap_add)"]
    finding.help = "give one of them another name"
    sink.report(finding, on: node)
    return false
  }
}
