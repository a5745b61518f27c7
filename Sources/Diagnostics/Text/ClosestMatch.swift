extension Text {
  /// The candidate that `word` most likely was meant to be, or nil if none is near.
  ///
  /// Near means at most one edit in three characters: an insertion, a deletion, a substitution or a swap of neighbours
  /// (Damerau-Levenshtein, each place edited once). A difference of case alone counts as one edit. Among equally near
  /// ones the alphabetically first wins, so that the answer does not depend on the order given.
  /// - Complexity: O(n) in the number of candidates, each at most (length of `word`) times (edits allowed).
  public static func closestMatch(to word: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(word.utf8)
    guard !wanted.isEmpty, wanted.count <= 256 else { return nil }
    let limit = max(1, wanted.count / 3)
    var best: (distance: Int, name: String)?
    for name in candidates where name != word {
      let bound = best?.distance ?? limit
      guard let distance = distance(wanted, Array(name.utf8), limit: bound) else { continue }
      if let known = best, (known.distance, known.name) <= (distance, name) { continue }
      best = (distance, name)
    }
    return best?.name
  }

  /// The number of edits between two words, or nil if there are more than `limit`.
  static func distance(_ a: [UInt8], _ b: [UInt8], limit: Int) -> Int? {
    guard abs(a.count - b.count) <= limit else { return nil }
    if a.count == b.count, zip(a, b).allSatisfy({ lowered($0) == lowered($1) }) {
      return a == b ? 0 : min(1, limit)
    }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    var row = last
    for i in 0..<a.count {
      row[0] = i + 1
      var least = row[0]
      for j in 0..<b.count {
        var cost = min(last[j + 1], row[j]) + 1
        cost = min(cost, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row[j + 1] = cost
        least = min(least, cost)
      }
      if least > limit { return nil }
      (beforeLast, last, row) = (last, row, beforeLast)
    }
    return last[b.count] <= limit ? last[b.count] : nil
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
