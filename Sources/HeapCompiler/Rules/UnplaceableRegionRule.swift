import DTParse
import Diagnostics
import HeapModel

/// DTH240: there is no room for a dynamic region.
enum UnplaceableRegionRule: RegionRule {
  static let rule = Rule(
    "DTH240", "unplaceable-region", .error,
    summary: "there is no room for a dynamic region in what is left of memory",
    rationale: """
      The kernel looks for one free piece of `size` bytes, aligned, after all regions with `reg` have been taken. \
      Where there is none it prints "failed to allocate memory", and there is no region.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x40000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x20000000>;
        };
        """),
    references: ["Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size"])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
    EmptyRegionRule.rule.id,
    ImpossibleAllocRangeRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.isDynamic, region.windows == nil, let outcome = region.outcome,
      outcome.problems.contains(.allocFailed), let size = region.sizeAsked
    else { return }
    var finding = finding(
      "there is no room for the \(Text.size(size)) of `\(region.node.name)`", on: region.node, "size")
    finding.notes = [
      "\(context.kernel) prints \"failed to allocate memory\" and makes no region (of_reserved_mem.c, "
        + "__reserved_mem_alloc_size)"
    ]
    finding.help = "ask for less, or say with `--memory` what the boot loader fills in"
    finding.notes += context.memoryNotes
    sink.report(finding, on: region.node)
  }
}
