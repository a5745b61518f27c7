import DTParse
import Diagnostics

/// DTH213: a region of no bytes.
enum EmptyRegionRule: RegionRule {
  static let rule = Rule(
    "DTH213", "empty-region", .error,
    summary: "a region has a size of zero, or an empty `reg`",
    rationale: """
      A pair of size 0 reserves nothing: the kernel prints "failed to reserve memory". An empty `reg` makes Linux 6.12 \
      read the base and the size from whatever lies behind it in the blob.
      """,
    badExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x0>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/fdt.c, __reserved_mem_reserve_reg",
      "Linux 6.12 drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes",
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    if let reg = region.node["reg"], reg.byteCount == 0 {
      var finding = finding("`reg` of `\(region.node.name)` is empty", on: region.node, "reg")
      finding.notes = [
        "Linux 6.1 ignores the region; 6.12 reads its base and size from behind the property "
          + "(of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes)"
      ]
      finding.help = "write a base and a size, or take `reg` away and write `size`"
      return sink.report(finding, on: region.node)
    }
    for (pair, entry) in (region.entries ?? []).enumerated() where entry.size == 0 && !sink.isFull {
      var finding = finding(
        "`\(region.node.name)` reserves no bytes at \(Text.hex(entry.address))", on: region.node, "reg",
        at: region.sizeSpan(pair: pair))
      finding.notes = [
        "\(context.kernel) prints \"failed to reserve memory\" (fdt.c, __reserved_mem_reserve_reg)"
      ]
      finding.help = "write the size in bytes"
      sink.report(finding, on: region.node)
    }
    if region.isDynamic, region.sizeAsked == 0 {
      var finding = finding("`\(region.node.name)` asks for a region of no bytes", on: region.node, "size")
      finding.notes = [
        "\(context.kernel) finds a place for it and reserves nothing there (of_reserved_mem.c, "
          + "__reserved_mem_alloc_size)"
      ]
      finding.help = "write the size in bytes"
      sink.report(finding, on: region.node)
    }
  }
}
