import DTParse
import HeapModel

/// Whether something aligned has room in a range.
enum AlignedRoom {
  /// Whether `size` bytes at a multiple of `alignment` fit from `start` up to `end`, exclusive.
  static func fits(_ size: UInt64, _ alignment: UInt64, _ start: UInt64, _ end: UInt64) -> Bool {
    guard let base = start.roundedUp(to: alignment), base <= end else { return false }
    return end - base >= size && size > 0
  }
}

extension RegEntry {
  /// The end of a window of `alloc-ranges`, exclusive: its sum wraps, and 0 means no end.
  var windowEnd: UInt64 {
    let end = address &+ size
    return end == 0 ? .max : end
  }
}

extension LintRegion {
  /// The alignment that the kernel uses for a dynamic region.
  func effectiveAlignment(_ profile: KernelProfile?) -> UInt64 {
    let asked = max(alignmentAsked ?? 0, 64)
    guard isSharedPool, wantsCMA, let profile else { return asked }
    return max(asked, profile.cmaAlignment)
  }
}
