import DTParse
import Diagnostics

/// DTH202: `/reserved-memory` does not repeat the root's cell counts.
enum ReservedMemoryCellsRule: LintRule {
  static let rule = Rule(
    "DTH202", "reserved-memory-cells", .error,
    summary: "`#address-cells` or `#size-cells` of `/reserved-memory` is missing or differs from the root's",
    rationale: """
      The kernel compares both counts with the root's before it looks at a single region. Where one of them is absent \
      or differs it prints "Reserved memory: unsupported node format, ignoring", and no region is reserved.
      """,
    badExample: ExampleBoard.plain(
      """
      reserved-memory {
      \t#address-cells = <2>;
      \t#size-cells = <1>;
      \tranges;

      \tfirmware@7f000000 {
      \t\treg = <0x0 0x7f000000 0x100000>;
      \t};
      };
      """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    references: ["Linux 6.1 drivers/of/fdt.c, __reserved_mem_check_root"])

  static func check(_ context: LintContext, into sink: inout LintSink) {
    guard !context.isOverlay, let container = context.containers.first else { return }
    let counts = [("#address-cells", context.rootCells.address), ("#size-cells", context.rootCells.size)]
    for (name, wanted) in counts {
      let property = container[name]
      if let cell = property?.firstCell, Int(min(cell, 16)) == wanted { continue }
      sink.report(message(container, name, wanted, property, context), on: container)
    }
  }

  private static func message(
    _ container: Node, _ name: String, _ wanted: Int, _ property: Property?, _ context: LintContext
  ) -> Diagnostic {
    let count = container.children.reduce(0) { sum, _ in sum + 1 }
    let what = property.map { $0.firstCell.map { "is \($0)" } ?? "is no cell" } ?? "is missing"
    var finding = finding(
      "`\(name)` of `/reserved-memory` \(what), but that of `/` is \(wanted)", on: container, name)
    if let root = context.tree.root[name], let span = root.valueSpan {
      finding.related = [RelatedPlace("the root's count", at: span)]
    } else {
      finding.notes.append("the kernel takes an absent count of `/` for 1")
    }
    finding.notes.append(
      "\(context.kernel) ignores the whole node, with \(Text.count(count, "region")) "
        + "(fdt.c, __reserved_mem_check_root)"
    )
    let statement = "\(name) = <\(wanted)>;"
    finding.help = "write `\(statement)`"
    // Where another count is written, the regions may be written for it.
    if property == nil, (1...2).contains(wanted), let edit = container.insertion(of: statement) {
      finding.fixes = [FixIt(title: "add `\(statement)`", edits: [edit])]
    }
    return finding
  }
}
