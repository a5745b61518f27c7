/// How hard one attempt at a contiguous range tries.
///
/// Every mode is one type. On a machine that has lent no page out there is nothing to wait for, to drain or to try
/// again: the modes differ in what a heap does after the answer.
public protocol RangeMode: Sendable {
  /// The name in a report.
  var name: String { get }
  /// Calls of `migrate_pages` for one batch of pages before the attempt ends busy; from 1.
  var triesMax: Int { get }
  /// Whether an attempt waits for page locks and writeback (`MIGRATE_SYNC`), or passes over (`MIGRATE_ASYNC`).
  var waits: Bool { get }
  /// What the attempt does with pages on per-CPU lists.
  var lists: PageListTreatment { get }
}

/// What an attempt does with the pages on per-CPU lists, which are free and yet not to be had.
public enum PageListTreatment: Hashable, Sendable {
  /// They stay where they are.
  case kept
  /// They are given back once for the attempt.
  case drained
  /// They are given back and the lists stay off during the attempt; in the model nobody frees a page meanwhile but the
  /// attempt itself, so that it is as if they were given back.
  case disabled
}

extension RangeMode {
  /// Passes of one call of `migrate_pages` over a batch.
  ///
  /// - Source: Linux 6.1 mm/migrate.c, migrate_pages.
  static var passes: Int { 10 }

  /// How often a page of the lot is tried before the attempt ends busy; nil where the page can be had.
  ///
  /// - Source: counted on Linux 6.1.192: 50 attempts at a page-cache page with a reference, 10 with one try, and 1
  ///   where the way to copy the page says -EBUSY by itself without waiting.
  func attempts(on lot: PageLot) -> Int? {
    switch (lot.pageClass, lot.reference) {
    case (.writeback, _) where !waits: 1
    // Such a page has to be written first, and whoever waits for nothing is refused.
    case (.dirtyFile, _) where lot.isJournalled && !waits: 1
    case (_, .journal): waits ? triesMax * Self.passes : 1
    case (_, .short), (_, .long): triesMax * Self.passes
    case (_, .none): nil
    }
  }
}

/// Five tries, waiting and drains, as every `cma_alloc` of Linux 6.1 does.
///
/// - Source: Linux 6.1 mm/page_alloc.c, alloc_contig_range.
public struct NormalMode: RangeMode {
  /// The name in a report.
  public let name = "normal"
  /// Calls of `migrate_pages` for one batch.
  public let triesMax = 5
  /// It waits.
  public let waits = true
  /// Per-CPU lists are drained.
  public let lists = PageListTreatment.drained
}

/// One try and no drains: `ALLOC_CONTIG_FAST` of the bulk allocation.
///
/// - Source: "mm: introduce alloc_contig_mode", version 2, 1 December 2020.
public struct FastMode: RangeMode {
  /// The name in a report.
  public let name = "fast"
  /// Calls of `migrate_pages` for one batch.
  public let triesMax = 1
  /// It waits: only the number of tries and the drains differ.
  public let waits = true
  /// Per-CPU lists are left alone.
  public let lists = PageListTreatment.kept
}

/// One try that waits for nothing: `__GFP_NORETRY` of the chunk heap.
///
/// - Source: "mm: cma: support __GFP_NORETRY in cma_alloc", version 4, 21 January 2021.
public struct NoRetryMode: RangeMode {
  /// The name in a report.
  public let name = "no-retry"
  /// Calls of `migrate_pages` for one batch.
  public let triesMax = 1
  /// It waits for nothing (`MIGRATE_ASYNC`).
  public let waits = false
  /// Per-CPU lists are drained.
  public let lists = PageListTreatment.drained
}

/// Lists off and more tries: `ALLOC_CONTIG_HARD`, of which only the proposal exists; ten tries are assumed.
///
/// - Source: D. Hildenbrand's suggestion of 23 November 2020.
public struct HardMode: RangeMode {
  /// The name in a report.
  public let name = "hard"
  /// Calls of `migrate_pages` for one batch.
  public let triesMax = 10
  /// It waits.
  public let waits = true
  /// Per-CPU lists are off while the attempt lasts.
  public let lists = PageListTreatment.disabled
}

extension RangeMode where Self == NormalMode {
  /// See ``NormalMode``.
  public static var normal: NormalMode { NormalMode() }
}

extension RangeMode where Self == FastMode {
  /// See ``FastMode``.
  public static var fast: FastMode { FastMode() }
}

extension RangeMode where Self == NoRetryMode {
  /// See ``NoRetryMode``.
  public static var noRetry: NoRetryMode { NoRetryMode() }
}

extension RangeMode where Self == HardMode {
  /// See ``HardMode``.
  public static var hard: HardMode { HardMode() }
}
