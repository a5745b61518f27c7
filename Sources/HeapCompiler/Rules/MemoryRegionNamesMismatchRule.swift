import DTParse
import Diagnostics

/// DTH248: `memory-region-names` does not give one name to each region.
enum MemoryRegionNamesMismatchRule: RegionUserRule {
  static let rule = Rule(
    "DTH248", "memory-region-names-mismatch", .warning,
    summary:
      "`memory-region-names` has more or fewer names than `memory-region` has regions, or stands alone",
    rationale: """
      A driver that looks for a region by its name takes the name's index for the region's. A name without a region \
      leads nowhere, and a region without a name cannot be found.
      """,
    badExample: ExampleBoard.with(
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
        \tmemory-region-names = "left", "right";
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
        \tmemory-region-names = "left";
        };
        """),
    references: ["Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_name"])

  static let requires = [TextForCellsRule.rule.id, MemoryRegionArgumentsRule.rule.id]

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    guard let names = user.node["memory-region-names"] else { return }
    let count = names.looseStrings.count
    guard count != user.targets.count else { return }
    guard user.node.has("memory-region") || !context.isOverlay else { return }
    let message =
      user.node.has("memory-region")
      ? "`\(user.node.name)` has \(Text.count(user.targets.count, "region")) and \(Text.count(count, "name")) for them"
      : "`\(user.node.name)` has names for regions and no `memory-region`"
    var finding = finding(message, on: user.node, "memory-region-names")
    if let span = user.node["memory-region"]?.valueSpan {
      finding.related = [RelatedPlace(Text.count(user.targets.count, "region"), at: span)]
    }
    finding.notes = [
      "a look-up by name takes the name's index for the region's (of_reserved_mem_device_init_by_name)"
    ]
    finding.help = "write one name for each region"
    sink.report(finding, on: user.node)
  }
}
