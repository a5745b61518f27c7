import DTParse
import Diagnostics
import HeapModel

/// DTH253: part of a chunk heap's region is never given out.
enum UnusableChunkTailRule: LintRule {
  static let rule = Rule(
    "DTH253", "unusable-chunk-tail", .warning,
    summary:
      "the region of a chunk heap is no whole number of chunks, or its base is aligned less than a chunk",
    rationale: """
      A chunk lies at a multiple of its size. What is before the first multiple and after the last whole chunk is \
      reserved and never given out.
      """,
    badExample: ExampleBoard.with(
      regions: """
        chunk-heap@50000000 {
        \tcompatible = "linux,dma-heap-chunk";
        \treg = <0x50000000 0x600000>;
        \tchunk-order = <10>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        chunk-heap@50000000 {
        \tcompatible = "linux,dma-heap-chunk";
        \treg = <0x50000000 0x800000>;
        \tchunk-order = <10>;
        };
        """),
    references: ["Linux 6.1 mm/cma.c, cma_alloc (cma_bitmap_aligned_offset)"])

  static let requires = [
    WrongCellCountRule.rule.id, EmptyRegionRule.rule.id, UnalignedCMARegionRule.rule.id,
    InvalidChunkSizeRule.rule.id,
    ChunkHeapWithoutCMARule.rule.id,
  ]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    guard let profile = context.profile, profile.hasChunkHeap else { return }
    let page = profile.pageSize.bytes
    for region in context.regions where region.isEnabled && region.isChunkHeap && sink.mayCheck(region.node) {
      let order = region.node["chunk-order"]?.firstCell ?? 4
      check(region, chunk: page << UInt64(min(order, 24)), at: region.node, context, &sink)
    }
    for user in context.users where user.isEnabled && user.isChunkHeap && sink.mayCheck(user.node) {
      guard let region = context.firstRegion(of: user), region.wantsCMA, sink.mayCheck(region.node) else {
        continue
      }
      let bytes = user.node[user.heap == .poolUser ? "alignment" : "dma-heap,alignment"]?.firstCell ?? 0
      check(region, chunk: max(UInt64(bytes), page), at: user.node, context, &sink)
    }
  }

  private static func check(
    _ region: LintRegion, chunk: UInt64, at node: Node, _ context: LintContext, _ sink: inout LintSink
  ) {
    guard chunk.isPowerOfTwo, let size = region.size, size >= chunk else { return }
    let base = region.placed?.base ?? 0
    let head = base % chunk == 0 ? 0 : chunk - base % chunk
    guard head < size else { return }
    let tail = (size - head) % chunk
    guard head.saturatingSum(tail) > 0 else { return }
    let lost = head + tail
    var finding = finding(
      "\(Text.size(lost)) of `\(region.node.name)` are in no chunk of \(Text.size(chunk))", on: region.node,
      region.sizingProperty, at: head > 0 ? region.baseSpan() : region.writtenSizeSpan)
    if node != region.node, let span = node.span { finding.related = [RelatedPlace("the heap", at: span)] }
    finding.notes = [
      "\(Text.size(head)) before the first chunk and \(Text.size(tail)) after the last are never given out"
    ]
    let whole = size - size % chunk
    if head == 0 {
      finding.help = "make the region \(Text.hexAndSize(whole)) long, or the chunk smaller"
      finding.fixes = fix(region, whole)
    } else {
      finding.help = "put the base at a multiple of \(Text.hex(chunk)), or make the chunk smaller"
    }
    sink.report(finding, on: region.node)
  }

  /// The same number of chunks in a region that ends with the last one.
  private static func fix(_ region: LintRegion, _ whole: UInt64) -> [FixIt] {
    guard whole > 0, let cells = region.cells, let property = region.node[region.sizingProperty],
      let edits = property.edits(
        writing: whole, at: region.isStatic ? 4 * cells.address : 0, cells: cells.size),
      !edits.isEmpty
    else { return [] }
    return [FixIt(title: "make the region \(Text.size(whole)) long", edits: edits)]
  }
}
