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

  /// The part of watermarks that falls to some pages of a zone, where they are a zone of their own.
  ///
  /// - Parameters:
  ///   - pages: of the part, from 0.
  ///   - all: of the whole, at least as many.
  func share(of pages: Int, in all: Int) -> Watermarks {
    // Marks and pages are below 2^29 each.
    let part = { (mark: Int) in all > 0 ? mark * pages / all : 0 }
    return Watermarks(min: part(min), low: part(low), high: part(high))
  }

  private init(min: Int, low: Int, high: Int) {
    self.min = min
    self.low = low
    self.high = high
  }
}
