/// The numbers of free pages at which a zone begins to reclaim.
///
/// - Source: Linux 6.1 mm/page_alloc.c, calculate_min_free_kbytes and __setup_per_zone_wmarks.
public struct Watermarks: Hashable, Sendable {
  /// Below this only the kernel's own emergencies are served.
  public let min: Int
  /// Below this the background reclaimer wakes.
  public let low: Int
  /// Up to this it works.
  public let high: Int

  /// The kernel's defaults for a zone.
  ///
  /// - Parameters:
  ///   - pages: of the zone.
  ///   - pageSizeBytes: bytes in a page.
  public init(pages: Int, pageSizeBytes: UInt64) {
    let kilobytes = Double(pages) * Double(pageSizeBytes) / 1024
    let minimum = Swift.min(Swift.max(4 * kilobytes.squareRoot(), 128), 262_144)
    min = Swift.min(Int(minimum * 1024 / Double(pageSizeBytes)), pages / 4)
    let gap = Swift.max(min / 4, pages / 1000)
    low = min + gap
    high = min + 2 * gap
  }
}
