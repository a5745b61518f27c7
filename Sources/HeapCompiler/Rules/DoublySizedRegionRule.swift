import DTParse
import Diagnostics

/// DTH211: a region has both `reg` and `size`.
enum DoublySizedRegionRule: RegionRule {
  static let rule = Rule(
    "DTH211", "doubly-sized-region", .warning,
    summary: "a region has both `reg` and `size`",
    rationale: "Where there is a `reg`, the kernel does not look at `size`, `alignment` and `alloc-ranges`.",
    badExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        \tsize = <0x200000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    references: ["Linux 6.1 drivers/of/fdt.c, fdt_scan_reserved_mem"])

  static let subsumes: Set<String> = ["DTH113"]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard let reg = region.node["reg"], region.node.has("size") else { return }
    var finding = finding("region `\(region.node.name)` has both `reg` and `size`", on: region.node, "size")
    if let span = reg.valueSpan { finding.related = [RelatedPlace("this is what counts", at: span)] }
    finding.notes = ["\(context.kernel) does not look at `size` (fdt.c, fdt_scan_reserved_mem)"]
    finding.help = "take one of them away"
    sink.report(finding, on: region.node)
  }
}
