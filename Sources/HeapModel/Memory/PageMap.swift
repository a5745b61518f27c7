/// The state of every page frame that a contiguous allocation can ask for: free, given out, or pinned.
///
/// Frames outside the map's extents belong to the rest of the system and are never free.
public struct PageMap: Sendable {
  /// The most pages in one map, 1 TiB at 4 KiB a page; it bounds the memory and the time of a run.
  public static let pagesMax: UInt64 = 1 << 28

  private struct Extent: Sendable {
    let frames: Range<UInt64>
    /// The pages that are not free: given out or pinned.
    var taken: PageBitmap
    /// The pages that are pinned.
    var pinned: PageBitmap

    func offsets(of range: PageRange) -> Range<Int> {
      Int(range.frames.lowerBound - frames.lowerBound)..<Int(range.frames.upperBound - frames.lowerBound)
    }
  }

  /// Ascending, neither overlapping nor touching.
  private var extents: [Extent] = []

  /// A map in which all pages of the ranges are free; ranges that overlap or touch share their pages.
  ///
  /// - Returns: nil where the ranges hold more than ``pagesMax`` pages.
  /// - Complexity: O(pages / 64).
  init?(covering ranges: [PageRange]) {
    var merged: [Range<UInt64>] = []
    for range in ranges.map(\.frames).sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    var total: UInt64 = 0
    for frames in merged {
      let length = frames.upperBound - frames.lowerBound
      guard length <= Self.pagesMax - total else { return nil }
      total += length
      let bitmap = PageBitmap(count: Int(length))
      extents.append(Extent(frames: frames, taken: bitmap, pinned: bitmap))
    }
  }

  /// The index of the extent that holds the whole range.
  ///
  /// - Complexity: O(log n) in the number of extents.
  private func extent(holding range: PageRange) -> Int? {
    var low = 0
    var high = extents.count
    while low < high {
      let middle = (low + high) / 2
      if extents[middle].frames.upperBound <= range.first.number { low = middle + 1 } else { high = middle }
    }
    guard low < extents.count, PageRange(extents[low].frames).contains(range) else { return nil }
    return low
  }

  /// Tries to get every page of a range.
  ///
  /// - Parameters:
  ///   - range: from 1 page; a frame that the map does not know is busy.
  ///   - mode: how hard to try; an idle machine gives every mode the same answer.
  /// - Returns: claimed, or busy with nothing changed.
  /// - Complexity: O(log n + pages / 64).
  /// - Source: alloc_contig_range, Linux 6.1 mm/page_alloc.c, on a machine that has lent no page out.
  public mutating func claim(_ range: PageRange, mode: RangeMode) -> RangeAnswer {
    guard let index = extent(holding: range) else {
      return .busy(BusyRange(first: range.first, last: range.first))
    }
    let offsets = extents[index].offsets(of: range)
    let base = extents[index].frames.lowerBound
    guard let first = extents[index].taken.nextSet(from: offsets.lowerBound), first < offsets.upperBound
    else {
      extents[index].taken.fill(offsets, with: true)
      return .claimed
    }
    let last = extents[index].taken.lastSet(before: offsets.upperBound) ?? first
    return .busy(BusyRange(first: PageFrame(base + UInt64(first)), last: PageFrame(base + UInt64(last))))
  }

  /// Gives back the pages of a range that was claimed; those that are pinned stay pinned.
  ///
  /// - Complexity: O(log n + pages / 64).
  public mutating func release(_ range: PageRange) {
    guard let index = extent(holding: range) else { return }
    let offsets = extents[index].offsets(of: range)
    extents[index].taken.fill(offsets, with: false)
    var start = offsets.lowerBound
    while let pin = extents[index].pinned.nextSet(from: start), pin < offsets.upperBound {
      extents[index].taken.fill(pin..<pin + 1, with: true)
      start = pin + 1
    }
  }

  /// Makes a free page unmovable.
  ///
  /// - Returns: nil when it is done, `busy` where the page is not free, `invalidArgument` outside the map.
  public mutating func pin(_ frame: PageFrame) -> KernelError? {
    guard let (index, offset) = locate(frame) else { return .invalidArgument }
    guard !extents[index].taken[offset] else { return .busy }
    extents[index].taken.fill(offset..<offset + 1, with: true)
    extents[index].pinned.fill(offset..<offset + 1, with: true)
    return nil
  }

  /// Makes a pinned page free again.
  ///
  /// - Returns: nil when it is done, `invalidArgument` where the page is not pinned or outside the map.
  public mutating func unpin(_ frame: PageFrame) -> KernelError? {
    guard let (index, offset) = locate(frame), extents[index].pinned[offset] else { return .invalidArgument }
    extents[index].pinned.fill(offset..<offset + 1, with: false)
    extents[index].taken.fill(offset..<offset + 1, with: false)
    return nil
  }

  private func locate(_ frame: PageFrame) -> (extent: Int, offset: Int)? {
    guard let range = PageRange(first: frame, count: 1), let index = extent(holding: range) else {
      return nil
    }
    return (index, Int(frame.number - extents[index].frames.lowerBound))
  }

  /// Whether a page is in the map, not given out and not pinned.
  public func isFree(_ frame: PageFrame) -> Bool {
    locate(frame).map { !extents[$0.extent].taken[$0.offset] } ?? false
  }

  /// Whether a page is pinned.
  public func isPinned(_ frame: PageFrame) -> Bool {
    locate(frame).map { extents[$0.extent].pinned[$0.offset] } ?? false
  }

  /// The number of free pages in a range that one extent holds; 0 for any other range.
  ///
  /// - Complexity: O(pages / 64).
  public func freePages(in range: PageRange) -> UInt64 {
    guard let index = extent(holding: range) else { return 0 }
    return range.count - UInt64(extents[index].taken.population(in: extents[index].offsets(of: range)))
  }

  /// The number of pinned pages in a range that one extent holds; 0 for any other range.
  ///
  /// - Complexity: O(pages / 64).
  public func pinnedPages(in range: PageRange) -> UInt64 {
    guard let index = extent(holding: range) else { return 0 }
    return UInt64(extents[index].pinned.population(in: extents[index].offsets(of: range)))
  }

  /// The first pinned page of a range that one extent holds.
  public func firstPinned(in range: PageRange) -> PageFrame? {
    guard let index = extent(holding: range) else { return nil }
    let offsets = extents[index].offsets(of: range)
    guard let pin = extents[index].pinned.nextSet(from: offsets.lowerBound), pin < offsets.upperBound else {
      return nil
    }
    return PageFrame(extents[index].frames.lowerBound + UInt64(pin))
  }

  /// The first of the longest runs of free pages in a range that one extent holds.
  ///
  /// - Returns: a range of 0 pages where none is free.
  /// - Complexity: O(r log n) for r runs.
  public func longestFreeRun(in range: PageRange) -> PageRange {
    guard let index = extent(holding: range) else {
      return PageRange(range.frames.lowerBound..<range.frames.lowerBound)
    }
    let run = extents[index].taken.longestClearRun(in: extents[index].offsets(of: range))
    let base = extents[index].frames.lowerBound
    return PageRange(base + UInt64(run.lowerBound)..<base + UInt64(run.upperBound))
  }
}
