/// A contiguous memory area: a range of page frames and the bitmap of those that `cma_alloc` has given out.
///
/// The bitmap knows nothing of pins: a pinned page is clear in it, and only an attempt at a range finds it.
/// One bit is one page (`order_per_bit` 0, as every area of a devicetree has it).
///
/// - Source: Linux 6.1 mm/cma.c.
public struct CMAArea: Sendable {
  /// The area's name, unique on a machine.
  public let name: String
  /// The area's page frames; from 1.
  public let pages: PageRange
  private var bitmap: PageBitmap

  /// An area with nothing given out.
  ///
  /// - Parameters:
  ///   - name: unique on the machine.
  ///   - pages: at most ``PageMap/pagesMax`` pages.
  init(name: String, pages: PageRange) {
    self.name = name
    self.pages = pages
    bitmap = PageBitmap(count: Int(min(pages.count, PageMap.pagesMax)))
  }

  /// The number of pages that are set in the bitmap.
  public var usedPages: UInt64 { UInt64(bitmap.population) }

  /// The pages of the longest run of clear bits, which counts pinned pages as free (`maxchunk` of debugfs).
  ///
  /// - Complexity: O(r log n) for r runs.
  public var longestClearRun: UInt64 { UInt64(bitmap.longestClearRun(in: 0..<bitmap.count).count) }

  /// Whether a page of the area is set in the bitmap; false for any other page.
  public func isUsed(_ frame: PageFrame) -> Bool {
    pages.contains(frame) && bitmap[Int(frame.number - pages.first.number)]
  }

  /// The pages between two tries of `cma_alloc`: one unit of the alignment.
  func step(alignOrder: Int) -> UInt64 {
    UInt64(Alignment(order: alignOrder, base: pages.first).mask) + 1
  }

  /// The tries that follow a busy one within its clear run and over a page that stays.
  func repeats(of range: PageRange, over busy: PageFrame, step: UInt64) -> UInt64 {
    let index = Int(range.first.number - pages.first.number)
    let length = Int(range.count)
    let runEnd = bitmap.nextSet(from: index + length) ?? bitmap.count
    let reach = min(Int(busy.number - pages.first.number), runEnd - length)
    return reach > index ? UInt64(reach - index) / step : 0
  }

  /// The first clear run of the bitmap at or behind an offset, for an allocator that walks the area by itself.
  ///
  /// - Parameters:
  ///   - start: offset in the area, in pages, from 0.
  ///   - count: in pages, from 1.
  ///   - alignOrder: of absolute frame numbers, from 0.
  /// - Returns: nil where there is none.
  /// - Complexity: O(r log n) for r runs that are met.
  func nextClearRange(from start: UInt64, count: UInt64, alignOrder: Int) -> PageRange? {
    guard start < pages.count, count > 0, count <= pages.count else { return nil }
    let alignment = Alignment(order: alignOrder, base: pages.first)
    guard let index = clearRun(from: Int(start), length: Int(count), alignment: alignment) else { return nil }
    return range(index..<index + Int(count))
  }

  /// Sets or clears the bits of a range of the area.
  ///
  /// - Complexity: O(pages / 64).
  mutating func setUsed(_ range: PageRange, _ isUsed: Bool) {
    let first = Int(range.first.number - pages.first.number)
    bitmap.fill(first..<first + Int(range.count), with: isUsed)
  }

  private func clearRun(from start: Int, length: Int, alignment: Alignment) -> Int? {
    bitmap.nextClearRun(from: start, length: length, mask: alignment.mask, offset: alignment.offset)
  }

  private func range(_ bits: Range<Int>) -> PageRange {
    PageRange(pages.first.number + UInt64(bits.lowerBound)..<pages.first.number + UInt64(bits.upperBound))
  }

  /// The alignment of absolute frame numbers, as the bitmap search needs it.
  ///
  /// - Source: Linux 6.1 mm/cma.c, cma_bitmap_aligned_mask and cma_bitmap_aligned_offset.
  private struct Alignment {
    let mask: Int
    let offset: Int

    /// Frame numbers are below 2^52, so that every order above 60 asks for the same as 60.
    init(order: Int, base: PageFrame) {
      mask = 1 << min(max(order, 0), 60) - 1
      offset = Int(base.number & UInt64(mask))
    }
  }
}

/// What a range allocation from an area came to.
public struct CMAAnswer: Sendable {
  /// The range, or why there is none.
  public let outcome: Result<PageRange, CMARefusal>
  /// The number of ranges that were tried.
  public let attempts: UInt64

  /// The error number that the caller of `cma_alloc` acts on: it returns no page, which callers take for -ENOMEM.
  public var callerError: KernelError? {
    if case .failure = outcome { .noMemory } else { nil }
  }
}

/// Why an area gave no range.
public struct CMARefusal: Error, Hashable, Sendable {
  /// What `cma_alloc` logs: `noMemory` when no range was tried, `busy` when every one that was tried was busy.
  public let error: KernelError
  /// The pages in the way of the last try.
  public let lastBusy: BusyRange?
}
