import DTParse
import Diagnostics

/// DTH212: `reg`, `size`, `alignment` or `alloc-ranges` is no whole number of what the root's cell counts ask for.
enum WrongCellCountRule: RegionRule {
  static let rule = Rule(
    "DTH212", "wrong-cell-count", .error,
    summary: "a property of a region has the wrong number of cells for the root's cell counts",
    rationale: """
      The kernel reads a region with `#address-cells` and `#size-cells` of `/`, and drops it where the length does not \
      fit: `reg` and `alloc-ranges` are whole pairs, `size` has the cells of a size, and `alignment` those of an \
      address. The binding says that `alignment` has the cells of a size; where the two counts differ, the kernel's \
      rule decides at boot.
      """,
    badExample: ExampleBoard.with(
      regions: """
        pool {
        \tcompatible = "shared-dma-pool";
        \treusable;
        \tsize = <0x0 0x4000000>;
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
      "Linux 6.1 drivers/of/of_reserved_mem.c, __reserved_mem_alloc_size",
      "Linux 6.1 drivers/of/fdt.c, __reserved_mem_reserve_reg",
    ])

  static let requires = [ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id]

  static func check(_ region: LintRegion, in context: LintContext, into sink: inout LintSink) {
    guard let cells = region.cells else { return }
    if region.isStatic {
      checkPairs("reg", region, cells, context, &sink)
    } else {
      checkNumber("size", cells.size, "#size-cells", region, context, &sink)
      checkNumber("alignment", cells.address, "#address-cells", region, context, &sink)
      checkPairs("alloc-ranges", region, cells, context, &sink)
    }
  }

  private static func checkPairs(
    _ name: String, _ region: LintRegion, _ cells: AddressCells, _ context: LintContext,
    _ sink: inout LintSink
  ) {
    guard let property = region.node[name], property.byteCount > 0 || name == "alloc-ranges" else { return }
    if property.byteCount > 0, cells.pair > 0, property.byteCount % (4 * cells.pair) == 0 { return }
    var finding = finding(
      "`\(name)` of `\(region.node.name)` has \(length(property)), but an address takes \(cells.address) and a size "
        + "\(cells.size)",
      on: region.node, name)
    finding.label = "no whole number of pairs of \(Text.count(cells.pair, "cell"))"
    finding.notes = ["\(context.kernel) drops the region (\(reader(of: name)))"]
    finding.help =
      "write \(Text.count(cells.address, "cell")) of address and "
      + "\(Text.count(cells.size, "cell")) of size for each pair"
    sink.report(finding, on: region.node)
  }

  private static func checkNumber(
    _ name: String, _ wanted: Int, _ source: String, _ region: LintRegion, _ context: LintContext,
    _ sink: inout LintSink
  ) {
    guard let property = region.node[name], property.byteCount != 4 * wanted, let cells = region.cells else {
      return
    }
    var finding = finding(
      "`\(name)` of `\(region.node.name)` has \(length(property)), but `\(source)` of `/` is \(wanted)",
      on: region.node, name)
    finding.notes = ["\(context.kernel) drops the region (\(reader(of: name)))"]
    if name == "alignment", cells.address != cells.size {
      finding.notes.append(
        "the binding asks for the cells of a size (\(cells.size)), but the kernel reads those of an "
          + "address (\(cells.address))"
      )
    }
    if let value = property.number {
      let words = (0..<max(wanted, 1)).reversed().map {
        $0 >= 2 ? "0x0" : Text.hex(value >> UInt64(32 * $0) & 0xffff_ffff)
      }
      if wanted > 1 || value <= 0xffff_ffff {
        let written = "<\(words.joined(separator: " "))>"
        finding.help = "write `\(name) = \(written);`"
        let isPlain = (property.tokens ?? []).allSatisfy(\.isNumber)
        // Where kernel and binding disagree about the cells, there is no one answer.
        if isPlain, wanted == 1 || wanted == 2, name == "size" || cells.address == cells.size,
          let edit = property.replacement(by: written)
        {
          finding.fixes = [FixIt(title: "write `\(written)`", edits: [edit])]
        }
      }
    }
    sink.report(finding, on: region.node)
  }

  private static func length(_ property: Property) -> String {
    if property.byteCount == 0 { return "no value" }
    if property.byteCount % 4 != 0 { return Text.count(property.byteCount, "byte") + ", which are no cells" }
    return Text.count(property.byteCount / 4, "cell")
  }

  private static func reader(of name: String) -> String {
    name == "reg" ? "fdt.c, __reserved_mem_reserve_reg" : "of_reserved_mem.c, __reserved_mem_alloc_size"
  }
}
