/// The sizes of a kernel's pages and pageblocks, on which every rule of contiguous allocation rests.
public struct MemoryGeometry: Hashable, Sendable {
  /// Bytes in a page: a power of two from 4 KiB to 64 KiB.
  public let pageSizeBytes: UInt64
  /// A pageblock is 2^`pageblockOrder` pages; from 0 to ``orderMax``.
  public let pageblockOrder: Int
  /// The page allocator's number of orders (`MAX_ORDER` of Linux 6.1: blocks are smaller than 2^`maxOrder` pages).
  public let maxOrder: Int

  /// The largest order that the model takes for a pageblock, a chunk or an alignment.
  public static let orderMax = 24

  /// Checks and keeps the three numbers; nil where one of them is outside its range.
  ///
  /// - Parameters:
  ///   - pageSizeBytes: 4096, 8192, 16384, 32768 or 65536.
  ///   - pageblockOrder: from 0 to 24.
  ///   - maxOrder: from 1 to 25.
  public init?(pageSizeBytes: UInt64, pageblockOrder: Int, maxOrder: Int) {
    guard pageSizeBytes.nonzeroBitCount == 1, (4096...65536).contains(pageSizeBytes) else { return nil }
    guard (0...Self.orderMax).contains(pageblockOrder) else { return nil }
    guard (1...Self.orderMax + 1).contains(maxOrder) else { return nil }
    self.pageSizeBytes = pageSizeBytes
    self.pageblockOrder = pageblockOrder
    self.maxOrder = maxOrder
  }

  /// Pages in a pageblock.
  public var pageblockPages: UInt64 { 1 << UInt64(pageblockOrder) }

  /// Bytes in a number of pages, or nil where that is 2^64 or more.
  public func bytes(ofPages pages: UInt64) -> UInt64? {
    let (product, overflow) = pages.multipliedReportingOverflow(by: pageSizeBytes)
    return overflow ? nil : product
  }

  /// The number of blocks that hold `bytes`, the last one rounded up.
  ///
  /// - Parameters:
  ///   - bytes: from 0.
  ///   - order: a block is 2^`order` pages; from 0 to ``orderMax``.
  /// - Returns: from 0, below 2^53.
  public func blocks(holding bytes: UInt64, order: Int) -> UInt64 {
    let block = pageSizeBytes << UInt64(order)
    return bytes / block + (bytes % block == 0 ? 0 : 1)
  }

  /// The smallest order whose block holds a number of pages; 0 for none and for one.
  ///
  /// - Source: Linux 6.1 include/asm-generic/getorder.h, get_order.
  public static func order(holdingPages pages: UInt64) -> Int {
    pages <= 1 ? 0 : UInt64.bitWidth - (pages - 1).leadingZeroBitCount
  }
}
