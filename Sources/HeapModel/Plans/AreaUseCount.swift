/// The pages of an area by what they are to someone who wants them.
struct AreaUseCount {
  /// Pages that nobody has; those on a CPU's list are among them.
  private(set) var free: UInt64 = 0
  /// Pages that others have borrowed and that can be had back.
  private(set) var lent: UInt64 = 0
  /// Pages of the buffers of heaps.
  let buffers: UInt64
  /// Pages that nobody has lent and that are pinned.
  let pinned: UInt64
  /// Pages that others have borrowed and that something holds where they are.
  let held: UInt64
  /// All the rest: what other users of the area have.
  private(set) var others: UInt64 = 0

  /// What a heap can have.
  var available: UInt64 { free + lent }

  /// Counts the pages of an area.
  ///
  /// - Complexity: that of going through its runs.
  init(of index: AreaIndex, on system: HeapSystem) {
    let machine = system.machine
    let area = machine[index].pages
    buffers = system.heaps.reduce(0) { $0 + ($1.area == index ? $1.usage.pages : 0) }
    pinned = machine.pages.pinnedPages(in: area)
    held = machine.pages.census(of: area).reduce(0) { $0 + ($1.lot.canBeHadBack ? 0 : $1.pages) }
    guard let range = machine.pages.numbers(of: area) else { return }
    var count: (free: UInt64, lent: UInt64) = (0, 0)
    machine.forEachRun(in: range) { run, use in
      switch use {
      case .free: count.free += UInt64(run.count)
      case .lent: count.lent += UInt64(run.count)
      case .taken: break
      }
    }
    (free, lent) = count
    let known = free + lent + buffers + pinned + held
    others = area.count - min(known, area.count)
  }
}
