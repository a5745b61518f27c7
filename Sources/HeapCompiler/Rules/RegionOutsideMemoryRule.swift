import DTParse
import Diagnostics
import HeapModel

/// DTH217: a region is not inside memory.
enum RegionOutsideMemoryRule: RegionRule {
  static let rule = Rule(
    "DTH217", "region-outside-memory", .warning,
    summary: "a region is not inside any memory range",
    rationale: """
      There is nothing to reserve there, and the region protects nothing. A CMA area has no page descriptors there, \
      and the kernel dies of it at boot. A boot loader may know of more memory than the tree says; with `--memory` it \
      does not.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool@20000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x20000000 0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool@70000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x70000000 0x4000000>;
        };
        """),
    references: [
      "Linux 6.1 mm/cma.c, cma_init_reserved_areas",
      "Linux 6.1 drivers/of/fdt.c, early_init_dt_reserve_memory",
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
    EmptyRegionRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard !context.memory.isEmpty, let entries = region.entries else { return }
    for (pair, entry) in entries.enumerated() where entry.size > 0 && !sink.isFull {
      let inside = context.memoryBytes(entry.address, entry.size)
      guard inside < entry.size, isFault(region, isPartlyInside: inside > 0, context) else { continue }
      let isFatal = region.wantsCMA && inside > 0
      let isError = isFatal || context.isMemoryCertain && (region.wantsCMA || !region.isSharedPool)
      let extent = inside == 0 ? "outside" : "only partly inside"
      var finding = finding(
        "region `\(region.node.name)`, \(Text.range(entry.address, entry.size)), is \(extent) memory",
        on: region.node,
        "reg", at: region.baseSpan(pair: pair), severity: isError ? .error : .warning)
      finding.notes = [
        region.wantsCMA
          ? "\(context.kernel) dies of a CMA area that is not wholly memory (mm/cma.c, cma_init_reserved_areas)"
          : "there is nothing to reserve there"
      ]
      finding.notes += context.memoryNotes
      finding.help = "move it into memory, or say with `--memory` what the boot loader fills in"
      sink.report(finding, on: region.node)
    }
  }

  /// Whether a region that is not inside memory is at fault.
  ///
  /// Boards keep regions for memory that some of their siblings have, memory nodes leave carve-outs out, and a
  /// coherent pool may lie in a device's own memory: only what needs pages is judged where a boot loader may know
  /// better.
  private static func isFault(_ region: LintRegion, isPartlyInside: Bool, _ context: LintContext) -> Bool {
    if region.wantsCMA || region.isRestrictedPool { return true }
    return !region.isNoMap && (context.isMemoryCertain || isPartlyInside)
  }
}
