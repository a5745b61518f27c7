/// The policies that the model knows, by name.
///
/// A new policy is registered here.
public enum LendingPolicyKind: String, Hashable, Sendable, CaseIterable {
  /// Upstream.
  case halfFree = "half-free"
  /// Upstream before 5.8.
  case fallbackOnly = "fallback-only"
  /// Products of 2014 to 2016.
  case pageCacheOnly = "page-cache-only"
  /// `GFP_CMA`.
  case anonymousFirst = "anonymous-first"
  /// ZONE_CMA.
  case areaZone = "zone-cma"
  /// Android.
  case ownLists = "own-lists"
  /// Android with lists for huge pages.
  case ownHugeLists = "own-huge-lists"
  /// Guaranteed CMA.
  case guaranteed

  /// The policy.
  public var policy: any LendingPolicy {
    switch self {
    case .halfFree: HalfFreePolicy()
    case .fallbackOnly: FallbackOnlyPolicy()
    case .pageCacheOnly: PageCacheOnlyPolicy()
    case .anonymousFirst: AnonymousFirstPolicy()
    case .areaZone: AreaZonePolicy()
    case .ownLists: OwnListsPolicy()
    case .ownHugeLists: OwnHugeListsPolicy()
    case .guaranteed: GuaranteedPolicy()
    }
  }
}
