/// The steps of which the work of the page allocator and of range allocation is made.
public enum MemoryStep: Int, Hashable, Sendable, CaseIterable {
  /// A range that is tried: what every attempt costs.
  case attempt
  /// The first pageblock of a range that is isolated.
  case isolateFirstBlock
  /// Every further one.
  case isolateBlock
  /// A pageblock with pages in use, beside the step above, when it is the first.
  case isolateFirstLentBlock
  /// A pageblock with pages in use, beside the step above.
  case isolateLentBlock
  /// A pageblock that is given back to its lists.
  case restoreBlock
  /// Draining the per-CPU lists of free pages.
  case drainLists
  /// Turning the batches of the reclaimer's lists off and on.
  case drainBatches
  /// A page taken off the reclaimer's lists to be moved.
  case isolatePage
  /// A batch of at most 32 pages.
  case round
  /// A clean page that is dropped.
  case dropClean
  /// A clean page that processes had mapped.
  case dropMapped
  /// A clean page with buffer heads.
  case dropBuffered
  /// An anonymous page that is copied.
  case migrateAnonymous
  /// An anonymous page that is locked in memory.
  case migrateLocked
  /// A page of shared memory that is copied.
  case migrateShared
  /// A page of a file that is copied.
  case migrateFile
  /// A dirty page of a journalled file, which is written and then copied.
  case migrateJournalled
  /// One attempt at a page that stays.
  case failedAttempt
  /// A page under writeback that was waited for.
  case waitForWriteback
  /// A page of the range that is tested and taken.
  case takePage
  /// A page of a split block, outside the range, that is given back by itself.
  case returnTail
  /// A page of a range that is freed.
  case freePage
  /// A page that is given out one by one.
  case allocatePage
  /// A page that the caller itself had to reclaim, or its part in writing one to swap on a disk.
  case directReclaim
  /// The caller's part in writing a page to swap in memory.
  case directCompress
  /// A page written to swap on a disk, beside the caller.
  case swapOut
  /// A page written to swap in memory, beside the caller.
  case compressOut
  /// A dirty page written to its file to be dropped, beside the caller.
  case writeOut
  /// A clean page that the reclaimer drops, beside the caller.
  case reclaimPage
  /// A page that is filled with zeroes.
  case zeroPage
  /// A page of a guaranteed area that is looked at and taken.
  case walkPage
  /// A clean page evicted from a guaranteed area.
  case evictPage
  /// Something beside the caller that is looked at: a request, whether it has ended or which pages it holds, or pages
  /// that may be reclaimed.
  case followRequest
}

/// Counts of steps.
public struct MemoryWork: Hashable, Sendable {
  /// By the number of the step, of which there can be fewer; in place, for counts are copied and compared for every
  /// request.
  private var counts = InlineArray<40, UInt64>(repeating: 0)

  /// No work.
  public init() {}

  /// The most steps that can be counted.
  static let stepsMax = 40

  /// How often a step was made.
  public subscript(step: MemoryStep) -> UInt64 { counts[step.rawValue] }

  /// How often the step of a number was made.
  func count(ofStep number: Int) -> UInt64 { counts[number] }

  /// Adds steps; a count stays at its largest value.
  mutating func add(_ step: MemoryStep, _ count: Int = 1) {
    let (sum, overflow) = counts[step.rawValue].addingReportingOverflow(UInt64(max(count, 0)))
    counts[step.rawValue] = overflow ? .max : sum
  }

  /// Adds work that was made several times.
  mutating func add(_ other: MemoryWork, times: UInt64 = 1) {
    for step in counts.indices {
      let product = other.counts[step].multipliedReportingOverflow(by: times)
      let sum = counts[step].addingReportingOverflow(product.overflow ? .max : product.partialValue)
      counts[step] = sum.overflow ? .max : sum.partialValue
    }
  }

  /// The work since an earlier state of the same counts.
  func since(_ earlier: MemoryWork) -> MemoryWork {
    var result = self
    for step in counts.indices { result.counts[step] &-= earlier.counts[step] }
    return result
  }

  /// Whether every step was made as often.
  public static func == (a: Self, b: Self) -> Bool {
    a.counts.indices.allSatisfy { a.counts[$0] == b.counts[$0] }
  }

  /// Hashes every count.
  public func hash(into hasher: inout Hasher) {
    for step in counts.indices { hasher.combine(counts[step]) }
  }

  /// Clean pages that were dropped to make room for a range.
  public var pagesDropped: UInt64 {
    self[.dropClean] + self[.dropMapped] + self[.dropBuffered] + self[.evictPage]
  }

  /// Pages that were written to swap.
  public var pagesSwapped: UInt64 { self[.swapOut] + self[.compressOut] }

  /// Pages that were copied elsewhere.
  public var pagesMigrated: UInt64 {
    self[.migrateAnonymous] + self[.migrateLocked] + self[.migrateShared] + self[.migrateFile]
      + self[.migrateJournalled]
  }
}
