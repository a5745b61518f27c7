/// Why a heap of all memory refused a buffer, found by looking at the machine at that moment.
struct MemoryShortage {
  private let heap: any Heap
  private let machine: Machine

  init(_ heap: any Heap, _ machine: Machine) {
    self.heap = heap
    self.machine = machine
  }

  private func size(_ pages: UInt64) -> String {
    ByteCount(machine.geometry.bytes(ofPages: pages) ?? .max).inBinaryUnits
  }

  private func size(_ pages: Int) -> String { size(UInt64(max(pages, 0))) }

  /// Explains a refusal.
  func explain(_ instance: BufferInstance, _ refusal: HeapRefusal) -> (cause: FailureCause, why: String) {
    let pages = machine.geometry.blocks(holding: instance.size.bytes, order: 0)
    let needs = "`\(instance.name)` needs \(instance.size.inBinaryUnits)"
    let pool = heap as? CompoundPagePoolHeap
    if pool != nil, pages > machine.memoryPages / 2 {
      let why =
        "pool `\(heap.name)` gives no buffer of more than half of the \(size(machine.memoryPages)) of memory"
      return (.largerThanHeap, "\(needs), and \(why)")
    }
    if pages > machine.memoryPages {
      return (.largerThanHeap, "\(needs), and the board has only \(size(machine.memoryPages)) in all")
    }
    let room = machine.pagesAboveReserve
    let more = machine.reclaimablePagesOutsideAreas
    guard pages <= room + more, let order = refusal.missingOrder, order > 0 else {
      return (.memoryFull, "\(needs), and \(whatIsFree(room))\(largestHolder)")
    }
    let block: UInt64 = 1 << UInt64(order)
    let count = pages / block + (pages % block == 0 ? 0 : 1)
    let found = machine.freeBlocks(ofOrder: order)
    let blocks = found == 0 ? "no such block is" : found == 1 ? "only one such block is" : "only \(found) are"
    let stuck = machine.mostScattered
    let others = more > 0 ? " and \(size(more)) more can be had back" : ""
    let between = stuck.map { "pages of `\($0.lot.holder)`, which nothing moves (\(size($0.pages)) in all)" }
    let why =
      "`\(instance.name)` needs \(count == 1 ? "a block" : "\(count) blocks") of \(size(block)), and \(size(room)) of "
      + "memory outside areas are free\(others), but \(blocks) whole: between lie \(between ?? "pages in use")"
    let isPinned = stuck.map { $0.lot.reference != .none } ?? false
    return (isPinned ? .pinnedPages : .fragmented, why)
  }

  private func whatIsFree(_ room: Int) -> String {
    let free = machine.freePages
    let inAreas = free - machine.freePagesOutsideAreas
    guard inAreas > 0 else {
      return
        "only \(size(room)) above the kernel's reserve are free and nothing more can be dropped or swapped"
    }
    return "\(size(free)) are free, but \(size(inAreas)) of them belong to contiguous areas that heap "
      + "`\(heap.name)` may not use: above the kernel's reserve \(size(room)) are left for it"
  }

  private var largestHolder: String {
    guard let most = machine.largestLot else { return "" }
    return "; `\(most.lot.holder)` has the most of the rest, \(size(most.pages))"
  }
}

extension Machine {
  /// The free pages outside areas that a request may have without touching the kernel's reserve.
  var pagesAboveReserve: Int { max(0, zone.outsideFree - zone.watermarks.min) }

  /// The free blocks of at least an order outside areas, each counted as often as the order goes into it.
  ///
  /// - Complexity: O(blocks).
  func freeBlocks(ofOrder order: Int) -> Int {
    let lists = zone.buddy.lists
    guard lendsPages, order <= lists.unitOrder else { return 0 }
    var count = 0
    for type in [MigrateType.unmovable, .reclaimable, .movable] {
      for larger in order...lists.unitOrder {
        count += lists.blocks(type, order: larger).count << (larger - order)
      }
    }
    return count
  }

  /// The pages outside areas that the reclaimer could drop, write out or swap.
  var reclaimablePagesOutsideAreas: Int {
    let own = areas.compactMap { pages.numbers(of: $0.pages) }.map { pages.lots.census(of: $0) }
    var (dropped, swapped) = (0, 0)
    for (place, lot) in pages.lots.table.enumerated() {
      let count = own.reduce(pages.lots.totals[place]) { $0 - $1[place] }
      if lot.canBeDropped || lot.canBeWritten { dropped += count }
      if lot.canBeSwapped { swapped += count }
    }
    return dropped + min(swapped, zone.swap.room)
  }

  /// The lot with the most pages.
  var largestLot: (lot: PageLot, pages: Int)? {
    zip(pages.lots.table, pages.lots.totals).filter { $1 > 0 }.max { $0.1 < $1.1 }.map { ($0.0, $0.1) }
  }

  /// The lot of pages that nothing moves which are in the most places, and its pages.
  ///
  /// - Complexity: O(memory / a pageblock).
  var mostScattered: (lot: PageLot, pages: Int)? {
    let table = pages.lots.table
    let candidates = table.indices.filter { place in
      pages.lots.totals[place] > 0 && (!table[place].canBeIsolated || table[place].reference != .none)
    }
    guard !candidates.isEmpty else { return nil }
    var places = [Int](repeating: 0, count: table.count)
    for unit in 0..<(pages.pageCount + 1 << pages.lots.unitOrder - 1) >> pages.lots.unitOrder {
      let counts = pages.lots.summary(ofUnit: unit).counts
      for lot in candidates where counts[lot] > 0 { places[lot] += 1 }
    }
    return candidates.max { places[$0] < places[$1] }.map { (table[$0], pages.lots.totals[$0]) }
  }
}
