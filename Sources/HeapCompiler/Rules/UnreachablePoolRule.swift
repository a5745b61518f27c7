import DTParse
import Diagnostics
import HeapModel

/// DTH242: a device's bus does not reach the pool that its `memory-region` names.
enum UnreachablePoolRule: RegionUserRule {
  static let rule = Rule(
    "DTH242", "unreachable-pool", .warning,
    summary: "the `dma-ranges` above a device do not reach its pool",
    rationale: """
      The device cannot address memory outside of its bus's `dma-ranges`. Allocations from the pool fail, or their \
      addresses are wrong for the device.
      """,
    badExample: example("0x60000000"),
    goodExample: example("0x50000000"),
    references: [
      "Linux 6.1 drivers/of/address.c, of_dma_get_range", "Linux 6.1 kernel/dma/direct.c, dma_coherent_ok",
    ])

  private static func example(_ base: String) -> String {
    ExampleBoard.with(
      regions: """
        pool: pool@\(base.dropFirst(2)) {
        \tcompatible = "shared-dma-pool";
        \tno-map;
        \treg = <\(base) 0x400000>;
        };
        """,
      devices: """
        bus {
        \t#address-cells = <1>;
        \t#size-cells = <1>;
        \tranges;
        \tdma-ranges = <0x0 0x40000000 0x20000000>;

        \tcodec {
        \t\tmemory-region = <&pool>;
        \t};
        };
        """)
  }

  static func check(_ user: LintUser, in context: LintContext, into sink: inout LintSink) {
    guard !context.isOverlay, let (bus, reach) = reach(of: user.node) else { return }
    for (index, target) in user.targets.enumerated() {
      guard case .node(let node) = target, let region = context.region(of: node), region.isEnabled,
        region.isSharedPool || region.isRestrictedPool, let placed = region.placed, placed.size > 0
      else { continue }
      let last = placed.base.saturatingSum(placed.size - 1)
      if reach.contains(where: { $0.base <= placed.base && last <= $0.last }) { continue }
      var finding = finding(
        "`\(user.node.name)` cannot reach the pool `\(node.name)`, \(Text.range(placed.base, placed.size))",
        on: user.node,
        "memory-region", at: user.span(ofTarget: index))
      if let span = bus["dma-ranges"]?.valueSpan {
        let ranges = reach.prefix(4).map { "\(Text.hex($0.base)) to \(Text.hex($0.last))" }.joined(
          separator: ", ")
        finding.related = [RelatedPlace("the bus reaches \(ranges)", at: span)]
      }
      finding.notes = ["allocations from it fail or are copied (direct.c, dma_coherent_ok)"]
      finding.help = region.isDynamic ? "keep the pool inside with `alloc-ranges`" : "move the pool inside"
      sink.report(finding, on: user.node)
    }
  }

  /// What the nearest bus with a `dma-ranges` that is not empty lets through, in CPU addresses; nil where there is
  /// none, or where it cannot be read or translated.
  private static func reach(of device: Node) -> (bus: Node, ranges: [(base: UInt64, last: UInt64)])? {
    var current = device.parent
    while let bus = current, let parent = bus.parent {
      current = parent
      guard let property = bus["dma-ranges"] else {
        continue
      }
      if property.byteCount == 0 { continue }
      guard let entries = property.rangeEntries(child: bus.childCells, parent: parent.childCells),
        isRootBus(parent)
      else { return nil }
      let ranges = entries.filter { $0.size > 0 }.map {
        (base: $0.parent, last: $0.parent.saturatingSum($0.size - 1))
      }
      return ranges.isEmpty ? nil : (bus, ranges)
    }
    return nil
  }

  /// Whether the buses above pass addresses on as they are.
  private static func isRootBus(_ node: Node) -> Bool {
    var current: Node? = node
    while let bus = current, bus.parent != nil {
      if bus["dma-ranges"].map({ $0.byteCount > 0 }) ?? false { return false }
      current = bus.parent
    }
    return true
  }
}
