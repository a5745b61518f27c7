import DTParse
import Diagnostics
import HeapModel

/// DTH251: a chunk heap has no CMA area to take its chunks from.
enum ChunkHeapWithoutCMARule: RegionUserRule {
  static let rule = Rule(
    "DTH251", "chunk-heap-without-cma", .error,
    summary: "a chunk heap has no CMA area to take its chunks from, and is not registered",
    rationale: """
      The driver asks for the CMA area of the region that `memory-region` names first. There is one only where the \
      region is an enabled, reusable `shared-dma-pool` that the kernel could set up. A secure heap is not registered \
      without a `dma-heap,protection_id` either.
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
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tmemory-region = <&pool>;
        \talignment = <0x10000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool: pool@50000000 {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \treg = <0x50000000 0x4000000>;
        };
        """,
      devices: """
        chunk-heap {
        \tcompatible = "linux,dma-heap-chunk";
        \tmemory-region = <&pool>;
        \talignment = <0x10000>;
        };
        """),
    references: [
      "chunk heap, chunk_heap_probe: of_reserved_mem_device_init, dev_get_cma_area",
      "Linux 6.1 drivers/of/of_reserved_mem.c, of_reserved_mem_device_init_by_idx",
    ])

  static let requires = [
    TextForCellsRule.rule.id, BadMemoryRegionRule.rule.id, MisplacedChunkHeapRule.rule.id,
  ]

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    guard user.isChunkHeap, context.profile?.hasChunkHeap != false else { return }
    if let finding = unprotected(user) { sink.report(finding, on: user.node) }
    guard user.node.has("memory-region") else {
      var finding = finding("chunk heap `\(user.node.name)` names no region", on: user.node, "memory-region")
      finding.notes = ["its driver finds no CMA area and registers no heap"]
      finding.help = "write `memory-region = <&label>;` with the label of a reusable `shared-dma-pool`"
      return sink.report(finding, on: user.node)
    }
    guard let region = context.firstRegion(of: user), let reason = reason(region, context) else { return }
    var finding = finding(
      "chunk heap `\(user.node.name)` gets no CMA area from `\(region.node.name)`, which \(reason.what)",
      on: user.node, "memory-region", at: user.span(ofTarget: 0))
    if let span = reason.span ?? region.node.span { finding.related = [RelatedPlace(reason.place, at: span)] }
    finding.notes = ["its driver finds no CMA area and registers no heap"]
    finding.help = reason.help
    sink.report(finding, on: user.node)
  }

  private struct Reason {
    var what: String
    var place: String
    var span: SourceSpan?
    var help: String
  }

  /// Why a region is no CMA area; nil where it is one or nothing can be said.
  private static func reason(_ region: LintRegion, _ context: LintContext) -> Reason? {
    let node = region.node
    if !region.isEnabled {
      return Reason(
        what: "is disabled", place: "nothing is reserved for it", span: node["status"]?.valueSpan,
        help: "enable the region, or disable the heap with it")
    }
    if !region.isSharedPool {
      let what = region.isChunkHeap ? "is a chunk heap of its own" : "is no `shared-dma-pool`"
      return Reason(
        what: what, place: "the region", span: node["compatible"]?.valueSpan,
        help: "give the region `compatible = \"shared-dma-pool\";` and `reusable;`")
    }
    if region.isNoMap {
      return Reason(
        what: "is `no-map`", place: "never mapped, so never CMA", span: node["no-map"]?.valueSpan,
        help: "take `no-map` away and write `reusable;`")
    }
    if !region.isReusable {
      return Reason(
        what: "is not `reusable`", place: "a coherent pool", span: nil,
        help: "write `reusable;` in the region")
    }
    if let profile = context.profile, let size = region.size {
      let bits = size | (region.entries?.first?.address ?? 0)
      if bits % profile.cmaAlignment != 0 {
        return Reason(
          what: "is not aligned to \(Text.size(profile.cmaAlignment))", place: "rejected at boot",
          span: node[region.sizingProperty]?.valueSpan,
          help: "align base and size of the region to \(Text.hexAndSize(profile.cmaAlignment))")
      }
    }
    return region.outcome.flatMap { bootReason($0, context) }
  }

  /// Why the boot model has no area for a region.
  private static func bootReason(_ outcome: ReservedRegion, _ context: LintContext) -> Reason? {
    let what: String
    switch outcome.state {
    case .ready, .reserved: return nil
    case .rejected: what = "\(context.kernel) rejects at boot"
    case .unplaced: what = "has no room"
    case .invalid: what = "is malformed"
    case .overLimit: what = "is one region too many for \(context.kernel)"
    case .ignored: what = "\(context.kernel) does not look at"
    }
    return Reason(what: what, place: "the region", span: nil, help: "see what is reported about the region")
  }

  private static func unprotected(_ user: LintUser) -> Diagnostic? {
    guard user.heap == .product, user.node.has("dma-heap,secure") else { return nil }
    guard user.node["dma-heap,protection_id"]?.firstCell ?? 0 == 0 else { return nil }
    var finding = finding(
      "secure chunk heap `\(user.node.name)` has no `dma-heap,protection_id`", on: user.node,
      "dma-heap,protection_id")
    finding.notes = ["its driver returns -EINVAL and registers no heap"]
    finding.help =
      "write `dma-heap,protection_id` with the number of the protected world's buffer type, not 0"
    return finding
  }
}
