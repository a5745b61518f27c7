import DTParse
import Diagnostics
import HeapModel

/// DTH217: a region is not inside memory.
enum RegionOutsideMemoryRule: RegionRule {
  static let rule = Rule(
    "DTH217", "region-outside-memory", .warning,
    summary: "a region is not inside any memory range",
    rationale: """
      There is nothing to reserve there, and the region protects nothing. A CMA area has no page descriptors there, and \
      the kernel dies of it at boot. A boot loader may know of more memory than the tree says; with `--memory` it does \
      not.
      """,
    badExample: ExampleBoard.with(
      regions: """
        firmware@20000000 {
        \treg = <0x20000000 0x100000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    references: [
      "Linux 6.1 mm/cma.c, cma_init_reserved_areas",
      "Linux 6.1 drivers/of/fdt.c, early_init_dt_reserve_memory",
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
    EmptyRegionRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    let memory = context.memory
    guard !memory.isEmpty, let entries = region.entries else { return }
    for (pair, entry) in entries.enumerated() where entry.size > 0 {
      let inside = context.memoryBytes(entry.address, entry.size)
      // A carve-out that memory leaves out, or a pool in a device's own memory, is as it should be.
      guard inside < entry.size, region.wantsCMA || !region.isNoMap && inside == 0 else { continue }
      let extent = inside == 0 ? "outside" : "only partly inside"
      var finding = finding(
        "region `\(region.node.name)`, \(Text.range(entry.address, entry.size)), is \(extent) memory",
        on: region.node,
        "reg", at: region.baseSpan(pair: pair),
        severity: context.isMemoryCertain || region.wantsCMA && inside > 0 ? .error : .warning)
      finding.notes = [
        region.wantsCMA
          ? "\(context.kernel) dies of a CMA area that is not wholly memory (mm/cma.c, cma_init_reserved_areas)"
          : "there is nothing to reserve there",
        "memory is "
          + memory.prefix(4).map { Text.range($0.base.value, $0.size.bytes) }.joined(separator: ", ")
          + (memory.count > 4 ? ", …" : ""),
      ]
      finding.help = "move it into memory, or say with `--memory` what the boot loader fills in"
      sink.report(finding, on: region.node)
    }
  }
}
