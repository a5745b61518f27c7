import DTParse
import Diagnostics

/// DTH231: `linux,cma-default` stands on a region that cannot be the default CMA area.
enum IneffectiveCMADefaultRule: RegionRule {
  static let rule = Rule(
    "DTH231", "ineffective-cma-default", .error,
    summary: "`linux,cma-default` stands on a region that is no reusable `shared-dma-pool`",
    rationale: """
      The flag is read by the initialiser of CMA alone, after it has taken the region. Without `reusable` the region \
      becomes a coherent pool, without the compatible string nothing at all, and the kernel makes its built-in default \
      area beside it.
      """,
    badExample: ExampleBoard.with(
      regions: """
        linux,cma {
        \tcompatible = "shared-dma-pool";
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        linux,cma {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };
        """),
    references: ["Linux 6.1 kernel/dma/contiguous.c, rmem_cma_setup"])

  static let requires = [ReusableNoMapRule.rule.id, InertRegionRule.rule.id]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    let node = region.node
    guard node.has("linux,cma-default"), !region.isSharedPool || !region.isReusable || region.isNoMap else {
      return
    }
    let (why, outcome, help) =
      if region.isNoMap {
        ("is `no-map`", "makes no CMA area of it", "take `no-map` away and write `reusable;`")
      } else if !region.isSharedPool {
        ("is no `shared-dma-pool`", "does not look at the flag", "write `compatible = \"shared-dma-pool\";`")
      } else {
        ("is not `reusable`", "makes a coherent pool of it", "write `reusable;`")
      }
    var finding = finding(
      "`linux,cma-default` has no effect on `\(node.name)`, which \(why)", on: node, "linux,cma-default")
    finding.notes = [
      "\(context.kernel) \(outcome), and makes its built-in default area beside it (contiguous.c, rmem_cma_setup)"
    ]
    finding.help = help
    sink.report(finding, on: node)
  }
}
