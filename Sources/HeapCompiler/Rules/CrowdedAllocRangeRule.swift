import DTParse
import Diagnostics
import HeapModel

/// DTH239: a window of `alloc-ranges` holds the region only where the boot loader leaves it alone.
enum CrowdedAllocRangeRule: RegionRule {
  static let rule = Rule(
    "DTH239", "crowded-alloc-range", .note,
    summary:
      "the windows of `alloc-ranges` hold the region only where kernel image, blob and initrd lie elsewhere",
    rationale: """
      Kernel image, blob and initrd are in use before the kernel looks for a place, and the boot loader decides where \
      they lie. A window that is hardly larger than the region loses it as soon as one of them lies inside.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \talloc-ranges = <0x50000000 0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \talloc-ranges = <0x50000000 0x20000000>;
        };
        """),
    references: ["Linux 6.1 mm/memblock.c, memblock_find_in_range_node"])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
    ImpossibleAllocRangeRule.rule.id,
  ]

  /// What a kernel image, a blob and an initrd of usual size take together.
  private static let usualLoad: UInt64 = 64 << 20

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.isDynamic, let size = region.sizeAsked, let windows = region.windows?.prefix(64),
      let outcome = region.outcome,
      outcome.base != nil
    else { return }
    let alignment = region.effectiveAlignment(context.profile)
    let wanted = size.saturatingSum(usualLoad)
    let pieces = windows.flatMap { window in
      context.memory.map { bank -> UInt64 in
        let start = max(window.address, bank.base.value)
        let end = min(window.windowEnd, bank.base.value.saturatingSum(bank.size.bytes))
        return AlignedRoom.fits(size, alignment, start, end) ? end - start : 0
      }
    }
    guard let widest = pieces.max(), widest > 0, widest < wanted else { return }
    var finding = finding(
      "the windows of `\(region.node.name)` leave \(Text.size(widest - size)) beside its \(Text.size(size))",
      on: region.node,
      "alloc-ranges")
    finding.notes = [
      "what the boot loader puts there, a kernel image, a blob or an initrd, may leave no room (memblock.c)"
    ]
    finding.help = "widen a window, or say what is in use with `--occupied`"
    sink.report(finding, on: region.node)
  }
}
