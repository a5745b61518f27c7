/// The state of every page frame of a machine: free, given out, pinned, or of a lot of some holder.
///
/// Pages have dense numbers inside the map; frames outside the map's extents are never free. Bitmaps with an index say
/// which pages are not free and which are pinned, and a `LotMap` says what the others are used for, so that a search
/// costs what it meets and not the size of memory.
public struct PageMap: Sendable {
  /// The most pages in one map, 1 TiB at 4 KiB a page; it bounds the memory and the time of a run.
  public static let pagesMax: UInt64 = 1 << 28

  private struct Extent: Sendable {
    let frames: Range<UInt64>
    /// The number of the first page.
    let base: Int
  }

  /// Ascending, neither overlapping nor touching.
  private let extents: [Extent]
  /// The pages that are not free, and those that are not there.
  private(set) var taken: PageBitmap
  /// The pages that are pinned: unmovable from the start, and of no lot.
  private(set) var pinned: PageBitmap
  /// What pages in use are used for.
  var lots: LotMap

  /// A map in which all pages of the ranges are free; ranges that overlap or touch share their pages.
  ///
  /// - Parameters:
  ///   - ranges: of frames.
  ///   - unitOrder: the number of a page agrees with its frame in as many low bits, so that blocks that are aligned in
  ///     the one are aligned in the other; nil where nothing needs that.
  ///   - summaryOrder: the order of the units of the lots.
  /// - Returns: nil where the ranges hold more than ``pagesMax`` pages.
  /// - Complexity: O(pages / 64).
  init?(covering ranges: [PageRange], unitOrder: Int? = nil, summaryOrder: Int = 10) {
    var extents: [Extent] = []
    var total: UInt64 = 0
    var end = 0
    let unit: UInt64 = 1 << UInt64(unitOrder ?? 0)
    for frames in ranges.map(\.frames).joinedRanges() {
      let length = frames.upperBound - frames.lowerBound
      guard length <= Self.pagesMax - total else { return nil }
      total += length
      var base = end
      if unitOrder != nil {
        base = (end + Int(unit) - 1) & ~Int(unit - 1)
        base += Int(frames.lowerBound % unit)
        // Two ranges within one unit stay within one.
        if let last = extents.last, (last.frames.upperBound - 1) / unit == frames.lowerBound / unit {
          base = last.base + Int(frames.lowerBound - last.frames.lowerBound)
        }
      }
      extents.append(Extent(frames: frames, base: base))
      end = base + Int(length)
      guard end <= FreeLists.pagesMax else { return nil }
    }
    self.extents = extents
    taken = PageBitmap(count: end)
    pinned = taken
    var gap = 0
    for extent in extents {
      taken.fill(gap..<extent.base, with: true)
      gap = extent.base + extent.frames.count
    }
    lots = LotMap(count: end, unitOrder: summaryOrder)
  }

  // MARK: Numbers

  /// The number of pages, with those between the extents that are not there.
  var pageCount: Int { taken.count }

  /// Whether any page has a lot.
  var holdsLent: Bool { lots.totals.contains { $0 > 0 } }

  /// The pages of every extent, by number.
  var extentPages: [Range<Int>] { extents.map { $0.base..<$0.base + $0.frames.count } }

  /// The frames from the first extent to the last.
  var span: PageRange {
    let end = extents.last?.frames.upperBound ?? 0
    return PageRange((extents.first?.frames.lowerBound ?? end)..<end)
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

  /// The numbers of the pages of a range that one extent holds; nil for any other.
  func numbers(of range: PageRange) -> Range<Int>? {
    guard let index = extent(holding: range) else { return nil }
    let first = extents[index].base + Int(range.first.number - extents[index].frames.lowerBound)
    return first..<first + Int(range.count)
  }

  /// The frame of a page of an extent.
  func frame(of page: Int) -> PageFrame {
    var low = 0
    var high = extents.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if extents[middle].base <= page { low = middle } else { high = middle }
    }
    guard extents.indices.contains(low) else { return PageFrame(0) }
    return PageFrame(extents[low].frames.lowerBound + UInt64(max(0, page - extents[low].base)))
  }

  /// The frames of pages of one extent.
  func frames(of pages: Range<Int>) -> PageRange {
    let first = frame(of: pages.lowerBound).number
    return PageRange(first..<first + UInt64(pages.count))
  }

  private func number(of frame: PageFrame) -> Int? {
    PageRange(first: frame, count: 1).flatMap { numbers(of: $0)?.lowerBound }
  }

  // MARK: States

  /// Tries to get every page of a range, of a machine that has lent no page out.
  ///
  /// - Parameter range: from 1 page; a frame that the map does not know is busy.
  /// - Returns: claimed, or busy with nothing changed.
  /// - Complexity: O(log n + pages / 64).
  mutating func claim(_ range: PageRange) -> RangeAnswer {
    guard let numbers = numbers(of: range) else {
      return .busy(BusyRange(first: range.first, last: range.first, lot: nil))
    }
    if let busy = busyPages(in: numbers) { return .busy(busy) }
    taken.fill(numbers, with: true)
    return .claimed
  }

