/// Android's kernels with the proposal of 2025: as ``OwnListsPolicy``, and huge pages of areas have per-CPU lists of
/// their own too.
///
/// - Source: J. Yescas and A. Tyagi, "mm/page_alloc: Add PCP list for THP CMA", 25 July 2025.
public struct OwnHugeListsPolicy: LendingPolicy {
  /// The name.
  public let name = "own-huge-lists"
  /// Freed pages of areas go to lists of their own.
  public let sharesPerCPULists = false
  /// Freed huge pages of areas do too.
  public let sharesHugeLists = false

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    AnonymousFirstPolicy().sources(for: request, free: free)
  }
}
