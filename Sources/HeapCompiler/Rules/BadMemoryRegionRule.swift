import DTParse
import Diagnostics

/// DTH245: `memory-region` names something that is no reserved region.
enum BadMemoryRegionRule: RegionUserRule {
  static let rule = Rule(
    "DTH245", "bad-memory-region", .error,
    summary: "`memory-region` names no node, the container, or something that is no reserved region",
    rationale: """
      The driver asks for the region by the node's phandle. Where no region was made of that node it gets -EINVAL or \
      -ENODEV, and mostly gives up.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        bus: bus {
        };

        codec {
        \tmemory-region = <&bus>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        codec {
        \tmemory-region = <&pool>;
        };
        """),
    references: ["Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_idx"])

  static let requires = [TextForCellsRule.rule.id, MemoryRegionArgumentsRule.rule.id]

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    for (index, target) in user.targets.enumerated() {
      guard !sink.isFull, let what = fault(target, context) else { continue }
      var finding = finding(
        "`memory-region` of `\(user.node.name)` names \(what)", on: user.node,
        "memory-region", at: user.span(ofTarget: index))
      if case .node(let node) = target, let span = node.span {
        finding.related = [RelatedPlace("this is what it names", at: span)]
      }
      finding.notes = [
        "its driver gets -ENODEV or -EINVAL (of_reserved_mem.c, of_reserved_mem_device_init_by_idx)"
      ]
      finding.help = "name a child of `/reserved-memory`"
      sink.report(finding, on: user.node)
    }
  }

  private static func fault(_ target: LintUser.Target, _ context: LintContext) -> String? {
    switch target {
    case .unresolved: return nil
    case .nothing(let phandle): return "the phandle \(Text.hex(phandle)), which no node has"
    case .node(let node):
      if context.region(of: node) != nil { return nil }
      // An overlay's own nodes may land anywhere.
      if context.isOverlay { return nil }
      if context.containers.contains(node) {
        return "the container `\(node.path)` and not one of its regions"
      }
      return "`\(node.path)`, which is no reserved region"
    }
  }
}
