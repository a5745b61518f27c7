import DTParse
import Diagnostics
import HeapModel

extension LintContext {
  /// Whether a region could lie here: no other enabled static region and no `/memreserve/` there, and inside memory
  /// where it is known.
  func isFree(_ base: UInt64, _ size: UInt64, for region: LintRegion) -> Bool {
    let (end, isTooLarge) = base.addingReportingOverflow(size)
    guard !isTooLarge else { return false }
    for other in regions where other.isEnabled && other.node != region.node {
      for entry in other.entries ?? [] where entry.size > 0 {
        if entry.address < end, base < entry.address.saturatingSum(entry.size) { return false }
      }
    }
    for entry in board.memoryReservations {
      if entry.base.value < end, base < entry.base.value.saturatingSum(entry.size.bytes) { return false }
    }
    return memory.isEmpty || isInMemory(base, size)
  }

  /// What a finding says that rests on the memory that there is.
  var memoryNotes: [String] {
    let ranges = memory.prefix(4).map { Text.range($0.base.value, $0.size.bytes) }.joined(separator: ", ")
    let known = "memory is \(ranges)\(memory.count > 4 ? ", …" : "")"
    return isMemoryCertain
      ? [known] : [known, "a boot loader that fills in other memory changes this; say so with `--memory`"]
  }

  /// Whether all bytes of a range are memory.
  func isInMemory(_ base: UInt64, _ size: UInt64) -> Bool { memoryBytes(base, size) == size }

  /// How many bytes of a range are memory.
  func memoryBytes(_ base: UInt64, _ size: UInt64) -> UInt64 {
    let end = base.saturatingSum(size)
    var covered: UInt64 = 0
    var position = base
    for bank in memory {
      let bankEnd = bank.base.value.saturatingSum(bank.size.bytes)
      let (start, stop) = (max(position, bank.base.value), min(end, bankEnd))
      guard start < stop else { continue }
      covered += stop - start
      position = stop
    }
    return covered
  }
}

extension UInt64 {
  /// The sum, or the largest number where it would be larger.
  func saturatingSum(_ other: UInt64) -> UInt64 {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }
}
