import DTParse
import Diagnostics

/// DTH210: a region has neither `reg` nor `size`.
enum UnsizedRegionRule: RegionRule {
  static let rule = Rule(
    "DTH210", "unsized-region", .error,
    summary: "a region has neither `reg` nor `size`",
    rationale: "The kernel passes over the node without a word, and nothing is reserved.",
    badExample: ExampleBoard.with(
      regions: """
        firmware {
        \tno-map;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        \tno-map;
        };
        """),
    references: ["Linux 6.1 drivers/of/fdt.c, fdt_scan_reserved_mem"])

  static let subsumes: Set<String> = ["DTH102", "DTH112"]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    // An overlay may extend a region that the base has.
    guard !region.isStatic, !region.isDynamic, !context.isOverlay else { return }
    var finding = finding("region `\(region.node.name)` has neither `reg` nor `size`", on: region.node)
    finding.notes = ["\(context.kernel) passes over it without a word (fdt.c, fdt_scan_reserved_mem)"]
    finding.help = "write `reg` for a fixed place, or `size` and let the kernel choose one"
    sink.report(finding, on: region.node)
  }
}
