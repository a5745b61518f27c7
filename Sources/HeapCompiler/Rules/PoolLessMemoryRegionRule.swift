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

  /// Devices whose drivers in Linux 6.1 call `of_reserved_mem_device_init` on their first region.
  private static let poolUsers: Set<String> = [
    "samsung,dma-heap-cma", "arm,hdlcd", "arm,mali-dp500", "arm,mali-dp550", "arm,mali-dp650",
    "aspeed,ast2400-gfx",
    "aspeed,ast2500-gfx", "aspeed,ast2600-gfx", "aspeed,ast2400-video-engine", "aspeed,ast2500-video-engine",
    "aspeed,ast2600-video-engine", "mediatek,mt8173-vpu", "mediatek,mt8183-scp", "mediatek,mt8192-scp",
    "ti,dra7-dsp", "ti,dra7-ipu", "ti,omap4-dsp", "ti,omap4-ipu", "ti,omap5-dsp", "ti,omap5-ipu",
    "ti,am654-r5f", "ti,am64-r5f", "ti,j721e-r5f", "ti,j7200-r5f", "ti,j721s2-r5f", "ti,j721e-c66-dsp",
    "ti,j721e-c71-dsp", "ti,j721s2-c71-dsp",
  ]

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    guard let region = context.firstRegion(of: user), !region.wantsPool,
      let driver = user.compatible.first(where: { poolUsers.contains($0) })
    else { return }
    var finding = finding(
      "`\(user.node.name)` wants a pool, and `\(region.node.name)` gives none", on: user.node,
      "memory-region",
      at: user.span(ofTarget: 0))
    if let span = region.node["compatible"]?.valueSpan ?? region.node.span {
      finding.related = [RelatedPlace("no `shared-dma-pool`", at: span)]
    }
    finding.notes = [
      "the driver of `\(driver)` gets -22 (of_reserved_mem.c, of_reserved_mem_device_init_by_idx)"
    ]
    finding.help = "give the region `compatible = \"shared-dma-pool\";`"
    sink.report(finding, on: user.node)
  }
}
