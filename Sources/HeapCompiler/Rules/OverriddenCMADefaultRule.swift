import DTParse
import Diagnostics

/// DTH234: `cma=` on the command line takes precedence over `linux,cma-default`.
enum OverriddenCMADefaultRule: RegionRule {
  static let rule = Rule(
    "DTH234", "overridden-cma-default", .warning,
    summary: "`cma=` on the kernel command line takes precedence over `linux,cma-default`",
    rationale: """
      The kernel prints "bypass … node, using cmdline CMA params instead", gives the region's memory back and makes \
      an area of the size that the command line says. Name, place and size of the default heap change with it. Even \
      `cma=0` does so.
      """,
    badExample: ExampleBoard.with(
      regions: """
        linux,cma {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };
        """,
      devices: """
        chosen {
        \tbootargs = "console=ttyS0 cma=32M";
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
        """,
      devices: """
        chosen {
        \tbootargs = "console=ttyS0";
        };
        """),
    references: ["Linux 6.1 kernel/dma/contiguous.c, rmem_cma_setup"])

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.wantsCMA, region.isSharedPool, region.node.has("linux,cma-default") else { return }
    let arguments = context.board.commandLine.split(separator: " ").prefix { $0 != "--" }
    guard let argument = arguments.last(where: { $0.hasPrefix("cma=") }) else { return }
    var finding = finding(
      "`\(argument)` on the command line overrides the default CMA area `\(region.node.name)`",
      on: region.node,
      "linux,cma-default")
    if let bootargs = context.tree.node(path: "/chosen")?["bootargs"], let span = bootargs.valueSpan,
      bootargs.firstString == context.board.commandLine
    {
      finding.related = [RelatedPlace("the command line", at: span)]
    }
    finding.notes = [
      "\(context.kernel) prints \"bypass \(region.node.name) node\" and gives its memory back "
        + "(contiguous.c, rmem_cma_setup)"
    ]
    finding.help = "take `cma=` off the command line, or `linux,cma-default` out of the tree"
    sink.report(finding, on: region.node)
  }
}
