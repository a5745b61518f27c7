/// The last look at every row.
extension BootReservation {
  /// What memblock says about each placed row.
  mutating func fillFinalStates() {
    for index in map.regions.indices {
      guard let base = map.regions[index].base, let size = map.regions[index].size else { continue }
      map.regions[index].final = finalState(base.value, size.bytes)
    }
  }

  private func finalState(_ base: UInt64, _ size: UInt64) -> FinalState {
    let memory = memblock.memory
    // Not cut to the width of an address: the last byte of 32 bits is in no list of memblock.
    let (sum, overflow) = base.addingReportingOverflow(size)
    let end = overflow ? .max : sum
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
