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
  /// A page that the caller itself had to reclaim.
  case directReclaim
  /// A page written to swap, beside the caller.
  case swapOut
  /// A dirty page written to its file to be dropped, beside the caller.
  case writeOut
  /// A clean page that the reclaimer drops, beside the caller.
  case reclaimPage
  /// A page that is filled with zeroes.
  case zeroPage
  /// A clean page evicted from a guaranteed area.
  case evictPage
  /// A request of someone beside the caller that is looked at: whether it has ended, or which pages it holds.
  case followRequest
}

/// Counts of steps.
public struct MemoryWork: Hashable, Sendable {
  private var counts = [UInt64](repeating: 0, count: MemoryStep.allCases.count)

  /// No work.
  public init() {}

  /// How often a step was made.
  public subscript(step: MemoryStep) -> UInt64 { counts[step.rawValue] }

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

  /// Clean pages that were dropped to make room for a range.
  public var pagesDropped: UInt64 {
    self[.dropClean] + self[.dropMapped] + self[.dropBuffered] + self[.evictPage]
  }

  /// Pages that were copied elsewhere.
  public var pagesMigrated: UInt64 {
    self[.migrateAnonymous] + self[.migrateLocked] + self[.migrateShared] + self[.migrateFile]
  }
}
