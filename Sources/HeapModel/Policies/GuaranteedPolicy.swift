/// Guaranteed CMA (2014, 2025): an area is lent to nobody; it keeps clean pages that the reclaimer drops elsewhere,
/// which a range allocation evicts without copying or isolating anything.
///
/// - Source: S. Park, "introduce gcma", 24 February 2015; S. Baghdasaryan, "guaranteed CMA", 26 October 2025.
public struct GuaranteedPolicy: LendingPolicy {
  /// The name.
  public let name = "guaranteed"
  /// The area is a second chance for dropped pages.
  public let keepsDroppedPages = true
  /// Free pages of areas do not count for the rest of memory.
  public let isOwnZone = true
  /// Nothing of an area lies on a list of pages that others take.
  public let sharesPerCPULists = false

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources { PageSources(.own) }
}
