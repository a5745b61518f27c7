@testable import HeapModel

/// Checks of a heap of all memory that use none of its lists: every page that is in use and of no holder is its, once.
enum PoolChecker {
  static func violations(
    of heap: CompoundPagePoolHeap, _ buffers: [HeapBuffer], on machine: Machine
  ) -> [String] {
    var violations = ownership(buffers, on: machine)
    let held = buffers.reduce(0) { $0 + $1.pages.pages }
    if heap.usage.pages != held { violations.append("usage \(heap.usage.pages), buffers \(held)") }
    let pages = UInt64(unexplained(on: machine))
    if pages != held + heap.heldPages(on: machine) {
      violations.append("\(pages) in use, \(held) in buffers, \(heap.heldPages(on: machine)) held")
    }
    return violations
  }

  /// No page of two buffers, none free or of a holder.
  static func ownership(_ buffers: [HeapBuffer], on machine: Machine) -> [String] {
    var violations: [String] = []
    var owned: Set<UInt64> = []
    for frame in buffers.flatMap(\.pages.ranges).flatMap(\.frames) {
      if !owned.insert(frame).inserted { violations.append("frame \(frame) is given twice") }
      if machine.pages.isFree(PageFrame(frame)) { violations.append("frame \(frame) is given and free") }
      if machine.pages.lot(of: PageFrame(frame)) != nil { violations.append("frame \(frame) is lent") }
    }
    return violations
  }

  /// The pages that are in use, of no holder, not pinned and on no CPU's list.
  static func unexplained(on machine: Machine) -> Int {
    let cached = Set(machine.zone.cachedPages)
    return machine.pages.extentPages.joined().count { page in
      machine.pages.taken[page] && machine.pages.lots[page] == .none && !machine.pages.pinned[page]
        && !cached.contains(page)
    }
  }
}
