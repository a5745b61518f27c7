/// Why a heap refused a buffer: found by looking at the machine at that moment, and by asking again without its pins.
struct FailureExplanation {
  let cause: FailureCause
  let why: String

  /// Explains the refusal that `system` has just given, which left it unchanged.
  init(
    of instance: BufferInstance, refusal: HeapRefusal, effort: HeapEffort, on system: HeapSystem
  ) {
    let machine = system.machine
    let heap = system.heaps[instance.heap]
    guard let index = heap.area else {
      (cause, why) = MemoryShortage(heap, machine).explain(instance, refusal)
      return
    }
    let area = machine[index].pages
    let chunkPages = heap.chunkPages ?? 1
    let pages = machine.geometry.blocks(holding: instance.size.bytes, order: 0)
    let chunks = pages / chunkPages + (pages % chunkPages == 0 ? 0 : 1)
    // What is lent out counts as free: it can be had back, unless something holds it.
    let lent = machine.pages.census(of: area).reduce(0) { $0 + $1.pages }
    let free = machine.pages.freePages(in: area) + lent
    let size = { (pages: UInt64) in ByteCount(machine.geometry.bytes(ofPages: pages) ?? .max).inBinaryUnits }
    guard instance.size.bytes > 0 else {
      cause = .emptyRequest
      why = "`\(instance.name)` asks for 0 bytes, which no heap gives"
      return
    }
    // As many pages as 64 bits of bytes can name are above every area, so that the product below is exact.
    guard chunks <= area.count / chunkPages else {
      cause = .largerThanHeap
      let whole = heap.chunkPages.map { " in whole chunks of \(size($0))" } ?? ""
      why =
        "`\(instance.name)` needs \(instance.size.inBinaryUnits)\(whole), and heap `\(heap.name)` has only "
        + "\(size(area.count)) in all"
      return
    }
    let need = chunks * chunkPages
    let pinned = machine.pages.pinnedPages(in: area)
    guard need <= free else {
      cause = .heapFull
      let pins = pinned > 0 ? ", \(size(pinned)) are pinned" : ""
      let rest = free == 0 ? "nothing" : "only \(size(free))"
      why =
        "`\(instance.name)` needs \(size(need)) and \(rest) of the \(size(area.count)) of heap "
        + "`\(heap.name)` \(free == 0 ? "is" : "are") free: "
        + "buffers hold \(size(area.count - free - pinned))\(pins), and \(size(need - free)) are missing"
      return
    }
    let piece =
      heap.chunkPages.map { chunks == 1 ? "a chunk of \(size($0))" : "\(chunks) chunks of \(size($0))" }
      ?? "one run of \(size(need))"
    if let busy = refusal.lastBusy, let held = Self.held(busy, on: machine) {
      cause = held.cause
      why =
        "`\(instance.name)` needs \(piece) and \(size(free)) of heap `\(heap.name)` are free or lent out, but "
        + "\(held.words); \(Self.tries(effort.attempts))"
      return
    }
    let longest = machine.pages.longestFreeRun(in: area)
    let opening =
      "`\(instance.name)` needs \(piece) and \(size(free)) of heap `\(heap.name)` are free, but "
    let closing =
      "the longest free run is \(size(longest.count)) at 0x"
      + String(machine.geometry.bytes(ofPages: longest.first.number) ?? 0, radix: 16)
      + "; \(Self.tries(effort.attempts))"
    if pinned > 0, Self.fitsWithoutPins(instance, in: index, on: system) {
      cause = .pinnedPages
      let first = machine.pages.firstPinned(in: area).flatMap { machine.geometry.bytes(ofPages: $0.number) }
      let pages = pinned == 1 ? "1 page is pinned" : "\(pinned) pages are pinned"
      why = opening + "\(pages), the first at 0x\(String(first ?? 0, radix: 16)), and " + closing
    } else {
      cause = .fragmented
      why = opening + "they are scattered: " + closing
    }
  }

  /// Who holds the page that was in the way, where someone beside the heaps does.
  private static func held(_ busy: BusyRange, on machine: Machine) -> (cause: FailureCause, words: String)? {
    guard let lot = busy.lot else { return nil }
    let address = machine.geometry.bytes(ofPages: busy.first.number) ?? 0
    let page = "the page at 0x\(String(address, radix: 16)) (\(lot.pageClass.name) of `\(lot.holder)`)"
    switch lot.reference {
    case .long: return (.pinnedPages, "\(page) is pinned for long")
    case .short: return (.shortPins, "\(page) is held by I/O in flight")
    case .journal: return (.journalledMetadata, "\(page) is kept by the file system's journal")
    case .none where lot.pageClass == .writeback:
      return (.writeback, "\(page) is on its way to the disk, and the attempt does not wait")
    case .none:
      let free = machine.geometry.bytes(ofPages: UInt64(max(machine.freePagesOutsideAreas, 0))) ?? .max
      return (
        .noRoomToMove,
        "\(page) cannot be moved: only \(ByteCount(free).inBinaryUnits) outside the areas are free, "
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
  private static func fitsWithoutPins(
    _ instance: BufferInstance, in area: AreaIndex, on system: HeapSystem
  ) -> Bool {
    var trial = system
    trial.withMachine { $0.unpinAll(in: area) }
    if case .success = trial.allocate(instance.size.bytes, fromHeapAt: instance.heap).outcome { return true }
    return false
  }
}
