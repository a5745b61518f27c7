/// Products of 2014 to 2016: only the page cache of files may use an area, and it comes first; a block device's own
/// cache and anonymous memory stay out.
///
/// - Source: F. Tang's description in the ZONE_CMA thread of 2016 (`GFP_PAGE_CACHE`).
public struct PageCacheOnlyPolicy: LendingPolicy {
  /// The name.
  public let name = "page-cache-only"

  /// The policy.
  public init() {}

  /// See ``LendingPolicy/sources(for:free:)``.
  public func sources(for request: PageRequest, free: FreePageCounts) -> PageSources {
    switch request.pageClass {
    case .cleanFile, .dirtyFile, .writeback:
      // A copy for a range that is being allocated is no read of a file.
      PageSources(request.isLongTerm || request.isCopy ? .own : .areaThenOwn)
    default: PageSources(.own)
    }
  }
}
