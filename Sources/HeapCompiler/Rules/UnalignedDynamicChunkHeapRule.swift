import DTParse
import Diagnostics
import HeapModel

/// DTH257: a dynamic chunk heap does not ask for the alignment that CMA needs.
enum UnalignedDynamicChunkHeapRule: RegionRule {
  static let rule = Rule(
    "DTH257", "unaligned-dynamic-chunk-heap", .note,
    summary: "a dynamic chunk heap has no `alignment` of the CMA minimum; an error where it lands unaligned",
    rationale: """
      The kernel raises the alignment of a reusable `shared-dma-pool` to what CMA needs, and not that of a chunk heap. \
      Where the place that it finds is not aligned, no area is made and no heap is registered.
      """,
    badExample: ExampleBoard.with(
      regions: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tsize = <0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tsize = <0x4000000>;
        \talignment = <0x200000>;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size (shared-dma-pool alone)",
      "Linux 6.1 mm/cma.c, cma_init_reserved_mem",
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
    EmptyRegionRule.rule.id,
    BadAlignmentRule.rule.id, UnalignedCMARegionRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.isDynamic, region.isChunkHeap, !region.isSharedPool, let profile = context.profile,
      profile.hasChunkHeap, let cells = region.cells
    else { return }
    let node = region.node
    let unit = profile.cmaAlignment
    let asked = region.alignmentAsked ?? 0
    guard asked < unit else { return }
    let landed = region.outcome?.base?.value
    let isUnaligned = landed.map { $0 % unit != 0 } ?? false
    var finding = finding(
      isUnaligned
        ? "chunk heap `\(node.name)` lands at \(Text.hex(landed ?? 0)), which is no multiple of the "
          + "\(Text.size(unit)) that CMA needs"
        : "chunk heap `\(node.name)` does not ask for the \(Text.size(unit)) alignment that CMA needs",
      on: node, node.has("alignment") ? "alignment" : "size", severity: isUnaligned ? .error : .note)
    finding.notes = [
      "\(context.kernel) raises the alignment of a `shared-dma-pool` alone "
        + "(of_reserved_mem.c, __reserved_mem_alloc_size)"
    ]
    let words = (0..<max(cells.address, 1)).reversed().map { $0 > 0 ? "0x0" : Text.hex(unit) }.joined(
      separator: " ")
    finding.help = "write `alignment = <\(words)>;`"
    finding.fixes = fix(region, cells, unit, words)
    sink.report(finding, on: node)
  }

  private static func fix(_ region: LintRegion, _ cells: AddressCells, _ unit: UInt64, _ words: String)
    -> [FixIt]
  {
    let title = "align it to \(Text.size(unit))"
    if let property = region.node["alignment"] {
      guard let edits = property.edits(writing: unit, at: 0, cells: cells.address), !edits.isEmpty else {
        return []
      }
      return [FixIt(title: title, edits: edits)]
    }
    guard let edit = region.node.insertion(of: "alignment = <\(words)>;") else { return [] }
    return [FixIt(title: title, edits: [edit])]
  }
}
