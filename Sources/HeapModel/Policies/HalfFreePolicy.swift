/// Upstream Linux since 5.8: any movable page comes from an area while more than half of the free memory is the
/// areas', and when nothing else is left.
///
/// - Source: Linux 6.1 mm/page_alloc.c, __rmqueue; measured there: none up to half, then every second.
public struct HalfFreePolicy: LendingPolicy {
  /// The name.
  public let name = "half-free"

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    guard request.type == .movable, !request.isLongTerm else { return PageSources(.own) }
    let surplus = free.area - free.all / 2
    // Each page taken from the area lowers its surplus by half a page, each other one raises it by half.
    guard surplus > 0 else { return PageSources(.ownThenArea, pages: -surplus * 2 + 1) }
    return PageSources(.areaThenOwn, pages: surplus * 2)
  }
}
