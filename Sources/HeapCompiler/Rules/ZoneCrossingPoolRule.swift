import DTParse
import Diagnostics
import HeapModel

/// DTH241: a CMA area spans two memory zones.
enum ZoneCrossingPoolRule: RegionRule {
  static let rule = Rule(
    "DTH241", "zone-crossing-pool", .error,
    summary: "a CMA area spans two memory zones",
    rationale: """
      A CMA area must lie in one zone. Where it crosses the end of the DMA zone, 4 GiB, or the end of low memory on \
      32-bit arm, the kernel prints "CMA area … could not be activated" and gives its pages to the page allocator.
      """,
    badExample: wide(
      """
      pool@f0000000 {
      \tcompatible = "shared-dma-pool";
      \treusable;
      \treg = <0x0 0xf0000000 0x0 0x20000000>;
      };
      """),
    goodExample: wide(
      """
      pool@e0000000 {
      \tcompatible = "shared-dma-pool";
      \treusable;
      \treg = <0x0 0xe0000000 0x0 0x20000000>;
      };
      """),
    references: ["Linux 6.1 mm/cma.c, cma_activate_area"])

  private static func wide(_ region: String) -> String {
    """
    /dts-v1/;
    / {
    \t#address-cells = <2>;
    \t#size-cells = <2>;

    \tmemory@80000000 {
    \t\tdevice_type = "memory";
    \t\treg = <0x0 0x80000000 0x1 0x0>;
    \t};

    \treserved-memory {
    \t\t#address-cells = <2>;
    \t\t#size-cells = <2>;
    \t\tranges;

    \(region.split(separator: "\n").map { "\t\t\($0)" }.joined(separator: "\n"))
    \t};
    };

    """
  }

  static let requires = [ReservedMemoryCellsRule.rule.id, UnalignedCMARegionRule.rule.id]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard let outcome = region.outcome, outcome.problems.contains(.cmaNotActivated),
      let placed = region.placed
    else { return }
    var finding = finding(
      "the CMA area `\(region.node.name)`, \(Text.range(placed.base, placed.size)), spans two memory zones",
      on: region.node, region.sizingProperty, at: region.isStatic ? region.baseSpan() : nil)
    finding.notes = [
      "\(context.kernel) prints that it \"could not be activated\" and gives its pages away "
        + "(mm/cma.c, cma_activate_area)"
    ]
    if let end = context.map?.dmaZoneEnd, end.value >= placed.base,
      end.value < placed.base.saturatingSum(placed.size)
    {
      finding.notes.append("the DMA zone ends at \(Text.hex(end.value))")
    }
    finding.help =
      region.isStatic ? "move it to one side of the boundary" : "keep it on one side with `alloc-ranges`"
    finding.notes += context.memoryNotes
    sink.report(finding, on: region.node)
  }
}
