/// ZONE_CMA of 2016: areas are a zone of their own, in front of the others, for anonymous memory and the page cache of
/// files; a block device's cache stays out.
///
/// - Source: J. Kim, "Introduce ZONE_CMA", version 2, April 2016.
public struct AreaZonePolicy: LendingPolicy {
  /// The name.
  public let name = "zone-cma"
  /// Free pages of areas do not count for the rest of memory.
  public let isOwnZone = true
  /// Every zone has per-CPU lists of its own.
  public let sharesPerCPULists = false
  /// Those of huge pages too.
  public let sharesHugeLists = false

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    let isUserPage = request.type == .movable && request.pageClass != .metadata && !request.isLongTerm
    return PageSources(isUserPage ? .areaThenOwn : .own)
  }
}
