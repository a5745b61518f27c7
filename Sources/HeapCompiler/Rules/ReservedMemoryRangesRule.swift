import DTParse
import Diagnostics

/// DTH203: `/reserved-memory` has no `ranges`, or one that is not empty.
enum ReservedMemoryRangesRule: LintRule {
  static let rule = Rule(
    "DTH203", "reserved-memory-ranges", .error,
    summary: "`ranges` of `/reserved-memory` is missing or not empty",
    rationale: """
      Without `ranges` the kernel prints "Reserved memory: unsupported node format, ignoring", and no region is \
      reserved. A `ranges` with a value is accepted, but its translation is not applied when the regions are \
      reserved, while drivers that read `reg` of a region apply it.
      """,
    badExample: ExampleBoard.plain(
      """
      reserved-memory {
      \t#address-cells = <1>;
      \t#size-cells = <1>;

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
    references: ["Linux 6.1 drivers/of/fdt.c, __reserved_mem_check_root"])

  static func check(_ context: LintContext, into sink: inout LintSink) {
    guard !context.isOverlay, let container = context.containers.first else { return }
    let count = container.children.reduce(0) { sum, _ in sum + 1 }
    guard let ranges = container["ranges"] else {
      var finding = finding("`ranges` of `/reserved-memory` is missing", on: container, "ranges")
      finding.notes = [
        "\(context.kernel) ignores the whole node, with \(Text.count(count, "region")) "
          + "(fdt.c, __reserved_mem_check_root)"
      ]
      finding.help = "write `ranges;`"
      if let edit = container.insertion(of: "ranges;") {
        finding.fixes = [FixIt(title: "add `ranges;`", edits: [edit])]
      }
      return sink.report(finding, on: container)
    }
    guard ranges.byteCount > 0 else { return }
    var finding = finding(
      "`ranges` of `/reserved-memory` is not empty", on: container, "ranges", severity: .warning)
    finding.notes = [
      "\(context.kernel) reserves the regions without translating them (fdt.c, early_init_fdt_scan_reserved_mem)"
    ]
    finding.help = "write `ranges;`"
    sink.report(finding, on: container)
  }
}
