/// What an attempt at a contiguous range of pages came to.
///
/// - Source: the return values of alloc_contig_range, Linux 6.1 mm/page_alloc.c.
public enum RangeAnswer: Hashable, Sendable {
  /// Every page of the range now belongs to the caller.
  case claimed
  /// A page of the range stays where it is (-EBUSY); what was moved or dropped before it was found stays out.
  case busy(BusyRange)
  /// There was no page to copy one of the range to (-ENOMEM); what was moved before stays out.
  case noMemory(BusyRange)
}

/// The pages that made an attempt at a range fail.
public struct BusyRange: Hashable, Sendable {
  /// The first page of the range that stays.
  public let first: PageFrame
  /// The last page of the range that stays: any other range over it is busy too, until someone gives it back.
  public let last: PageFrame
  /// What the first page is used for; nil where it is pinned, given out, or on a per-CPU list.
  public let lot: PageLot?
}
