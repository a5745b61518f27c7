import DTParse
import Diagnostics

/// DTH249: a device whose driver wants a pool names a region that gives none.
enum PoolLessMemoryRegionRule: RegionUserRule {
  static let rule = Rule(
    "DTH249", "pool-less-memory-region", .warning,
    summary: "a device whose driver wants a pool names a region that gives none",
    rationale: """
      `of_reserved_mem_device_init` gives a device its pool. For a region that no initialiser has taken it returns \
      -EINVAL (-22), and the driver does without, or gives up.
      """,
    badExample: ExampleBoard.with(
      regions: """
        frames: frames@50000000 {
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        heap {
        \tcompatible = "samsung,dma-heap-cma";
        \tmemory-region = <&frames>;
        \tdma-heap,name = "frames";
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        frames: frames@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        heap {
        \tcompatible = "samsung,dma-heap-cma";
        \tmemory-region = <&frames>;
        \tdma-heap,name = "frames";
        };
        """),
    references: ["Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_idx"])

  static let requires = [
    TextForCellsRule.rule.id, MemoryRegionArgumentsRule.rule.id, BadMemoryRegionRule.rule.id,
    DisabledMemoryRegionRule.rule.id,
  ]

  static func check(_ device: LintUser, in context: LintContext, into sink: inout LintSink) {
    guard let region = context.firstRegion(of: device), !region.wantsPool,
      let (compatible, user) = PoolUserTable.user(among: device.compatible)
    else { return }
    var finding = finding(
      "`\(device.node.name)` wants a pool, and `\(region.node.name)` gives none", on: device.node,
      "memory-region",
      at: device.span(ofTarget: 0))
    if let span = region.node["compatible"]?.valueSpan ?? region.node.span {
      finding.related = [RelatedPlace("no `shared-dma-pool`", at: span)]
    }
    let consequence = user.goesOn ? "does without a pool" : "gives up"
    finding.notes = ["the driver of `\(compatible)` gets -22 and \(consequence) (\(user.function))"]
    finding.help = "give the region `compatible = \"shared-dma-pool\";`"
    sink.report(finding, on: device.node)
  }
}
