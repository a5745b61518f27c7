import DTParse
import Diagnostics

/// DTH232: several regions ask to be the default CMA area.
enum RepeatedCMADefaultRule: LintRule {
  static let rule = Rule(
    "DTH232", "repeated-cma-default", .warning,
    summary: "several regions ask to be the default CMA area",
    rationale: """
      Each of them becomes a CMA area, and the one that the kernel comes to last is the default. Which one that is \
      depends on the kernel: 6.1 goes by address, 6.12 by the order in the tree, dynamic regions first.
      """,
    badExample: ExampleBoard.with(
      regions: """
        left {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };

        right {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        left {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        \tlinux,cma-default;
        };

        right {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        };
        """),
    references: ["Linux 6.1 kernel/dma/contiguous.c, rmem_cma_setup (dma_contiguous_default_area)"])

  static func check(_ context: LintContext, into sink: inout LintSink) {
    let defaults = context.regions.filter { $0.isEnabled && $0.wantsCMA && $0.node.has("linux,cma-default") }
    guard let first = defaults.first, defaults.count > 1 else { return }
    let winner = context.map?.pools.last { pool in
      defaults.contains { $0.node.id == pool.node && pool.type == .cma }
    }
    for region in defaults.dropFirst() {
      var finding = finding(
        "`\(region.node.name)` is the default CMA area beside `\(first.node.name)`", on: region.node,
        "linux,cma-default")
      if let span = first.node["linux,cma-default"]?.span {
        finding.related = [RelatedPlace("the first one", at: span)]
      }
      let outcome = winner.map { "`\($0.name)`" } ?? "the one that it comes to last"
      finding.notes = ["\(context.kernel) takes \(outcome) (contiguous.c, rmem_cma_setup)"]
      finding.help = "keep one `linux,cma-default`"
      if let winner {
        // The flag goes where it does nothing today: here, or at the first one if the kernel takes this one.
        let loser = region.node.id == winner.node ? first.node : region.node
        if let edit = loser["linux,cma-default"]?.removal {
          finding.fixes = [
            FixIt(title: "take `linux,cma-default` away from `\(loser.name)`", edits: [edit])
          ]
        }
      }
      sink.report(finding, on: region.node)
    }
  }
}
