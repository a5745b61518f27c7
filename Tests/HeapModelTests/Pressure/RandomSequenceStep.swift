@testable import HeapModel

/// One step of a random sequence of operations on a small board.
///
/// Heaps, areas, buffers, lots and holders are named by a number, of which only the rest counts: what is there changes
/// when other steps are left out.
enum SequenceStep: Hashable {
  /// A buffer from a heap.
  case allocate(heap: Int, pages: Int)
  /// A range from an area, as `cma_alloc` finds it.
  case range(area: Int, pages: Int, order: Int, mode: Int)
  /// One try at the first clear range behind an offset of an area.
  case attempt(area: Int, start: Int, pages: Int, order: Int, mode: Int)
  /// A buffer goes back.
  case release(buffer: Int)
  /// The first pages of a buffer go back.
  case releaseFirst(buffer: Int, pages: Int)
  /// A range goes back.
  case releaseRange(Int)
  /// Pages for a lot.
  case lend(pages: Int, lot: Int, place: LendingPlace)
  /// Pages of a lot go back.
  case giveBack(pages: Int, lot: Int)
  /// All pages of a lot's holder go back.
  case giveBackAll(lot: Int)
  /// Pages of one lot become pages of another.
  case change(pages: Int, from: Int, to: Int)
  /// A block of the kernel's own.
  case block(order: Int)
  case pin(area: Int, offset: Int)
  case unpin(area: Int, offset: Int)
  case unpinAll(area: Int)
  /// The reclaimer frees pages.
  case reclaim(pages: Int)
  /// Time passes for the holders that have started; one more starts.
  case advance(milliseconds: Int)

  /// The same with smaller numbers, for a sequence that is made small.
  var smaller: SequenceStep? {
    switch self {
    case .allocate(let heap, let pages) where pages > 1: .allocate(heap: heap, pages: pages / 2)
    case .range(let area, let pages, let order, let mode) where pages > 1:
      .range(area: area, pages: pages / 2, order: order, mode: mode)
    case .range(let area, let pages, let order, let mode) where order > 0:
      .range(area: area, pages: pages, order: order - 1, mode: mode)
    case .attempt(let area, let start, let pages, let order, let mode) where pages > 1:
      .attempt(area: area, start: start, pages: pages / 2, order: order, mode: mode)
    case .releaseFirst(let buffer, let pages) where pages > 1: .releaseFirst(buffer: buffer, pages: pages / 2)
    case .lend(let pages, let lot, let place) where pages > 1: .lend(pages: pages / 2, lot: lot, place: place)
    case .giveBack(let pages, let lot) where pages > 1: .giveBack(pages: pages / 2, lot: lot)
    case .change(let pages, let from, let to) where pages > 1: .change(pages: pages / 2, from: from, to: to)
    case .reclaim(let pages) where pages > 1: .reclaim(pages: pages / 2)
    default: nil
    }
  }
}

/// Where pages are lent.
enum LendingPlace: Int, CaseIterable {
  case anywhere, area, outside
}
