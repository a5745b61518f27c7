extension Sequence {
  /// The ranges in ascending order, those that overlap or touch joined, empty ones left out.
  ///
  /// - Complexity: O(n log n).
  func joinedRanges<Bound>() -> [Range<Bound>] where Element == Range<Bound> {
    var joined: [Range<Bound>] = []
    for range in sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = joined.last, range.lowerBound <= last.upperBound {
        joined[joined.count - 1] = last.lowerBound..<Swift.max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }
}

extension Range {
  /// What is left of the range without another one: none, one or two ranges, none of them empty.
  package func subtracting(_ other: Range) -> [Range] {
    guard overlaps(other) else { return isEmpty ? [] : [self] }
    return [
      lowerBound..<Swift.max(lowerBound, other.lowerBound),
      Swift.min(upperBound, other.upperBound)..<upperBound,
    ]
    .filter { !$0.isEmpty }
  }
}
