import DTParse
import Diagnostics

/// DTH235: `linux,dma-default` stands on a reusable region.
enum ReusableDMADefaultRule: RegionRule {
  static let rule = Rule(
    "DTH235", "reusable-dma-default", .error,
    summary: "`linux,dma-default` stands on a `reusable` region",
    rationale: """
      The flag makes a coherent pool the default one. A reusable region becomes a CMA area, and the initialiser of \
      coherent pools refuses it.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        \tlinux,dma-default;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        \tlinux,dma-default;
        };
        """),
    references: ["Linux 6.1 kernel/dma/coherent.c, rmem_dma_setup"])

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.isReusable, region.node.has("linux,dma-default") else { return }
    var finding = finding(
      "`linux,dma-default` stands on `\(region.node.name)`, which is `reusable`", on: region.node,
      "linux,dma-default")
    if let span = region.node["reusable"]?.span {
      finding.related = [RelatedPlace("a CMA area, no coherent pool", at: span)]
    }
    finding.notes = [
      "\(context.kernel) makes no coherent pool of a reusable region (coherent.c, rmem_dma_setup)"
    ]
    finding.help = "write `no-map;` in place of `reusable;`, or `linux,cma-default;` for the default CMA area"
    sink.report(finding, on: region.node)
  }
}
