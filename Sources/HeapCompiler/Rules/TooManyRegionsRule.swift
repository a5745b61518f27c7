import DTParse
import Diagnostics
import HeapModel

/// DTH221: there are more regions or CMA areas than the kernel has room for.
enum TooManyRegionsRule: RegionRule {
  static let rule = Rule(
    "DTH221", "too-many-regions", .error,
    summary: "there are more regions or CMA areas than the kernel has room for",
    rationale: """
      Linux 6.1 keeps 64 regions and 6.12 notes 64 dynamic ones; CMA has a fixed number of slots (CONFIG_CMA_AREAS). \
      What comes later in the kernel's order gets no pool.
      """,
    badExample: ExampleBoard.with(regions: pools(21)),
    goodExample: ExampleBoard.with(regions: pools(19)),
    references: [
      "Linux 6.1 drivers/of/of_reserved_mem.c, MAX_RESERVED_REGIONS",
      "Linux 6.1 include/linux/cma.h, MAX_CMA_AREAS",
    ])

  private static func pools(_ count: Int) -> String {
    (0..<count).map { index in
      let base = Text.unitAddress(0x5000_0000 + UInt64(index) << 21)
      return """
        pool@\(base) {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x\(base) 0x200000>;
        };
        """
    }.joined(separator: "\n")
  }

  static let requires = [ReservedMemoryCellsRule.rule.id, WrongCellCountRule.rule.id]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard let outcome = region.outcome, let profile = context.profile else { return }
    var finding: Diagnostic
    if outcome.state == .overLimit {
      let limit = profile.regionTableMax ?? profile.dynamicRegionsMax ?? 64
      let sort = profile.regionTableMax == nil ? "dynamic regions" : "regions"
      finding = self.finding(
        "`\(region.node.name)` is beyond the \(limit) \(sort) that \(context.kernel) keeps", on: region.node)
      finding.notes = [
        region.isStatic
          ? "its memory is reserved, but no pool is made of it (of_reserved_mem.c)"
          : "nothing is reserved for it (of_reserved_mem.c)"
      ]
      finding.help = "join neighbouring regions that have no pool"
    } else if outcome.problems.contains(.cmaSlots) {
      finding = self.finding(
        "`\(region.node.name)` finds none of the \(profile.cmaAreaCount) CMA slots free", on: region.node)
      finding.notes = [
        "\(context.kernel) prints \"Not enough slots for CMA reserved regions!\" (mm/cma.c, cma_init_reserved_mem)"
      ]
      finding.help = "raise CONFIG_CMA_AREAS, or let devices share a pool"
    } else {
      return
    }
    sink.report(finding, on: region.node)
  }
}
