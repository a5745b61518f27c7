import DTParse
import Diagnostics

/// DTH246: `memory-region` of an enabled device names a disabled region.
enum DisabledMemoryRegionRule: RegionUserRule {
  static let rule = Rule(
    "DTH246", "disabled-memory-region", .warning,
    summary: "`memory-region` of an enabled device names a disabled region",
    rationale: """
      Nothing is reserved for a region whose `status` is anything but `okay` or `ok`. The driver finds no region and \
      gets -ENODEV, or goes on with ordinary memory without a word.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        \tstatus = "disabled";
        };
        """,
      devices: """
        codec {
        \tmemory-region = <&pool>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        codec {
        \tmemory-region = <&pool>;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/fdt.c, of_fdt_device_is_available",
      "Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_idx",
    ])

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    // For a chunk heap this is one of the reasons why it is not registered.
    if user.isChunkHeap, context.profile?.hasChunkHeap != false { return }
    for (index, target) in user.targets.enumerated() {
      guard case .node(let node) = target, let region = context.region(of: node), !region.isEnabled else {
        continue
      }
      let status = node["status"]?.firstString ?? ""
      var finding = finding(
        "`memory-region` of `\(user.node.name)` names `\(node.name)`, which is disabled", on: user.node,
        "memory-region", at: user.span(ofTarget: index))
      if let span = node["status"]?.valueSpan {
        finding.related = [RelatedPlace("\(context.kernel) takes `\(status)` for disabled", at: span)]
      }
      finding.notes = ["nothing is reserved for it, and the driver gets -ENODEV (of_reserved_mem.c)"]
      finding.help = "enable the region, or take it out of `memory-region`"
      sink.report(finding, on: user.node)
    }
  }
}
