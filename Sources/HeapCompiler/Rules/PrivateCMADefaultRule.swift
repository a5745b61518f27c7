import DTParse
import Diagnostics

/// DTH233: the default CMA area is some device's own region, too.
enum PrivateCMADefaultRule: RegionUserRule {
  static let rule = Rule(
    "DTH233", "private-cma-default", .warning,
    summary: "the default CMA area is also a device's `memory-region`",
    rationale: """
      Every driver without a region of its own allocates from the default area. The device that was meant to have the \
      region to itself finds it drained.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool: linux,cma {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };
        """,
      devices: """
        codec {
        \tmemory-region = <&pool>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool: codec-memory {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        };
        """,
      devices: """
        codec {
        \tmemory-region = <&pool>;
        };
        """),
    references: ["Linux 6.1 kernel/dma/contiguous.c, dma_alloc_contiguous, dev_get_cma_area"])

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    for (index, target) in user.targets.enumerated() {
      guard case .node(let node) = target, let region = context.region(of: node), region.isEnabled,
        region.wantsCMA,
        let flag = node["linux,cma-default"]
      else { continue }
      var finding = finding(
        "`\(user.node.name)` has `\(node.name)` for its own region, which is the default CMA area",
        on: user.node,
        "memory-region", at: user.span(ofTarget: index))
      if let span = flag.span { finding.related = [RelatedPlace("the default for every driver", at: span)] }
      finding.notes = [
        "drivers without a region of their own allocate from it (contiguous.c, dev_get_cma_area)"
      ]
      finding.help =
        "give the device a pool of its own, or leave `memory-region` out and share the default knowingly"
      sink.report(finding, on: user.node)
    }
  }
}
