/// One of memblock's two lists: address ranges in rising order, disjoint, neighbours of equal kind merged.
///
/// - Source: Linux 6.1 mm/memblock.c, struct memblock_type.
struct MemblockList: Hashable, Sendable {
  /// A range with its mark.
  ///
  /// Ends are exclusive; the highest address is never part of a range, as in the kernel.
  struct Entry: Hashable, Sendable {
    var base: UInt64
    var end: UInt64
    var isNoMap = false
  }

  /// The ranges, none of them empty.
  private(set) var entries: [Entry] = []
  /// The number of entries for which there is room.
  private(set) var capacity: Int
  /// Whether the list may take memory for more entries (memblock_allow_resize).
  var canGrow = false
  /// The highest address (PHYS_ADDR_MAX).
  let addressMax: UInt64

  /// An empty list.
  init(capacity: Int, addressMax: UInt64) {
    self.capacity = capacity
    self.addressMax = addressMax
  }

  /// The end of a range, cut at the highest address (memblock_cap_size); a range beyond it is empty.
  func end(of base: UInt64, _ size: UInt64) -> UInt64 {
    base < addressMax ? base + min(size, addressMax - base) : base
  }

  /// The number of entries that end at or below an address; the next one is the first that can contain it.
  ///
  /// - Complexity: O(log *n*).
  func countEnding(atOrBelow address: UInt64) -> Int {
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].end <= address { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Whether any byte of a range is in the list (memblock_overlaps_region).
  func overlaps(_ base: UInt64, _ size: UInt64) -> Bool {
    let index = countEnding(atOrBelow: base)
    return index < entries.count && entries[index].base < end(of: base, size)
  }

  /// Adds what a range has beyond the list (memblock_add_range); what is there keeps its mark.
  ///
  /// - Returns: false where the list is full and cannot grow; nothing is added then.
  /// - Complexity: O(*n*) to insert, O(log *n*) to find the place.
  mutating func add(_ base: UInt64, _ size: UInt64) -> Bool {
    let end = end(of: base, size)
    guard base < end else { return true }
    let first = countEnding(atOrBelow: base)
    var pieces: [Entry] = []
    var gaps = 0
    var cursor = base
    var last = first
    while last < entries.count, entries[last].base < end {
      let entry = entries[last]
      if entry.base > cursor {
        pieces.append(Entry(base: cursor, end: entry.base))
        gaps += 1
      }
      pieces.append(entry)
      cursor = min(entry.end, end)
      last += 1
    }
    if cursor < end {
      pieces.append(Entry(base: cursor, end: end))
      gaps += 1
    }
    guard gaps == 0 || makeRoom(for: gaps) else { return false }
    replace(first..<last, with: pieces)
    return true
  }

  /// Takes a range out of the list (memblock_remove_range).
  ///
  /// - Returns: false where the list has no two free entries and cannot grow; nothing is removed then.
  mutating func remove(_ base: UInt64, _ size: UInt64) -> Bool {
    rewrite(base, size) { _ in nil }
  }

  /// Marks what the list has of a range, or takes the mark away (memblock_setclr_flag).
  ///
  /// - Returns: false where the list has no two free entries and cannot grow.
  mutating func setNoMap(_ base: UInt64, _ size: UInt64, _ isNoMap: Bool) -> Bool {
    rewrite(base, size) { entry in
      var entry = entry
      entry.isNoMap = isNoMap
      return entry
    }
  }

  /// Splits the entries at both ends of a range and replaces or drops those inside (memblock_isolate_range).
  private mutating func rewrite(_ base: UInt64, _ size: UInt64, _ change: (Entry) -> Entry?) -> Bool {
    let end = end(of: base, size)
    guard base < end else { return true }
    guard makeRoom(for: 2) else { return false }
    let first = countEnding(atOrBelow: base)
    var pieces: [Entry] = []
    var last = first
    while last < entries.count, entries[last].base < end {
      let entry = entries[last]
      if entry.base < base { pieces.append(Entry(base: entry.base, end: base, isNoMap: entry.isNoMap)) }
      let inside = Entry(base: max(entry.base, base), end: min(entry.end, end), isNoMap: entry.isNoMap)
      if let changed = change(inside) { pieces.append(changed) }
      if entry.end > end { pieces.append(Entry(base: end, end: entry.end, isNoMap: entry.isNoMap)) }
      last += 1
    }
    replace(first..<last, with: pieces)
    return true
  }

  /// Whether there is room for so many more entries, growing by doubling where that is allowed.
  private mutating func makeRoom(for count: Int) -> Bool {
    while entries.count + count > capacity {
      guard canGrow, capacity < 1 << 30 else { return false }
      capacity *= 2
    }
    return true
  }

  /// Replaces entries by pieces in rising order and merges what touches (memblock_merge_regions).
  private mutating func replace(_ range: Range<Int>, with pieces: [Entry]) {
    let lower = max(range.lowerBound - 1, 0)
    let upper = min(range.upperBound + 1, entries.count)
    var merged: [Entry] = []
    for entry in [entries[lower..<range.lowerBound], pieces[...], entries[range.upperBound..<upper]].joined()
    {
      if let previous = merged.last, previous.end == entry.base, previous.isNoMap == entry.isNoMap {
        merged[merged.count - 1].end = entry.end
      } else {
        merged.append(entry)
      }
    }
    entries.replaceSubrange(lower..<upper, with: merged)
  }
}
