import DTParse
import Diagnostics

/// DTH256: a chunk heap goes by its deprecated compatible string.
enum DeprecatedChunkCompatibleRule: LintRule {
  static let rule = Rule(
    "DTH256", "deprecated-chunk-compatible", .note,
    summary: "a chunk heap has the compatible string `dma_heap,chunk`",
    rationale:
      "`dma_heap` is no vendor prefix. Drivers know the string still; `linux,dma-heap-chunk` is the one to write.",
    badExample: ExampleBoard.with(
      regions: """
        chunk-heap@50000000 {
        \tcompatible = "dma_heap,chunk";
        \treg = <0x50000000 0x4000000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        chunk-heap@50000000 {
        \tcompatible = "linux,dma-heap-chunk";
        \treg = <0x50000000 0x4000000>;
        };
        """),
    references: ["Linux 6.1 Documentation/devicetree/bindings/vendor-prefixes.yaml"])

  private static let deprecated = "dma_heap,chunk"
  private static let preferred = "linux,dma-heap-chunk"

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions where region.compatible.contains(deprecated) { check(region.node, &sink) }
    for user in context.users
    where user.compatible.contains(deprecated) && context.region(of: user.node) == nil {
      check(user.node, &sink)
    }
  }

  private static func check(_ node: Node, _ sink: inout LintSink) {
    guard let property = node["compatible"], !node.compatible.contains(preferred) else { return }
    var offset = 0
    for name in property.looseStrings {
      if name == deprecated { break }
      offset += name.utf8.count + 1
    }
    let span = property.span(ofBytes: offset, deprecated.utf8.count + 1)
    var finding = finding("`\(deprecated)` of `\(node.name)` is deprecated", on: node, "compatible", at: span)
    finding.notes = ["`dma_heap` is no vendor prefix"]
    finding.help = "write `\(preferred)`"
    if let span, node.tree.text(span) == "\"\(deprecated)\"" {
      finding.fixes = [
        FixIt(title: "write `\(preferred)`", edits: [SourceEdit(span: span, text: "\"\(preferred)\"")])
      ]
    }
    sink.report(finding, on: node)
  }
}
