/// A run of neighbouring page frames.
public struct PageRange: Hashable, Sendable {
  /// The first frame.
  public let first: PageFrame
  /// The number of frames, from 0; `first + count` never exceeds 2^64 - 1.
  public let count: UInt64

  /// The `count` frames from `first`, or nil where the end would not be a frame number.
  public init?(first: PageFrame, count: UInt64) {
    guard !first.number.addingReportingOverflow(count).overflow else { return nil }
    self.first = first
    self.count = count
  }

  /// The frames `lower..<upper`.
  ///
  /// - Parameter frames: frame numbers, lower bound included, upper bound excluded.
  public init(_ frames: Range<UInt64>) {
    first = PageFrame(frames.lowerBound)
    count = frames.upperBound - frames.lowerBound
  }

  /// The frame numbers as a half-open range.
  public var frames: Range<UInt64> { first.number..<first.number + count }

  /// Whether every frame of `other` is in this range.
  public func contains(_ other: PageRange) -> Bool {
    frames.lowerBound <= other.frames.lowerBound && other.frames.upperBound <= frames.upperBound
  }

  /// Whether a frame is in this range.
  public func contains(_ frame: PageFrame) -> Bool { frames.contains(frame.number) }
}

/// A list of page ranges in which neighbours are merged as they arrive, as the buffer's chunks do.
public struct MergedPageRanges: Hashable, Sendable {
  /// The ranges in the order of arrival; none is empty, and none begins where the one before it ends.
  public private(set) var ranges: [PageRange] = []
  /// The number of pages in all ranges.
  public private(set) var pages: UInt64 = 0

  /// An empty list.
  public init() {}

  /// Adds a range behind the others, and joins it to the last one when it begins where that one ends.
  ///
  /// - Complexity: amortised O(1).
  public mutating func append(_ range: PageRange) {
    guard range.count > 0 else { return }
    pages += range.count
    if let last = ranges.last, last.frames.upperBound == range.frames.lowerBound {
      ranges[ranges.count - 1] = PageRange(last.frames.lowerBound..<range.frames.upperBound)
    } else {
      ranges.append(range)
    }
  }

  /// Takes the first `count` pages out of the list.
  ///
  /// - Parameter count: in pages, from 0.
  /// - Returns: the ranges taken out, in order; nil, and the list unchanged, where it holds fewer pages.
  /// - Complexity: O(number of ranges).
  public mutating func removeFirst(_ count: UInt64) -> [PageRange]? {
    guard count <= pages else { return nil }
    var missing = count
    var taken: [PageRange] = []
    var kept = 0
    while missing > 0, kept < ranges.count {
      let frames = ranges[kept].frames
      let step = min(missing, ranges[kept].count)
      let cut = frames.lowerBound + step
      taken.append(PageRange(frames.lowerBound..<cut))
      missing -= step
      if cut == frames.upperBound { kept += 1 } else { ranges[kept] = PageRange(cut..<frames.upperBound) }
    }
    ranges.removeFirst(kept)
    pages -= count
    return taken
  }
}
