/// Why a heap of a contiguous area refused a buffer, found by looking at the area right after it did.
struct AreaShortage {
  private let instance: BufferInstance
  private let index: AreaIndex
  private let system: HeapSystem
  private let machine: Machine
  private let heap: any Heap
  private let area: PageRange
  private let use: AreaUseCount
  /// The chunks that the buffer needs, of one page where the heap has no chunks.
  private let chunks: UInt64
  private let chunkPages: UInt64
  /// The pages of the chunks: below 2^53, for 64 bits of bytes hold at most 2^52 pages.
  private var need: UInt64 { chunks * chunkPages }

  init(_ instance: BufferInstance, _ index: AreaIndex, on system: HeapSystem) {
    self.instance = instance
    self.index = index
    self.system = system
    machine = system.machine
    heap = system.heaps[instance.heap]
    area = machine[index].pages
    use = AreaUseCount(of: index, on: system)
    chunkPages = heap.chunkPages ?? 1
    let pages = machine.geometry.blocks(holding: instance.size.bytes, order: 0)
    chunks = pages / chunkPages + (pages % chunkPages == 0 ? 0 : 1)
  }

  private func bytes(_ pages: UInt64) -> ByteCount {
    ByteCount(machine.geometry.bytes(ofPages: pages) ?? .max)
  }

  private func size(_ pages: UInt64) -> String { bytes(pages).inBinaryUnits }

  /// What is left, in words: whether all of it is free.
  private var state: String { use.lent == 0 ? "free" : "free or lent out" }

  /// Explains a refusal after some effort.
  func explain(_ refusal: HeapRefusal, _ effort: HeapEffort) -> (cause: FailureCause, why: String) {
    guard need <= area.count else { return (.largerThanHeap, tooLarge) }
    // Where someone's pages are in the way of what would be enough, it is they who are named.
    let holder = holder(of: refusal.lastBusy)
    guard need <= use.available + (holder == nil ? 0 : use.held) else { return (.heapFull, full) }
    let piece =
      heap.chunkPages.map { chunks == 1 ? "a chunk of \(size($0))" : "\(chunks) chunks of \(size($0))" }
      ?? "one run of \(size(need))"
    let opening =
      "`\(instance.name)` needs \(piece) and \(size(use.available)) of heap `\(heap.name)` are \(state), but "
    if let holder {
      return (holder.cause, "\(opening)\(holder.words); \(Self.tries(effort.attempts))")
    }
    let longest = machine.pages.longestFreeRun(in: area)
    let closing =
      "the longest free run is \(size(longest.count)) at \(address(longest.first)); "
      + Self.tries(effort.attempts)
    guard use.pinned > 0, fitsWithoutPins else {
      return (.fragmented, "\(opening)they are scattered: \(closing)")
    }
    let first = machine.pages.firstPinned(in: area).map { address($0) } ?? ""
    let pages = use.pinned == 1 ? "1 page is pinned" : "\(use.pinned) pages are pinned"
    return (.pinnedPages, "\(opening)\(pages), the first at \(first), and \(closing)")
  }

  private func address(_ frame: PageFrame) -> String {
    "0x" + String(machine.geometry.bytes(ofPages: frame.number) ?? 0, radix: 16)
  }

  /// A heap that is smaller than the buffer.
  private var tooLarge: String {
    let sizes = [bytes(need), bytes(area.count)]
    let words = sizes.map(\.inBinaryUnits)
    // Rounded sizes can look the same.
    let shown = words[0] != words[1] ? words : sizes.map { "\($0.bytes) bytes" }
    let whole = heap.chunkPages.map { " in whole chunks of \(size($0))" } ?? ""
    return "`\(instance.name)` needs \(shown[0])\(whole), and heap `\(heap.name)` has only \(shown[1]) in all"
  }

  /// A heap of which too little is left.
  private var full: String {
    let left = use.available
    let rest = left == 0 ? "nothing" : "only \(size(left))"
    let stays = use.pinned + use.held
    let others = [
      use.buffers > 0 ? "buffers hold \(size(use.buffers))" : nil,
      use.others > 0 ? "others hold \(size(use.others))" : nil,
      stays > 0 ? "\(size(stays)) are pinned" : nil,
    ].compactMap { $0 }.joined(separator: ", ")
    return "`\(instance.name)` needs \(size(need)) and \(rest) of the \(size(area.count)) of heap "
      + "`\(heap.name)` \(left == 0 ? "is" : "are") \(state): \(others), and \(size(need - left)) are missing"
  }

  /// Who holds the page that was in the way, where someone beside the heaps does.
  private func holder(of busy: BusyRange?) -> (cause: FailureCause, words: String)? {
    guard let busy, let lot = busy.lot else { return nil }
    let page = "the page at \(address(busy.first)) (\(lot.pageClass.name) of `\(lot.holder)`)"
    switch lot.reference {
    case .long: return (.pinnedPages, "\(page) is pinned for long")
    case .short: return (.shortPins, "\(page) is held by I/O in flight")
    case .journal: return (.journalledMetadata, "\(page) is kept by the file system's journal")
    case .none where lot.pageClass == .writeback:
      return (.writeback, "\(page) is on its way to the disk, and the attempt does not wait")
    case .none:
      let free = UInt64(max(machine.freePagesOutsideAreas, 0))
      return (
        .noRoomToMove,
        "\(page) cannot be moved: only \(size(free)) outside the areas are free, "
          + "and nothing more can be dropped or swapped"
      )
    }
  }

  private static func tries(_ attempts: UInt64) -> String {
    switch attempts {
    case 0: "there was no range for the heap to try"
    case 1: "the one range that the heap tried was busy"
    default: "the heap gave up after \(attempts) tries"
    }
  }

  /// Whether the same request succeeds on a copy of the system in which nothing is pinned in the heap's area.
  private var fitsWithoutPins: Bool {
    var trial = system
    trial.withMachine { $0.unpinAll(in: index) }
    if case .success = trial.allocate(instance.size.bytes, fromHeapAt: instance.heap).outcome { return true }
    return false
  }
}
