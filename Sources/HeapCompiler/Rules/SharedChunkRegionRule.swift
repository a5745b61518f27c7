import DTParse
import Diagnostics

/// DTH254: a chunk heap shares its region.
enum SharedChunkRegionRule: LintRule {
  static let rule = Rule(
    "DTH254", "shared-chunk-region", .warning,
    summary: "two heaps, or a chunk heap and a device, are on one region",
    rationale:
      "Each of them allocates from the same CMA area, and each can leave the other one without memory.",
    badExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tmemory-region = <&pool>;
        \talignment = <0x10000>;
        };

        codec {
        \tmemory-region = <&pool>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tmemory-region = <&pool>;
        \talignment = <0x10000>;
        };
        """),
    references: ["Linux 6.1 mm/cma.c, cma_alloc"])

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions where region.isEnabled && region.wantsCMA {
      let users = context.users(of: region.node)
      guard region.isChunkHeap || users.contains(where: \.isChunkHeap) else { continue }
      // The heap that the region itself is comes first, then the users in tree order.
      let owner =
        region.isChunkHeap && !region.isSharedPool ? region.node : users.first { $0.isChunkHeap }?.node
      guard let owner else { continue }
      for user in users where user.node != owner {
        var finding = finding(
          "`\(user.node.name)` shares `\(region.node.name)` with the chunk heap `\(owner.name)`",
          on: user.node,
          "memory-region")
        if let span = owner.span { finding.related = [RelatedPlace("the heap", at: span)] }
        finding.notes = [
          "both allocate from one CMA area, and each can leave the other without memory (cma.c, cma_alloc)"
        ]
        finding.help = "give each a region of its own"
        sink.report(finding, on: user.node)
      }
    }
  }
}
