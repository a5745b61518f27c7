/// Linux before 5.8: movable pages come from an area only when nothing else is left.
///
/// - Source: Linux 4.x mm/page_alloc.c, __rmqueue; measured on 6.1 with the rule changed.
public struct FallbackOnlyPolicy: LendingPolicy {
  /// The name.
  public let name = "fallback-only"

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    PageSources(request.type == .movable && !request.isLongTerm ? .ownThenArea : .own)
  }
}
