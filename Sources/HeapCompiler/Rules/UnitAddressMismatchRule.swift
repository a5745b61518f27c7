import DTParse
import Diagnostics

/// DTH214: the unit address of a region or a heap does not say where it is.
enum UnitAddressMismatchRule: LintRule {
  static let rule = Rule(
    "DTH214", "unit-address-mismatch", .warning,
    summary:
      "the unit address of a region or heap differs from `reg`, is missing, stands without `reg`, or is no "
      + "lower-case hexadecimal",
    rationale: """
      Regions, CMA areas and heaps are called by their nodes' names, unit address included. A wrong one misleads \
      everybody who reads a log, `/sys/kernel/debug/cma` or `/dev/dma_heap`.
      """,
    badExample: ExampleBoard.with(
      regions: """
        firmware@7f00000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        };
        """),
    references: ["Devicetree Specification v0.4, 2.2.1.1", "dtc 1.8.1, checks.c, unit_address_vs_reg"])

  static let requires = [
    TextForCellsRule.rule.id, WrongCellCountRule.rule.id, ReservedMemoryCellsRule.rule.id,
  ]

  static func check(_ context: LintContext, into sink: inout LintSink) {
    for region in context.regions where sink.mayCheck(region.node, region.container) {
      let reg = region.node["reg"]
      if let reg, region.entries == nil, reg.byteCount > 0 || region.cells == nil { continue }
      // A disabled region may wait for its `reg`.
      if reg == nil, !region.isEnabled { continue }
      check(region.node, address: region.entries?.first?.address, &sink)
    }
    for user in context.users where user.isChunkHeap && context.region(of: user.node) == nil {
      guard !user.node.has("reg") || user.node.reg?.first != nil else { continue }
      check(user.node, address: user.node.reg?.first?.address, &sink)
    }
  }

  private static func check(_ node: Node, address: UInt64?, _ sink: inout LintSink) {
    let written = node.unitAddress
    let wanted = address.map { Text.unitAddress($0) }
    guard written != wanted, let message = message(node, written, wanted) else { return }
    var finding = finding(message, on: node)
    if let span = node["reg"]?.valueSpan { finding.related = [RelatedPlace("its `reg`", at: span)] }
    let name = node.baseName + (wanted.map { "@" + $0 } ?? "")
    finding.help = "call it `\(name)`"
    if !sink.isFull, let edits = node.edits(unitAddress: wanted) {
      finding.fixes = [FixIt(title: "call the node `\(name)`", edits: edits)]
    }
    sink.report(finding, on: node)
  }

  private static func message(_ node: Node, _ written: String?, _ wanted: String?) -> String? {
    guard let written else { return "`\(node.name)` has a `reg` and no unit address" }
    guard let wanted else { return "`\(node.name)` has a unit address and no `reg`" }
    if written.lowercased() == wanted {
      return "the unit address of `\(node.name)` is not lower-case hexadecimal"
    }
    if value(written) == value(wanted) {
      return "the unit address of `\(node.name)` has a prefix or leading zeros"
    }
    // Some boards write the two cells of an address with a comma between them.
    let parts = written.split(separator: ",", omittingEmptySubsequences: false).map { UInt64($0, radix: 16) }
    if parts.count == 2, let high = parts[0], let low = parts[1], high < 1 << 32, low < 1 << 32,
      high << 32 | low == value(wanted)
    {
      return nil
    }
    return "the unit address of `\(node.name)` is 0x\(written), but its `reg` begins at 0x\(wanted)"
  }

  private static func value(_ text: String) -> UInt64? {
    let digits = text.lowercased()
    return UInt64(digits.hasPrefix("0x") ? String(digits.dropFirst(2)) : digits, radix: 16)
  }
}
