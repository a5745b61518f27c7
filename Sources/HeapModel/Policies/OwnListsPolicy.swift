/// Android's kernels: anonymous memory takes pages of areas first, and areas have per-CPU lists of their own, so that
/// the movable lists hold none of their pages.
///
/// - Source: the Android common kernel's `__GFP_CMA`, and the discussion of per-CPU lists of July and August 2025.
public struct OwnListsPolicy: LendingPolicy {
  /// The name.
  public let name = "own-lists"
  /// Freed pages of areas go to lists of their own.
  public let sharesPerCPULists = false

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    AnonymousFirstPolicy().sources(for: request, free: free)
  }
}
