import DTParse
import Diagnostics

/// DTH219: a region is `reusable` and `no-map`, or a chunk heap's region is `no-map`.
enum ReusableNoMapRule: RegionRule {
  static let rule = Rule(
    "DTH219", "reusable-no-map", .error,
    summary: "a region is both `reusable` and `no-map`",
    rationale: """
      Memory that others may use in the meantime must be mapped. Both initialisers of a pool refuse such a region, and \
      the kernel prints "compatible matching fail" and maps it again.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };
        """),
    references: [
      "Linux 6.1 kernel/dma/contiguous.c, rmem_cma_setup", "Linux 6.1 kernel/dma/coherent.c, rmem_dma_setup",
    ])

  static let subsumes: Set<String> = ["DTH110", "DTH114"]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    let node = region.node
    guard region.isNoMap, region.isReusable || region.isChunkHeap else { return }
    let message =
      region.isReusable
      ? "region `\(node.name)` is both `reusable` and `no-map`" : "chunk heap `\(node.name)` is `no-map`"
    var finding = finding(message, on: node, "no-map")
    if let span = node["reusable"]?.valueSpan {
      finding.related = [RelatedPlace("excluded by `no-map`", at: span)]
    }
    finding.notes =
      region.isSharedPool
      ? [
        "\(context.kernel) makes no pool of it, CMA or coherent, and maps it again "
          + "(contiguous.c, rmem_cma_setup; coherent.c, rmem_dma_setup)"
      ] : ["nobody can share memory that the kernel does not map"]
    finding.help = "keep `reusable` for a CMA pool, `no-map` for a device's own memory"
    sink.report(finding, on: node)
  }
}
