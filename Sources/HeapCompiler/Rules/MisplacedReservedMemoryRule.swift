import DTParse
import Diagnostics

/// DTH201: regions stand where the kernel does not look.
enum MisplacedReservedMemoryRule: LintRule {
  static let rule = Rule(
    "DTH201", "misplaced-reserved-memory", .error,
    summary:
      "regions stand where the kernel does not look: the container is misspelt or misplaced, or a pool is outside",
    rationale: """
      The kernel looks at the direct children of the first child of `/` that is called `reserved-memory`. What stands \
      elsewhere is ignored without a word: the memory goes to everybody, and a pool is never made.
      """,
    badExample: ExampleBoard.plain(
      """
      reserved_memory {
      \t#address-cells = <1>;
      \t#size-cells = <1>;
      \tranges;

      \tfirmware@7f000000 {
      \t\treg = <0x7f000000 0x100000>;
      \t};
      };
      """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/fdt.c, fdt_scan_reserved_mem", "Devicetree Specification v0.4, 3.5",
    ])

  static let subsumes: Set<String> = ["DTH101", "DTH102"]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    checkNested(context, &sink)
    guard !context.isOverlay else { return }
    var first: Node?
    for node in context.tree.root.children {
      if node.baseName == "reserved-memory" {
        checkContainer(node, first, context, &sink)
        first = first ?? node
      } else if isMisspelt(node) {
        var finding = message(
          "`\(node.path)` is not `/reserved-memory`: \(count(of: node)) never looked at", node, context,
          help: "call it `reserved-memory`")
        finding.fixes = rename(node)
        sink.report(finding, on: node)
      }
    }
    checkDeeper(context, &sink)
    checkPools(context, &sink)
  }

  private static func message(
    _ text: String, _ node: Node, _ context: LintContext, help: String, severity: Severity? = nil
  ) -> Diagnostic {
    var finding = finding(text, on: node, severity: severity)
    finding.notes = ["\(context.kernel) ignores it without a word (fdt.c, fdt_scan_reserved_mem)"]
    finding.help = help
    return finding
  }

  private static func count(of node: Node) -> String {
    let count = node.children.reduce(0) { sum, _ in sum + 1 }
    return count == 1 ? "its region is" : "its \(count) regions are"
  }

  /// A second container, or one with a unit address.
  private static func checkContainer(
    _ node: Node, _ first: Node?, _ context: LintContext, _ sink: inout LintSink
  ) {
    if let first {
      var finding = message(
        "`\(node.path)` is a second container: \(count(of: node)) never looked at", node, context,
        help: "move them into `\(first.path)`")
      if let span = first.span { finding.related = [RelatedPlace("the kernel takes this one", at: span)] }
      return sink.report(finding, on: node)
    }
    guard node.unitAddress != nil else { return }
    var finding = finding("`\(node.path)` has a unit address", on: node, severity: .warning)
    finding.notes = [
      "\(context.kernel) finds it at boot, but whoever looks for `/reserved-memory` by its path later does not "
        + "(drivers/of/platform.c, of_platform_default_populate_init)"
    ]
    finding.help = "call it `reserved-memory`"
    finding.fixes = rename(node)
    sink.report(finding, on: node)
  }

  private static func rename(_ node: Node) -> [FixIt] {
    node.edits(renamingTo: "reserved-memory").map {
      [FixIt(title: "call the node `reserved-memory`", edits: $0)]
    } ?? []
  }

  /// Whether a child of `/` looks like a container under a name that is almost right.
  private static func isMisspelt(_ node: Node) -> Bool {
    let name = node.baseName
    guard (10...20).contains(name.utf8.count), holdsRegions(node) else { return false }
    return Text.closestMatch(to: name, in: ["reserved-memory"]) != nil
  }

  private static func holdsRegions(_ node: Node) -> Bool {
    node.children.contains { child in
      child.has("reg") || child.has("size") || child.has("no-map") || child.has("reusable")
    }
  }

  /// Containers that are no children of `/`.
  private static func checkDeeper(_ context: LintContext, _ sink: inout LintSink) {
    for child in context.tree.root.children where child.baseName != "reserved-memory" {
      child.forEachDescendant { node in
        guard node != child, node.baseName == "reserved-memory", holdsRegions(node) else { return }
        sink.report(
          message(
            "`\(node.path)` is no child of `/`: \(count(of: node)) never looked at", node, context,
            help: "move them into `/reserved-memory`"), on: node)
      }
    }
  }

  /// Nodes below regions.
  private static func checkNested(_ context: LintContext, _ sink: inout LintSink) {
    for region in context.regions {
      for child in region.node.children where region.wantsPool || child.has("reg") || child.has("size") {
        sink.report(
          message(
            "`\(child.name)` stands inside the region `\(region.node.name)` and is no region", child, context,
            help: "move it into the container, or take it away"), on: child)
      }
    }
  }

  /// Pools outside of every container.
  private static func checkPools(_ context: LintContext, _ sink: inout LintSink) {
    for node in context.strayPools {
      guard let parent = node.parent else { continue }
      // Their container, or the region that they stand in, is reported already.
      if parent.baseName == "reserved-memory" || isMisspelt(parent) || context.region(of: parent) != nil {
        continue
      }
      let name = node.compatible.first ?? ""
      sink.report(
        message(
          "`\(node.path)` is a `\(name)` outside `/reserved-memory`", node, context,
          help: "move it into `/reserved-memory`"), on: node)
    }
  }
}
