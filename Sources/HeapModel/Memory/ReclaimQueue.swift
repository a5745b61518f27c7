/// Lent pages of one kind in the order in which they were lent: those that have been there longest go first.
///
/// An entry can be out of date, for nothing is taken out when pages come back by themselves: whoever takes an entry
/// looks at what its pages have become.
///
/// - Source: Linux 6.1 include/linux/mmzone.h, enum lru_list: the inactive lists, without their second chance.
struct ReclaimQueue: Sendable {
  private struct Entry {
    let start: UInt32
    var count: UInt32
  }

  private var entries: [Entry] = []
  /// The place of the oldest entry; what lies before it has been taken.
  private var head = 0
  /// The pages of all entries; a page can be in several.
  private(set) var pages = 0

  /// An empty queue.
  init() {}

  /// Adds pages that have just been lent.
  mutating func append(_ run: Range<Int>) {
    pages += run.count
    if head < entries.count, let last = entries.last, Int(last.start) + Int(last.count) == run.lowerBound {
      entries[entries.count - 1].count += UInt32(run.count)
    } else {
      entries.append(Entry(start: UInt32(run.lowerBound), count: UInt32(run.count)))
    }
  }

  /// Takes the oldest pages out that were lent together.
  ///
  /// - Parameter limit: the most pages, from 1.
  mutating func takeFirst(_ limit: Int = .max) -> Range<Int>? {
    guard head < entries.count else { return nil }
    let start = Int(entries[head].start)
    let count = min(Int(entries[head].count), limit)
    pages -= count
    if count < entries[head].count {
      entries[head] = Entry(start: UInt32(start + count), count: entries[head].count - UInt32(count))
    } else {
      head += 1
      if head >= 1024, head * 2 >= entries.count {
        entries.removeFirst(head)
        head = 0
      }
    }
    return start..<start + count
  }

  /// Forgets entries that later ones repeat.
  ///
  /// - Parameter pageCount: the number of pages of the machine.
  /// - Complexity: O(pages of all entries).
  mutating func compact(pageCount: Int) {
    var seen = PageBitmap(count: pageCount)
    var kept = ReclaimQueue()
    var newest: [Range<Int>] = []
    for entry in entries[head...].reversed() {
      var start = Int(entry.start)
      let end = start + Int(entry.count)
      var runs: [Range<Int>] = []
      while let first = seen.nextClear(from: start), first < end {
        start = min(seen.nextSet(from: first) ?? end, end)
        runs.append(first..<start)
      }
      newest += runs.reversed()
      seen.fill(Int(entry.start)..<end, with: true)
    }
    for run in newest.reversed() { kept.append(run) }
    self = kept
  }
}

/// The queues of the reclaimer.
///
/// - Source: Linux 6.1 keeps page cache and swap-backed pages on lists of their own.
struct ReclaimQueues: Sendable {
  /// Which queue.
  enum Kind: Sendable {
    case files
    case swapBacked

    /// The queue of a class of pages; nil for pages that no reclaimer takes.
    init?(_ pageClass: PageClass) {
      switch pageClass {
      case .cleanFile, .deviceCache, .dirtyFile, .writeback: self = .files
      case .anonymous, .sharedMemory: self = .swapBacked
      case .metadata, .compressed, .unmovable: return nil
      }
    }
  }

  private var files = ReclaimQueue()
  private var swapBacked = ReclaimQueue()

  subscript(kind: Kind) -> ReclaimQueue {
    get { kind == .files ? files : swapBacked }
    _modify { if kind == .files { yield &files } else { yield &swapBacked } }
  }
}
