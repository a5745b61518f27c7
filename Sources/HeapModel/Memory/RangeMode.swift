/// How hard one attempt at a contiguous range tries.
///
/// On an idle machine there is nothing to wait for, to drain or to try again: a range is free or it holds a
/// page that stays, whatever the mode. The modes differ in what a heap does after the answer.
///
/// - Source: alloc_contig_range of Linux 6.1 mm/page_alloc.c for `normal`; the modes of "mm: introduce
///   alloc_contig_mode" (December 2020) for the others.
public struct RangeMode: Hashable, Sendable {
  /// The name in a report.
  public let name: String
  /// Calls of `migrate_pages` for one batch of pages before the attempt ends busy; from 1.
  public let triesMax: Int
  /// Whether an attempt waits for page locks and writeback (`MIGRATE_SYNC`), or passes over (`MIGRATE_ASYNC`).
  public let waits: Bool
  /// What the attempt does with pages on per-CPU lists.
  public let lists: PageListTreatment

  /// What an attempt does with the pages on per-CPU lists, which are free and yet not to be had.
  public enum PageListTreatment: Hashable, Sendable {
    /// They stay where they are.
    case kept
    /// They are given back once for the attempt.
    case drained
    /// They are given back and the lists stay off during the attempt.
    case disabled
  }

  /// A mode of its own.
  ///
  /// - Parameters:
  ///   - name: for reports.
  ///   - triesMax: from 1.
  ///   - waits: whether it waits for page locks and writeback.
  ///   - lists: what it does with pages on per-CPU lists.
  public init(name: String, triesMax: Int, waits: Bool, lists: PageListTreatment) {
    self.name = name
    self.triesMax = triesMax
    self.waits = waits
    self.lists = lists
  }

  /// One try, no waiting, no drains: `__GFP_NORETRY` of the chunk heap, `ALLOC_CONTIG_FAST`.
  public static let fast = RangeMode(name: "fast", triesMax: 1, waits: false, lists: .kept)
  /// Five tries and drains, as every `cma_alloc` of Linux 6.1 does.
  public static let normal = RangeMode(name: "normal", triesMax: 5, waits: true, lists: .drained)
  /// Lists off and more tries: `ALLOC_CONTIG_HARD`, of which only the proposal exists; ten tries are assumed.
  public static let hard = RangeMode(name: "hard", triesMax: 10, waits: true, lists: .disabled)
}