  /// The first and the last page of a range that is not free, or nil where all are.
  func busyPages(in numbers: Range<Int>) -> BusyRange? {
    guard let first = taken.nextSet(from: numbers.lowerBound), first < numbers.upperBound else { return nil }
    let last = taken.lastSet(before: numbers.upperBound) ?? first
    let lot = lots[first]
    return BusyRange(
      first: frame(of: first), last: frame(of: last), lot: lot == .none ? nil : lots[lot])
  }

  /// Takes free pages, for no lot or for one.
  mutating func take(_ pages: Range<Int>, for lot: LotNumber = .none) {
    taken.fill(pages, with: true)
    lots.replace(pages, .none, with: lot)
  }

  /// Frees pages that were taken for a lot; those that are pinned stay pinned.
  mutating func free(_ pages: Range<Int>, of lot: LotNumber = .none) {
    lots.replace(pages, lot, with: .none)
    taken.fill(pages, with: false)
    guard pinned.population > 0 else { return }
    var start = pages.lowerBound
    while let pin = pinned.nextSet(from: start), pin < pages.upperBound {
      taken.fill(pin..<pin + 1, with: true)
      start = pin + 1
    }
  }

  /// The next run of free pages at or behind a page and before a limit.
  func nextFreeRun(from page: Int, limit: Int) -> Range<Int>? {
    guard let first = taken.nextClear(from: page), first < limit else { return nil }
    return first..<min(taken.nextSet(from: first) ?? taken.count, limit)
  }

  /// The end of the largest free block of a power of two pages that holds a page and lies in a range.
  ///
  /// - Parameters:
  ///   - page: a free one.
  ///   - range: of whole pageblocks, around the page.
  ///   - orderMax: the order of the largest block.
  func endOfFreeBlock(holding page: Int, within range: Range<Int>, orderMax: Int) -> Int {
    let first = max(range.lowerBound, (taken.lastSet(before: page) ?? -1) + 1)
    let end = min(range.upperBound, taken.nextSet(from: page) ?? taken.count)
    var order = 0
    while order < orderMax {
      let start = page & ~(2 << order - 1)
      guard first <= start, start + 2 << order <= end else { break }
      order += 1
    }
    return (page >> order + 1) << order
  }

  /// Makes a free page unmovable.
  ///
  /// - Returns: nil when it is done, `busy` where the page is not free, `invalidArgument` outside the map.
  mutating func pin(_ frame: PageFrame) -> KernelError? {
    guard let page = number(of: frame) else { return .invalidArgument }
    guard !taken[page] else { return .busy }
    taken.fill(page..<page + 1, with: true)
    pinned.fill(page..<page + 1, with: true)
    return nil
  }

  /// Makes a pinned page free again.
  ///
  /// - Returns: nil when it is done, `invalidArgument` where the page is not pinned or outside the map.
  mutating func unpin(_ frame: PageFrame) -> KernelError? {
    guard let page = number(of: frame), pinned[page] else { return .invalidArgument }
    pinned.fill(page..<page + 1, with: false)
    taken.fill(page..<page + 1, with: false)
    return nil
  }

  /// Whether a page is in the map, not given out, not pinned and of no lot.
  public func isFree(_ frame: PageFrame) -> Bool { number(of: frame).map { !taken[$0] } ?? false }

  /// Whether a page is pinned.
  public func isPinned(_ frame: PageFrame) -> Bool { number(of: frame).map { pinned[$0] } ?? false }

  /// What a page is used for; nil where it is free, given out, pinned or outside the map.
  public func lot(of frame: PageFrame) -> PageLot? {
    guard let page = number(of: frame), lots[page] != .none else { return nil }
    return lots[lots[page]]
  }

  /// The number of free pages in a range that one extent holds; 0 for any other range.
  ///
  /// - Complexity: O(pages / 64).
  public func freePages(in range: PageRange) -> UInt64 {
    guard let numbers = numbers(of: range) else { return 0 }
    return range.count - UInt64(taken.population(in: numbers))
  }

  /// The number of pinned pages in a range that one extent holds; 0 for any other range.
  ///
  /// - Complexity: O(pages / 64).
  public func pinnedPages(in range: PageRange) -> UInt64 {
    numbers(of: range).map { UInt64(pinned.population(in: $0)) } ?? 0
  }

  /// The pages of each lot in a range that one extent holds, in the order of registration, without empty ones.
  ///
  /// - Complexity: O(pages) at most.
  public func census(of range: PageRange) -> [(lot: PageLot, pages: UInt64)] {
    guard let numbers = numbers(of: range) else { return [] }
    return zip(lots.table, lots.census(of: numbers)).filter { $0.1 > 0 }.map { ($0.0, UInt64($0.1)) }
  }

  /// The first pinned page of a range that one extent holds.
  public func firstPinned(in range: PageRange) -> PageFrame? {
    guard let numbers = numbers(of: range), let pin = pinned.nextSet(from: numbers.lowerBound),
      pin < numbers.upperBound
    else { return nil }
    return frame(of: pin)
  }

  /// The first of the longest runs of free pages in a range that one extent holds.
  ///
  /// - Returns: a range of 0 pages where none is free.
  /// - Complexity: O(r log n) for r runs.
  public func longestFreeRun(in range: PageRange) -> PageRange {
    guard let numbers = numbers(of: range) else {
      return PageRange(range.frames.lowerBound..<range.frames.lowerBound)
    }
    return frames(of: taken.longestClearRun(in: numbers))
  }
}
