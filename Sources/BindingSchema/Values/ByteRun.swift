/// Plain searches, so that a run does not load the library of regular expressions for them.
extension Collection where Element == UInt8 {
  /// Where a text first occurs.
  /// - Complexity: O(*n* · *m*).
  func firstRun(_ text: String) -> Range<Index>? {
    var start = startIndex
    while !self[start...].starts(with: text.utf8) {
      guard start != endIndex else { return nil }
      formIndex(after: &start)
    }
    return start..<index(start, offsetBy: text.utf8.count)
  }

  /// Whether a text occurs.
  func hasRun(_ text: String) -> Bool { firstRun(text) != nil }
}
