import DTParse
import Diagnostics
import HeapModel

/// DTH216: two regions share memory, or one shares it with a memory reservation.
enum OverlappingRegionsRule: LintRule {
  static let rule = Rule(
    "DTH216", "overlapping-regions", .error,
    summary: "two regions share memory, or a region shares it with `/memreserve/`",
    rationale: """
      The kernel prints "OVERLAP DETECTED!" and goes on: both stay, and both owners write to the same memory. Two CMA \
      areas over the same pages make the page allocator hand them out twice, and mostly the kernel dies of it.
      """,
    badExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        \tno-map;
        };

        modem@7f080000 {
        \treg = <0x7f080000 0x100000>;
        \tno-map;
        };
        """),
    goodExample: ExampleBoard.with(
      regions: """
        firmware@7f000000 {
        \treg = <0x7f000000 0x100000>;
        \tno-map;
        };

        modem@7f100000 {
        \treg = <0x7f100000 0x100000>;
        \tno-map;
        };
        """),
    references: [
      "Linux 6.1 drivers/of/of_reserved_mem.c, __rmem_check_for_overlap",
      "Linux 6.1 mm/cma.c, cma_init_reserved_areas",
    ])

  static let requires = [
    ReservedMemoryCellsRule.rule.id, TextForCellsRule.rule.id, WrongCellCountRule.rule.id,
  ]

  /// A range and whose it is.
  private struct Claim {
    var base: UInt64
    /// The last byte.
    var last: UInt64
    var region: LintRegion?
    var pair: Int
    /// The index of the reservation where there is no region.
    var reservation: Int

    var size: UInt64 { last - base }
  }

  static func check(_ context: LintContext, into sink: inout LintSink) {
    var active: [Claim] = []
    for claim in claims(context, &sink) {
      active.removeAll { $0.last < claim.base }
      for other in active where claim.region != nil || other.region != nil {
        report(other, claim, context, &sink)
      }
      // A hostile tree piles up thousands of regions on one place.
      if active.count < 64 { active.append(claim) }
    }
  }

  /// All ranges by rising base; the longer one of two equal ones first, then in tree order.
  private static func claims(_ context: LintContext, _ sink: inout LintSink) -> [Claim] {
    var claims: [Claim] = []
    for (index, entry) in context.board.memoryReservations.enumerated() where entry.size.bytes > 0 {
      let last = entry.base.value.saturatingSum(entry.size.bytes - 1)
      claims.append(Claim(base: entry.base.value, last: last, region: nil, pair: 0, reservation: index))
    }
    for region in context.regions where region.isEnabled && sink.mayCheck(region.node, region.container) {
      var ranges = (region.entries ?? []).map { ($0.address, $0.size) }
      // A dynamic region that was given back makes room for others.
      if let placed = region.placed, region.isDynamic, region.outcome?.givenBack == false {
        ranges = [placed]
      }
      for (pair, (base, size)) in ranges.enumerated() where size > 0 {
        let last = base.saturatingSum(size - 1)
        claims.append(Claim(base: base, last: last, region: region, pair: pair, reservation: 0))
      }
    }
    return claims.enumerated().sorted { first, second in
      let (a, b) = (first.element, second.element)
      return a.base != b.base
        ? a.base < b.base : a.size != b.size ? a.size > b.size : first.offset < second.offset
    }.map(\.element)
  }

  private static func report(_ lower: Claim, _ upper: Claim, _ context: LintContext, _ sink: inout LintSink) {
    // The finding stands at a region; a reservation is the other one.
    let (first, second) = upper.region == nil ? (upper, lower) : (lower, upper)
    guard !sink.isFull, let region = second.region, !isRepetition(first, second, context) else { return }
    // Pairs of one region are nobody else's business.
    if let other = first.region, other.node == region.node { return }
    let shared = (upper.base, min(lower.last, upper.last) - upper.base)
    let amount = shared.1 == .max ? "all memory" : Text.size(shared.1 + 1)
    let name = first.region.map { "`\($0.node.name)`" } ?? "the memory reservation at \(Text.hex(first.base))"
    var finding = finding(
      "region `\(region.node.name)` overlaps \(name) by \(amount)", on: region.node, region.sizingProperty,
      at: region.isStatic ? region.baseSpan(pair: second.pair) : region.node.span)
    finding.label = "\(Text.hex(second.base)) to \(Text.hex(second.last))"
    let place =
      first.region.map { $0.isStatic ? $0.node["reg"]?.valueSpan : $0.node.span }
      ?? context.tree.reservations
      .dropFirst(first.reservation).first?.span
    if let place {
      finding.related = [RelatedPlace("\(Text.hex(first.base)) to \(Text.hex(first.last))", at: place)]
    }
    finding.notes = [outcome(first, second, context)]
    let end = lower.last
    if upper.region?.node == region.node, end < .max {
      finding.help =
        "move it to \(Text.hex(end + 1)) or above, or end the other one before \(Text.hex(upper.base))"
    } else {
      finding.help = "keep them apart"
    }
    sink.report(finding, on: region.node)
  }

  /// Whether a reservation says the same as a region that nobody allocates from: said twice, and no harm done.
  private static func isRepetition(_ first: Claim, _ second: Claim, _ context: LintContext) -> Bool {
    guard first.region == nil, let region = second.region, !region.wantsPool, !region.isNoMap else {
      return false
    }
    return true
  }

  private static func outcome(_ first: Claim, _ second: Claim, _ context: LintContext) -> String {
    guard let other = first.region else {
      if second.region?.isNoMap == true, context.profile?.reservesEntriesFirst != false {
        return
          "\(context.kernel) then does not take the region out of the map (fdt.c, early_init_dt_reserve_memory)"
      }
      return "\(context.kernel) says nothing, and both owners use the memory"
    }
    if other.wantsCMA, second.region?.wantsCMA == true {
      return
        "both are CMA areas: the page allocator gets the same pages twice, and the kernel may die of it (mm/cma.c)"
    }
    return "both stay reserved: \(context.kernel) prints \"OVERLAP DETECTED!\" at most (of_reserved_mem.c)"
  }
}
