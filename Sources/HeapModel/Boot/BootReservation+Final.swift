/// The last look at every row.
extension BootReservation {
  /// The blob's own entries get rows behind those of the nodes.
  mutating func listReservations() {
    let entries = board.memoryReservations.prefix { $0.size.bytes != 0 }
    let rows = entries.map { entry in
      ReservedRegion(
        name: "memreserve", pair: 0, origin: .memoryReservation, type: .reserved, base: entry.base,
        size: entry.size, noMap: false, reusable: false, state: .reserved)
    }
    // The default area, which is the only row without a node so far, stays last.
    let end = map.regions.last.map { $0.node == nil } == true ? map.regions.count - 1 : map.regions.count
    map.regions.insert(contentsOf: rows, at: end)
  }

  /// What memblock says about each placed row.
  mutating func fillFinalStates() {
    for index in map.regions.indices {
      guard let base = map.regions[index].base, let size = map.regions[index].size else { continue }
      map.regions[index].final = finalState(base.value, size.bytes)
    }
  }

  private func finalState(_ base: UInt64, _ size: UInt64) -> FinalState {
    let memory = memblock.memory
    let end = memory.end(of: base, size)
    return FinalState(
      reserved: extent(memblock.reserved, base, end) { _ in true },
      notMapped: extent(memory, base, end, where: \.isNoMap),
      inMemory: extent(memory, base, end) { _ in true },
      isEmpty: size == 0)
  }

  /// How much of a range the accepted entries of a list cover.
  private func extent(
    _ list: MemblockList, _ base: UInt64, _ end: UInt64, where isIncluded: (MemblockList.Entry) -> Bool
  ) -> FinalState.Extent {
    var covered: UInt64 = 0
    for entry in list.entries[list.countEnding(atOrBelow: base)...] {
      guard entry.base < end else { break }
      if isIncluded(entry) { covered += min(entry.end, end) - max(entry.base, base) }
    }
    return covered == 0 ? .none : covered == end - base ? .whole : .part
  }
}
