import DTParse
import Diagnostics
import HeapModel

/// DTH238: no window of `alloc-ranges` can hold the region.
enum ImpossibleAllocRangeRule: RegionRule {
  static let rule = Rule(
    "DTH238", "impossible-alloc-range", .error,
    summary: "no window of `alloc-ranges` can hold the region",
    rationale: """
      The kernel tries the windows in the order in which they are written and nothing outside of them. Where none has \
      room for `size` bytes, aligned and clear of everything that is taken before, it prints "failed to allocate \
      memory", and there is no region.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \talloc-ranges = <0x50000000 0x2000000>;
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
    references: ["Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size"])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
    EmptyRegionRule.rule.id,
    BadAlignmentRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.isDynamic, let size = region.sizeAsked, let windows = region.windows?.prefix(64) else {
      return
    }
    let alignment = region.effectiveAlignment(context.profile)
    let node = region.node
    var finding: Diagnostic
    if !windows.contains(where: { AlignedRoom.fits(size, alignment, $0.address, $0.windowEnd) }) {
      let widest = windows.map(\.size).max() ?? 0
      finding = self.finding(
        "no window of `alloc-ranges` holds the \(Text.size(size)) of `\(node.name)`, aligned to "
          + Text.size(alignment),
        on: node, "alloc-ranges")
      finding.label = windows.isEmpty ? "no window at all" : "the widest has \(Text.size(widest))"
    } else if !context.memory.isEmpty, !windows.contains(where: { isInMemory($0, size, alignment, context) })
    {
      finding = self.finding(
        "no window of `alloc-ranges` has \(Text.size(size)) of memory in one piece for `\(node.name)`",
        on: node, "alloc-ranges",
        severity: context.isMemoryCertain ? .error : .warning)
      finding.notes.append(
        "memory is "
          + context.memory.prefix(4).map { Text.range($0.base.value, $0.size.bytes) }.joined(separator: ", "))
    } else if region.outcome?.problems.contains(.allocFailed) == true {
      finding = self.finding(
        "no window of `alloc-ranges` has \(Text.size(size)) left for `\(node.name)` beside the other regions",
        on: node, "alloc-ranges")
    } else {
      return
    }
    finding.notes.insert(
      "\(context.kernel) prints \"failed to allocate memory\" and makes no region (of_reserved_mem.c, "
        + "__reserved_mem_alloc_size)", at: 0)
    if let span = node["size"]?.valueSpan { finding.related = [RelatedPlace(Text.size(size), at: span)] }
    finding.help =
      "widen a window to \(Text.hexAndSize(size.roundedUp(to: alignment) ?? size)) of memory, or ask for less"
    sink.report(finding, on: node)
  }

  private static func isInMemory(
    _ window: RegEntry, _ size: UInt64, _ alignment: UInt64, _ context: LintContext
  ) -> Bool {
    context.memory.contains { bank in
      AlignedRoom.fits(
        size, alignment, max(window.address, bank.base.value),
        min(window.windowEnd, bank.base.value.saturatingSum(bank.size.bytes)))
    }
  }
}
