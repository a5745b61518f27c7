import DTParse
import Diagnostics

/// DTH247: `memory-region` is not one phandle an entry.
enum MemoryRegionArgumentsRule: RegionUserRule {
  static let rule = Rule(
    "DTH247", "memory-region-arguments", .error,
    summary: "`memory-region` is no list of phandles, or names more regions than a chunk heap takes",
    rationale: """
      Each entry of `memory-region` is one phandle and nothing else. What looks like an argument is taken for the next \
      region. A chunk heap takes the first region and does not look at others.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        codec {
        \tmemory-region = <&pool 0x0>;
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
    references: [
      "Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_idx (of_parse_phandle)"
    ])

  static let requires = [TextForCellsRule.rule.id]

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    guard let property = user.node["memory-region"] else { return }
    if property.byteCount == 0 || property.byteCount % 4 != 0 {
      let what =
        property.byteCount == 0
        ? "is empty" : "has \(Text.count(property.byteCount, "byte")), which are no phandles"
      var finding = finding("`memory-region` of `\(user.node.name)` \(what)", on: user.node, "memory-region")
      finding.notes = ["its driver finds no region (of_reserved_mem.c, of_reserved_mem_device_init_by_idx)"]
      finding.help = "write one phandle for each region: `memory-region = <&label>;`"
      return sink.report(finding, on: user.node)
    }
    if let index = argument(user, context) {
      var finding = finding(
        "`memory-region` of `\(user.node.name)` has an argument after a region", on: user.node,
        "memory-region",
        at: user.span(ofTarget: index))
      finding.notes = ["every cell is taken for a region, and this one is none"]
      finding.help = "write nothing but phandles"
      return sink.report(finding, on: user.node)
    }
    guard user.isChunkHeap, user.targets.count > 1 else { return }
    var finding = finding(
      "chunk heap `\(user.node.name)` names \(user.targets.count) regions and takes the first alone",
      on: user.node,
      "memory-region", at: property.span(ofBytes: 4, property.byteCount - 4), severity: .warning)
    finding.notes = ["its driver never looks at the others"]
    finding.help = "make a heap for each region"
    sink.report(finding, on: user.node)
  }

  /// The first cell after a region that is a small number and no phandle.
  private static func argument(_ user: LintUser, _ context: LintContext) -> Int? {
    guard user.targets.count > 1, !context.isOverlay else { return nil }
    guard case .node(let first) = user.targets[0], context.region(of: first) != nil else { return nil }
    let written =
      user.node["memory-region"].map { property in
        Set(
          property.parts.compactMap { part -> Int? in
            if case .phandleReference = part.kind { part.offset } else { nil }
          })
      } ?? []
    return user.targets.indices.dropFirst().first { index in
      if written.contains(4 * index) { return false }
      switch user.targets[index] {
      case .unresolved: return false
      case .nothing: return true
      case .node(let node): return !written.isEmpty && context.region(of: node) == nil
      }
    }
  }
}
