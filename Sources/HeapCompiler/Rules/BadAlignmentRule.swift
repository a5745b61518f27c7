import DTParse
import Diagnostics

/// DTH237: the `alignment` of a region is no alignment.
enum BadAlignmentRule: RegionRule {
  static let rule = Rule(
    "DTH237", "bad-alignment", .error,
    summary: "`alignment` of a region is zero or no power of two; a note where CMA raises it",
    rationale: """
      The kernel rounds a place down by clearing the bits of `alignment - 1`. For a number that is no power of two the \
      place is then a multiple of nothing in particular, and zero counts as no alignment at all (64 bytes). A smaller \
      one than the CMA minimum is raised for a reusable pool.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \talignment = <0x300000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \talignment = <0x400000>;
        };
        """),
    references: [
      "Linux 6.1 mm/memblock.c, __memblock_find_range_top_down",
      "Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size",
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.isDynamic, let alignment = region.alignmentAsked else { return }
    if alignment == 0 {
      var finding = finding("`alignment` of `\(region.node.name)` is zero", on: region.node, "alignment")
      finding.notes = [
        "\(context.kernel) takes it for no alignment, 64 bytes (of_reserved_mem.c, __reserved_mem_alloc_size)"
      ]
      finding.help = "write a power of two, or take it away"
      return sink.report(finding, on: region.node)
    }
    guard alignment.isPowerOfTwo else {
      return sink.report(oddAlignment(alignment, region, context), on: region.node)
    }
    guard let unit = context.profile?.cmaAlignment, alignment < unit, region.isSharedPool, region.wantsCMA
    else { return }
    var finding = finding(
      "`alignment` of `\(region.node.name)` is \(Text.size(alignment)), and \(context.kernel) raises "
        + "it to \(Text.size(unit))",
      on: region.node, "alignment", severity: .note)
    finding.notes = ["CMA hands out whole pageblocks (of_reserved_mem.c, __reserved_mem_alloc_size)"]
    sink.report(finding, on: region.node)
  }

  private static func oddAlignment(
    _ alignment: UInt64, _ region: LintRegion, _ context: LintContext
  ) -> Diagnostic {
    let below: UInt64 = 1 << UInt64(63 - alignment.leadingZeroBitCount)
    let above = below > .max / 2 ? nil : below << 1
    let choices = [below, above].compactMap { $0 }.map { Text.hex($0) }.joined(separator: " or ")
    var finding = finding(
      "`alignment` of `\(region.node.name)`, \(Text.hex(alignment)), is no power of two; use \(choices)",
      on: region.node, "alignment")
    finding.notes = [
      "\(context.kernel) clears the bits of \(Text.hex(alignment - 1)) in the address, which need not give a multiple "
        + "(memblock.c, __memblock_find_range_top_down)"
    ]
    finding.help = "use \(choices)"
    return finding
  }
}
