import DTParse
import Diagnostics

/// DTH222: two regions have the same name for the kernel.
enum RepeatedRegionNameRule: LintRule {
  static let rule = Rule(
    "DTH222", "repeated-region-name", .warning,
    summary: "two regions have the same node name, or CMA areas names that are equal in their first 63 bytes",
    rationale: """
      A driver that looks for a region by its name (`of_reserved_mem_lookup`) finds the first one. A CMA area keeps 63 \
      bytes of its name, and so do the heaps that are called by it.
      """,
    badExample: ExampleBoard.with(regions: longNames("a", "b")),
    goodExample: ExampleBoard.with(
      regions: """
        left {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x400000>;
        };

        right {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x400000>;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_lookup", "Linux 6.1 mm/cma.h, CMA_MAX_NAME",
    ])

  private static let areaNameMax = 63

  private static func longNames(_ suffixes: String...) -> String {
    suffixes.map { suffix in
      """
      contiguous-memory-of-the-camera-pipeline-of-the-front-and-the-rear-\(suffix) {
      \tcompatible = "shared-dma-pool";
      \treusable;
      \tsize = <0x400000>;
      };
      """
    }.joined(separator: "\n")
  }

  static func check(_ context: LintContext, into sink: inout LintSink) {
    var first: [String: LintRegion] = [:]
    for region in context.regions where region.isEnabled {
      let name = region.node.name
      let key = region.wantsCMA ? String(decoding: name.utf8.prefix(areaNameMax), as: UTF8.self) : name
      guard let other = first[key] else {
        first[key] = region
        continue
      }
      let isWhole = other.node.name == name
      var finding = finding(
        isWhole
          ? "two regions are called `\(name)`"
          : "the CMA areas of `\(other.node.name)` and `\(name)` are both called `\(key)`",
        on: region.node)
      if let span = other.node.span { finding.related = [RelatedPlace("the first one", at: span)] }
      finding.notes = [
        isWhole
          ? "who looks for it by name finds the first one (of_reserved_mem.c, of_reserved_mem_lookup)"
          : "\(context.kernel) keeps \(areaNameMax) bytes of an area's name (mm/cma.c, cma_init_reserved_mem)"
      ]
      finding.help = "give one of them another name"
      sink.report(finding, on: region.node)
    }
  }
}
