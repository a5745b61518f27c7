import DTParse
import Diagnostics
import HeapModel

/// DTH230: base or size of a CMA region is not a multiple of the CMA minimum.
enum UnalignedCMARegionRule: RegionRule {
  static let rule = Rule(
    "DTH230", "unaligned-cma-region", .error,
    summary: "base or size of a CMA region is not a multiple of what CMA needs",
    rationale: """
      CMA hands out whole pageblocks: 2 MiB on arm64 with 4 KiB pages, more with larger pages and on 32-bit arm. The \
      kernel prints "Reserved memory: incorrect alignment of CMA region", makes no pool and gives the memory back. The \
      base of a dynamic pool is aligned by the kernel, but no size is ever rounded.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool@50001000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50001000 0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };
        """),
    references: [
      "Linux 6.1 kernel/dma/contiguous.c, rmem_cma_setup",
      "Linux 6.1 include/linux/cma.h, CMA_MIN_ALIGNMENT_BYTES",
    ])

  static let requires = [
    TextForCellsRule.rule.id, WrongCellCountRule.rule.id, EmptyRegionRule.rule.id,
    ReservedMemoryCellsRule.rule.id,
  ]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard region.wantsCMA, let profile = context.profile, let size = region.size else { return }
    if region.isChunkHeap, !region.isSharedPool, !profile.hasChunkHeap { return }
    let unit = profile.cmaAlignment
    let cure = sink.isFull ? nil : Cure(region, unit: unit, context)
    if let base = region.entries?.first?.address, base % unit != 0 {
      var finding = message("base", base, unit, region, context)
      finding.span = region.baseSpan() ?? finding.span
      finding.fixes = cure?.baseFix(region).map { [$0] } ?? []
      sink.report(finding, on: region.node)
    }
    if size % unit != 0 {
      var finding = message("size", size, unit, region, context)
      finding.span = region.writtenSizeSpan ?? finding.span
      finding.fixes = cure?.sizeFix(region).map { [$0] } ?? []
      sink.report(finding, on: region.node)
    }
  }

  private static func message(
    _ what: String, _ value: UInt64, _ unit: UInt64, _ region: LintRegion, _ context: LintContext
  ) -> Diagnostic {
    let rest = value % unit
    let below = value - rest
    let (above, isTooLarge) = below.addingReportingOverflow(unit)
    let width = what == "base" ? region.cells?.address : region.cells?.size
    let isTooWide = isTooLarge || width == 1 && above > 0xffff_ffff
    let choices = [below > 0 || what == "base" ? below : nil, isTooWide ? nil : above].compactMap { $0 }
      .map { Text.hex($0) }.joined(separator: " or ")
    var finding = finding(
      "\(what) \(Text.hex(value)) of `\(region.node.name)` is \(Text.size(rest)) past the \(Text.size(unit)) boundary "
        + "that CMA needs; use \(choices)",
      on: region.node, region.sizingProperty)
    finding.label = "\(Text.size(rest)) too \(what == "base" ? "high" : "long")"
    finding.notes =
      region.isSharedPool
      ? [
        "\(context.kernel) prints \"incorrect alignment of CMA region\", makes no pool and gives the memory back "
          + "(kernel/dma/contiguous.c, rmem_cma_setup)"
      ] : ["\(context.kernel) makes no CMA area of it, and no heap (mm/cma.c, cma_init_reserved_mem)"]
    if region.isDynamic {
      finding.notes.append("the kernel aligns the base of a dynamic region and never rounds its size")
    }
    finding.help = "use \(choices)"
    return finding
  }

  /// The nearest place and size that CMA takes and nobody else has.
  private struct Cure {
    var base: UInt64?
    var size: UInt64

    init?(_ region: LintRegion, unit: UInt64, _ context: LintContext) {
      guard let size = region.size else { return nil }
      guard let base = region.entries?.first?.address else {
        guard let rounded = size.roundedUp(to: unit) else { return nil }
        self.size = rounded
        return
      }
      let low = base - base % unit
      let (end, isTooLarge) = base.addingReportingOverflow(size)
      guard !isTooLarge, let lowSize = (end - low).roundedUp(to: unit),
        let sameSize = size.roundedUp(to: unit)
      else { return nil }
      let candidates = [
        (low, base % unit == 0 ? sameSize : size % unit == 0 ? size : lowSize),
        (base.roundedUp(to: unit) ?? low, sameSize),
        (base.roundedUp(to: unit) ?? low, size - size % unit),
      ]
      guard let fit = candidates.first(where: { $0.1 > 0 && context.isFree($0.0, $0.1, for: region) }) else {
        return nil
      }
      (self.base, self.size) = fit
    }

    func baseFix(_ region: LintRegion) -> FixIt? {
      guard let base, let cells = region.cells, let reg = region.node["reg"],
        let edits = reg.edits(writing: base, at: 0, cells: cells.address), !edits.isEmpty
      else { return nil }
      let rename =
        region.node.unitAddress == nil ? [] : region.node.edits(unitAddress: Text.unitAddress(base))
      guard let rename else { return nil }
      return FixIt(title: "move the region to \(Text.hex(base))", edits: edits + rename)
    }

    func sizeFix(_ region: LintRegion) -> FixIt? {
      guard let cells = region.cells, let property = region.node[region.sizingProperty],
        let edits = property.edits(
          writing: size, at: region.isStatic ? 4 * cells.address : 0, cells: cells.size),
        !edits.isEmpty
      else { return nil }
      return FixIt(title: "make the region \(Text.size(size)) long", edits: edits)
    }
  }
}
