import DTParse
import Diagnostics

/// DTH236: a region asks for a pool, and its compatible string gives it none.
enum InertRegionRule: RegionRule {
  static let rule = Rule(
    "DTH236", "inert-region", .warning,
    summary:
      "a region asks for a pool with `reusable`, `size` or a default flag, and its compatible string gives none",
    rationale: """
      Pools are made by compatible string: `shared-dma-pool` for CMA and coherent memory, `restricted-dma-pool`, the \
      chunk heap. Without one the memory is taken out of use and nobody allocates from it. A restricted pool is \
      refused where it is `reusable` or `no-map`.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dmapool";
        \treusable;
        \tsize = <0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x4000000>;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_init_node",
      "Linux 6.1 kernel/dma/swiotlb.c, rmem_swiotlb_setup",
    ])

  static let requires = [TextForCellsRule.rule.id, WrongCellCountRule.rule.id, EmptyRegionRule.rule.id]

  private static let flags = ["reusable", "linux,cma-default", "linux,dma-default"]
  private static let known = ["shared-dma-pool", "restricted-dma-pool"] + HeapCompatibles.chunk

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    if region.isRestrictedPool, !region.isSharedPool { return checkRestricted(region, context, &sink) }
    let node = region.node
    guard !region.wantsPool else { return }
    if let (near, name) = nearMiss(region) {
      var finding = finding(
        "`\(node.name)` is a `\(name)`, which no kernel knows", on: node, "compatible",
        at: node["compatible"]?.valueSpan)
      finding.label = "`\(near)`?"
      finding.notes = [outcome(context)]
      finding.help = "did you mean `\(near)`?"
      finding.fixes = fix(node, name, near)
      return sink.report(finding, on: node)
    }
    if let property = node["compatible"], region.compatible.allSatisfy(\.isEmpty) {
      var finding = finding("`compatible` of `\(node.name)` is empty", on: node, "compatible")
      finding.notes = [outcome(context)]
      finding.help = "write `compatible = \"shared-dma-pool\";`, or take it away"
      finding.span = property.valueSpan ?? finding.span
      return sink.report(finding, on: node)
    }
    let flag = flags.first(where: node.has)
    let isUnused = region.isDynamic && region.compatible.allSatisfy(\.isEmpty) && !isReferred(node, context)
    // A string of its own means a driver of its own, which may read the flags or not.
    guard flag != nil && region.compatible.allSatisfy(isHarmless) || isUnused else { return }
    let property = flag ?? "size"
    var finding = finding(
      "`\(node.name)` has `\(property)` and no compatible string that makes a pool of it", on: node, property,
      at: node[property]?.span)
    if let span = node["compatible"]?.valueSpan {
      finding.related = [RelatedPlace("not one that makes a pool", at: span)]
    }
    finding.notes = [outcome(context)]
    finding.help = "write `compatible = \"shared-dma-pool\";`"
    if flag != nil, !node.has("compatible"),
      let edit = node.insertion(of: "compatible = \"shared-dma-pool\";")
    {
      finding.fixes = [FixIt(title: "make it a `shared-dma-pool`", edits: [edit])]
    }
    sink.report(finding, on: node)
  }

  private static func outcome(_ context: LintContext) -> String {
    "\(context.kernel) takes its memory out of use, and nobody allocates from it "
      + "(of_reserved_mem.c, __reserved_mem_init_node)"
  }

  /// Whether a compatible string can hardly be that of a driver.
  private static func isHarmless(_ name: String) -> Bool { !name.contains(",") }

  /// Whether some device names the region, and so may use it without a pool.
  private static func isReferred(_ node: Node, _ context: LintContext) -> Bool {
    !context.users(of: node).isEmpty || node.phandle != nil || context.isOverlay
  }

  private static func nearMiss(_ region: LintRegion) -> (near: String, name: String)? {
    for name in region.compatible {
      if let near = Text.closestMatch(to: name, in: known), name.utf8.count >= 8 { return (near, name) }
    }
    return nil
  }

  private static func fix(_ node: Node, _ name: String, _ near: String) -> [FixIt] {
    guard let property = node["compatible"] else { return [] }
    var offset = 0
    for text in property.looseStrings {
      if text == name, let token = property.tokens?.first(where: { $0.offset == offset }),
        node.tree.text(token.span) == "\"\(name)\""
      {
        return [FixIt(title: "write `\(near)`", edits: [SourceEdit(span: token.span, text: "\"\(near)\"")])]
      }
      offset += text.utf8.count + 1
    }
    return []
  }

  private static func checkRestricted(_ region: LintRegion, _ context: LintContext, _ sink: inout LintSink) {
    let node = region.node
    guard let flag = (["no-map"] + flags).first(where: node.has) else { return }
    var finding = finding("the restricted pool `\(node.name)` has `\(flag)`", on: node, flag)
    finding.notes = ["a kernel with restricted pools makes none of it (swiotlb.c, rmem_swiotlb_setup)"]
    finding.help = "take `\(flag)` away"
    sink.report(finding, on: node)
  }
}
