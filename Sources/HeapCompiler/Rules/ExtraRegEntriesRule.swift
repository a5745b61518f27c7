import DTParse
import Diagnostics

/// DTH215: a pool has several pairs in `reg`.
enum ExtraRegEntriesRule: RegionRule {
  static let rule = Rule(
    "DTH215", "extra-reg-entries", .warning,
    summary: "a pool has several pairs in `reg`",
    rationale: """
      Every pair is taken out of use, but the region, and so the pool, is the first pair alone: the others are lost to \
      everybody.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x100000>, <0x60000000 0x100000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <0x50000000 0x100000>;
        };
        """),
    references: [
      "Linux 6.12 drivers/of/of_reserved_mem.c, fdt_scan_reserved_mem_reg_nodes (\"ignores %d regions\")"
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.wantsPool, let entries = region.entries, entries.count > 1, let cells = region.cells,
      let reg = region.node["reg"]
    else { return }
    let lost = entries.dropFirst().reduce(UInt64(0)) { $0.saturatingSum($1.size) }
    var finding = finding(
      "the pool `\(region.node.name)` has \(entries.count) pairs in `reg` and is made of the first alone",
      on: region.node, "reg", at: reg.span(ofBytes: 4 * cells.pair, reg.byteCount - 4 * cells.pair))
    finding.notes = [
      "\(context.kernel) reserves the others, \(Text.size(lost)), for nobody (of_reserved_mem.c)"
    ]
    finding.help = "make a region of each pair"
    sink.report(finding, on: region.node)
  }
}
