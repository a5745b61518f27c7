/// Vendor kernels with `GFP_CMA`: only anonymous memory may use an area, and it comes first; the half-free rule is off.
///
/// Page faults carry the flag, and copies for a range that is being allocated do not: they never fill an area again.
///
/// - Source: C. Goldsworthy, "mm: cma: introduce __GFP_CMA", 2 November 2020.
public struct AnonymousFirstPolicy: LendingPolicy {
  /// The name.
  public let name = "anonymous-first"

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    let isFault = request.pageClass == .anonymous && !request.isLongTerm && !request.isCopy
    return PageSources(isFault ? .areaThenOwn : .own)
  }
}
