import DTParse
import Diagnostics
import HeapModel

/// DTH252: a chunk heap's chunk is no size that its driver can use.
enum InvalidChunkSizeRule: LintRule {
  static let rule = Rule(
    "DTH252", "invalid-chunk-size", .error,
    summary:
      "the chunk of a chunk heap is no power of two, less than a page, larger than its region, or larger than a "
      + "kernel's largest block",
    rationale: """
      A chunk is 2^n pages. The first form takes its size in bytes from `alignment`, the second its order from \
      `chunk-order`, the third its size from `dma-heap,alignment`; each is one cell, and of more cells the first is \
      read. What cannot be is rounded without a word, refused, or leaves a heap that gives nothing.
      """,
    badExample: ExampleBoard.with(
      regions: """
        chunk-heap@50000000 {
        \tcompatible = "linux,dma-heap-chunk";
        \treg = <0x50000000 0x4000000>;
        \tchunk-order = <40>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        chunk-heap@50000000 {
        \tcompatible = "linux,dma-heap-chunk";
        \treg = <0x50000000 0x4000000>;
        \tchunk-order = <4>;
        };
        """),
    references: [
      "chunk heap, chunk_heap_probe, add_chunk_heap", "Linux 6.1 include/linux/mmzone.h, MAX_ORDER",
    ])

  static let requires = [TextForCellsRule.rule.id, MisplacedChunkHeapRule.rule.id]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    guard context.profile?.hasChunkHeap != false else { return }
    for region in context.regions where region.isEnabled && region.isChunkHeap {
      if sink.mayCheck(region.node) { checkRegion(region, context, &sink) }
    }
    for user in context.users where user.isEnabled && user.isChunkHeap && context.region(of: user.node) == nil
    {
      if sink.mayCheck(user.node) { checkUser(user, context, &sink) }
    }
  }

  // MARK: The second form

  private static func checkRegion(_ region: LintRegion, _ context: LintContext, _ sink: inout LintSink) {
    let node = region.node
    guard let property = node["chunk-order"] else { return checkFit(4, region, node, nil, context, &sink) }
    guard property.byteCount == 4, let order = property.firstCell else {
      return sink.report(wrongLength(property, context), on: node)
    }
    if let most = context.profile?.maxOrder ?? (order > 24 ? 24 : nil), order > most {
      var finding = finding(
        "`chunk-order` of `\(node.name)` is \(order), but the largest block has order \(most)", on: node,
        "chunk-order")
      finding.notes = ["the heap is not registered"]
      finding.help = "write an order from 0 to \(most); 4 makes chunks of 64 KiB with pages of 4 KiB"
      return sink.report(finding, on: node)
    }
    checkFit(Int(order), region, node, "chunk-order", context, &sink)
  }

  private static func checkFit(
    _ order: Int, _ region: LintRegion, _ node: Node, _ property: String?, _ context: LintContext,
    _ sink: inout LintSink
  ) {
    guard let page = context.profile?.pageSize.bytes, let size = region.size, size > 0,
      (0...32).contains(order)
    else { return }
    let chunk = page << UInt64(order)
    guard chunk > size else { return }
    var finding = finding(
      "a chunk of `\(node.name)` has \(Text.size(chunk)), but its region has \(Text.size(size))", on: node,
      property)
    if let span = region.writtenSizeSpan { finding.related = [RelatedPlace(Text.size(size), at: span)] }
    finding.notes = ["the heap has no chunk to give"]
    finding.help = "make the chunk smaller or the region larger"
    sink.report(finding, on: node)
  }

  private static func wrongLength(_ property: Property, _ context: LintContext) -> Diagnostic {
    let node = property.owner
    let what =
      property.byteCount % 4 == 0
      ? Text.count(property.byteCount / 4, "cell") : Text.count(property.byteCount, "byte")
    var finding = finding(
      "`\(property.name)` of `\(node.name)` has \(what), but is one cell", on: node, property.name)
    finding.notes = [
      property.firstCell.map { "its driver reads the first cell, \($0)" }
        ?? "its driver reads nothing from it"
    ]
    finding.help = "write one cell, whatever `#size-cells` says"
    return finding
  }

  // MARK: The first and the third form

  private static func checkUser(_ user: LintUser, _ context: LintContext, _ sink: inout LintSink) {
    let node = user.node
    let name = user.heap == .poolUser ? "alignment" : "dma-heap,alignment"
    if user.heap == .poolUser, let order = node["chunk-order"] {
      var finding = finding(
        "`chunk-order` of `\(node.name)` has no effect", on: node, "chunk-order", at: order.span,
        severity: .warning)
      finding.notes = ["a heap with `memory-region` takes the size of its chunks from `alignment`"]
      finding.help = "take it away"
      sink.report(finding, on: node)
    }
    guard let property = node[name] else {
      guard user.heap == .poolUser else { return }
      var finding = finding("chunk heap `\(node.name)` does not say the size of its chunks", on: node, name)
      finding.notes = ["its driver then uses a number that nobody set"]
      finding.help = "write `alignment = <0x10000>;` for chunks of 64 KiB"
      return sink.report(finding, on: node)
    }
    guard property.byteCount == 4, let cell = property.firstCell else {
      return sink.report(wrongLength(property, context), on: node)
    }
    let bytes = UInt64(cell)
    if let finding = unusable(bytes, name, user, context) { return sink.report(finding, on: node) }
    let page = context.profile?.pageSize.bytes ?? 4096
    let order = max(bytes, page).trailingZeroBitCount - page.trailingZeroBitCount
    guard let region = context.firstRegion(of: user) else { return }
    checkFit(order, region, node, name, context, &sink)
  }

  private static func unusable(
    _ bytes: UInt64, _ name: String, _ user: LintUser, _ context: LintContext
  ) -> Diagnostic? {
    let node = user.node
    let page = context.profile?.pageSize.bytes ?? 4096
    var finding: Diagnostic
    if bytes < page {
      finding = self.finding(
        "a chunk of `\(node.name)` has \(Text.size(bytes)), less than a page of \(Text.size(page))", on: node,
        name)
      finding.notes = ["its driver makes chunks of one page"]
      finding.help = "write a power of two from \(Text.hex(page)) on"
    } else if !bytes.isPowerOfTwo {
      let above: UInt64 = 1 << UInt64(64 - bytes.leadingZeroBitCount)
      finding = self.finding(
        "a chunk of `\(node.name)` has \(Text.hexAndSize(bytes)), which is no power of two; "
          + "use \(Text.hex(above >> 1)) or "
          + Text.hex(above), on: node, name)
      finding.notes = ["its driver makes chunks of \(Text.size(above))"]
      finding.help = "use \(Text.hex(above >> 1)) or \(Text.hex(above))"
    } else if let profile = context.profile, bytes > page << UInt64(profile.maxOrder) {
      let most = page << UInt64(profile.maxOrder)
      finding = self.finding(
        "a chunk of `\(node.name)` has \(Text.size(bytes)), but \(context.kernel) has no block above "
          + Text.size(most),
        on: node, name,
        severity: user.heap == .product ? .warning : .error)
      finding.notes = [
        user.heap == .product ? "its driver makes chunks of \(Text.size(most))" : "the heap is not registered"
      ]
      finding.help = "write \(Text.hex(most)) or less"
    } else {
      return nil
    }
    return finding
  }
}
