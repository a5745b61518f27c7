/// The allocator of the early boot: what is memory, and what of it is taken.
///
/// - Source: Linux 6.1 mm/memblock.c; 6.12 does the same.
struct Memblock: Hashable, Sendable {
  /// DRAM, with the parts marked that are not mapped.
  var memory: MemblockList
  /// What is taken, in DRAM or not.
  var reserved: MemblockList
  /// Where a search ends that names no end (memblock.current_limit).
  var currentLimit: UInt64
  /// Bytes in a page; the first page is never given.
  let pageSize: UInt64
  /// The mask of an address; arithmetic wraps there.
  let addressMask: UInt64

  /// No memory at all.
  init(profile: KernelProfile) {
    let mask = profile.addressMask
    memory = MemblockList(capacity: profile.memoryEntriesMax, addressMax: mask)
    reserved = MemblockList(capacity: profile.reservedEntriesMax, addressMax: mask)
    currentLimit = mask
    pageSize = profile.pageSize.bytes
    addressMask = mask
  }

  /// The first address of DRAM, 0 without any.
  var start: UInt64 { memory.entries.first?.base ?? 0 }
  /// The end of DRAM, exclusive, 0 without any.
  var end: UInt64 { memory.entries.last?.end ?? 0 }

  /// Caps memory to a range (memblock_cap_memory_range); a size of 0 is no cap.
  mutating func capMemory(_ base: UInt64, _ size: UInt64) {
    guard size > 0, !memory.entries.isEmpty else { return }
    let end = memory.end(of: base, size)
    _ = memory.remove(end, addressMask - end)
    _ = memory.remove(0, base)
    _ = reserved.remove(end, addressMask - end)
    _ = reserved.remove(0, base)
  }

  /// A request for room.
  struct Request {
    /// Bytes wanted.
    var size: UInt64
    /// The low bits that a place must not have, plus one; any value, used as a mask minus one.
    var alignment: UInt64
    /// The lowest address.
    var start: UInt64 = 0
    /// The end of the window; 0 and 1 mean the current limit, as in the kernel.
    var end: UInt64
    /// Whether the lowest place is wanted instead of the highest.
    var isBottomUp = false
  }

  /// Finds room and takes it (memblock_phys_alloc_range).
  ///
  /// - Returns: the address, or nil where there is no room or no entry for it. The kernel's failure value is address 0.
  mutating func allocate(_ request: Request) -> UInt64? {
    guard let found = find(request), found != 0, reserved.add(found, request.size) else { return nil }
    return found
  }

  /// Finds room (memblock_find_in_range_node).
  func find(_ request: Request) -> UInt64? {
    // MEMBLOCK_ALLOC_ACCESSIBLE is 0 and MEMBLOCK_ALLOC_NOLEAKTRACE is 1.
    var end = request.end <= 1 ? currentLimit : request.end
    let start = max(request.start, pageSize)
    end = max(start, end)
    return request.isBottomUp
      ? findBottomUp(request, start: start, end: end) : findTopDown(request, start: start, end: end)
  }

  /// The lowest place (__memblock_find_range_bottom_up).
  private func findBottomUp(_ request: Request, start: UInt64, end: UInt64) -> UInt64? {
    for piece in freePieces(from: start, to: end) {
      let low = min(max(piece.lowerBound, start), end)
      let high = min(max(piece.upperBound, start), end)
      let candidate = (((low &- 1) | (request.alignment &- 1)) &+ 1) & addressMask
      if candidate < high, high - candidate >= request.size { return candidate }
    }
    return nil
  }

  /// The highest place (__memblock_find_range_top_down).
  private func findTopDown(_ request: Request, start: UInt64, end: UInt64) -> UInt64? {
    // A size of 0 fits into the empty rest of a piece outside the window, so that all pieces count.
    let isEmpty = request.size == 0
    var cursor = FreePieceCursor(self, below: isEmpty ? addressMask : end)
    while let piece = cursor.next() {
      if piece.upperBound <= start, !isEmpty { break }
      let low = min(max(piece.lowerBound, start), end)
      let high = min(max(piece.upperBound, start), end)
      if high < request.size { continue }
      let candidate = (high - request.size) & ~(request.alignment &- 1)
      if candidate >= low { return candidate }
    }
    return nil
  }

  /// The free, mapped pieces that touch a window, lowest first.
  private func freePieces(from start: UInt64, to end: UInt64) -> [Range<UInt64>] {
    var pieces: [Range<UInt64>] = []
    var cursor = FreePieceCursor(self, below: end)
    while let piece = cursor.next(), piece.upperBound > start { pieces.append(piece) }
    return pieces.reversed()
  }

  /// Takes aligned blocks one by one from the top, as the page tables do with pages.
  ///
  /// - Parameters:
  ///   - count: how many.
  ///   - size: bytes in a block, a power of two, at least a page.
  /// - Returns: how many of them found room; fewer than asked where memory or the list's entries ran out.
  /// - Complexity: O(*n*) for each free piece that is used, whatever the count.
  mutating func allocateBlocks(_ count: UInt64, size: UInt64) -> UInt64 {
    var left = count
    while left > 0 {
      guard let top = find(Request(size: size, alignment: size, end: 0)), top != 0 else { break }
      var run: UInt64 = 1
      var cursor = FreePieceCursor(self, below: top + 1)
      if let piece = cursor.next(), piece.contains(top) {
        let floor = max(piece.lowerBound, pageSize)
        run = min(left, (top - floor) / size + 1)
      }
      guard reserved.add(top - (run - 1) * size, run * size) else { break }
      left -= run
    }
    return count - left
  }
}

/// Walks the free, mapped pieces of memory from high to low addresses (for_each_free_mem_range_reverse).
struct FreePieceCursor {
  private let memory: [MemblockList.Entry]
  private let reserved: [MemblockList.Entry]
  private var memoryIndex: Int
  private var reservedIndex: Int
  private var top: UInt64

  /// Starts at the highest piece that begins below an address; that piece is not cut.
  init(_ memblock: Memblock, below limit: UInt64) {
    memory = memblock.memory.entries
    reserved = memblock.reserved.entries
    memoryIndex = memory.count - 1
    reservedIndex = -1
    top = 0
    let first = memblock.memory.countEnding(atOrBelow: limit)
    if first < memory.count {
      memoryIndex = memory[first].base < limit ? first : first - 1
    }
    guard memoryIndex >= 0 else { return }
    top = memory[memoryIndex].end
    // The piece may reach beyond the limit, up to the first reservation that begins there.
    var above = memblock.reserved.countEnding(atOrBelow: limit)
    if above < reserved.count, reserved[above].base < limit { above += 1 }
    if above < reserved.count { top = min(top, reserved[above].base) }
    reservedIndex = above - 1
  }

  /// The next piece, never empty, or nil at the end.
  mutating func next() -> Range<UInt64>? {
    while memoryIndex >= 0 {
      let entry = memory[memoryIndex]
      if entry.isNoMap || top <= entry.base {
        stepMemory()
        continue
      }
      while reservedIndex >= 0, reserved[reservedIndex].base >= top { reservedIndex -= 1 }
      guard reservedIndex >= 0, reserved[reservedIndex].end > entry.base else {
        defer { stepMemory() }
        return entry.base..<top
      }
      let taken = reserved[reservedIndex]
      defer { top = max(taken.base, entry.base) }
      if taken.end < top { return taken.end..<top }
    }
    return nil
  }

  private mutating func stepMemory() {
    memoryIndex -= 1
    if memoryIndex >= 0 { top = memory[memoryIndex].end }
  }
}
