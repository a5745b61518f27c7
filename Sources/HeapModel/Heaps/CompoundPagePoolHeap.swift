/// A heap over a pool of compound pages, ARM's Compound Page Allocator: buffers are made of cleared pages of one large
/// order that were taken from the page allocator beforehand.
///
/// A worker fills the pool and clears what comes back. Nothing of it depends on an area; what the pool holds nobody
/// else can use until the reclaimer asks for it. The end of a buffer that is smaller than a compound page lies with
/// others in a shared one.
///
/// The worker runs when time passes, not between requests of one moment: it clears pages, and a burst of requests is
/// over before it has.
///
/// - Source: drivers/staging/android/ion/ion_compound_page.c, ARM 2015, for Linux 3.18.
public struct CompoundPagePoolHeap: Heap {
  /// The name, unique among the heaps of a system.
  public let name: String
  /// Nil: the pages come from all memory.
  public var area: AreaIndex? { nil }
  /// What buffers hold at this moment.
  public private(set) var usage = HeapUsage()
  /// The order and the marks.
  public let settings: CompoundPagePoolSettings
  /// Refills that ended early because the page allocator had no block.
  public private(set) var softFailures: UInt64 = 0
  /// Requests that failed for that reason.
  public private(set) var hardFailures: UInt64 = 0

  /// The place in ``Machine/pools``.
  private let place: Int
  private var shared = SharedCompoundPages()
  /// Compound pages that came back and wait to be cleared, the newest last.
  private var queue: [Int] = []
  /// The pages that are left of compound pages which came back in part, by first page.
  private var torn: [Int: Int] = [:]
  /// Whether the worker has been woken since it ran; it is at its creation.
  private var isAwake = true

  /// A heap with an empty pool, which the worker fills when it first runs.
  ///
  /// - Parameters:
  ///   - name: unique in the system.
  ///   - settings: valid ones.
  ///   - machine: one with memory, which keeps the pool.
  init(name: String, settings: CompoundPagePoolSettings, on machine: inout Machine) {
    self.name = name
    self.settings = settings
    place = machine.pools.count
    machine.pools.append(CompoundPagePool(order: settings.order))
  }

  /// Pages in a compound page; the last one of a buffer may be smaller.
  public var chunkPages: UInt64? { UInt64(compound) }

  private var compound: Int { 1 << settings.order }

  /// The pages that the heap keeps from everyone else, beside those of its buffers.
  public func heldPages(on machine: Machine) -> UInt64 {
    let back = torn.values.reduce(0) { $0 + compound - $1 }
    return UInt64((machine.pools[place].blocks.count + queue.count) * compound + shared.freePages + back)
  }

  /// What the pool did in a run.
  public func poolReport(on machine: Machine) -> PoolReport? {
    let bytes = { (pages: UInt64) in ByteCount(machine.geometry.bytes(ofPages: pages) ?? .max) }
    let pool = machine.pools[place]
    return PoolReport(
      held: bytes(heldPages(on: machine)), mostHeld: bytes(UInt64(pool.most * compound)),
      reclaimed: bytes(pool.reclaimed * UInt64(compound)), softFailures: softFailures,
      hardFailures: hardFailures)
  }

  // MARK: Allocation

  /// Allocates a buffer, all of it or nothing; see ``Heap/allocate(_:on:)``.
  public mutating func allocate(_ bytes: UInt64, on machine: inout Machine) -> HeapAnswer {
    allocate(bytes, alignment: machine.geometry.pageSizeBytes, on: &machine)
  }

  /// Allocates a buffer with the alignment that a client of ION asks for.
  ///
  /// - Parameters:
  ///   - bytes: the length asked for; more than half of all memory is refused.
  ///   - alignment: in bytes; more than a page is refused with `invalidArgument`.
  ///   - machine: the machine that the heap was made for.
  /// - Returns: the buffer, or the error that the caller sees.
  public mutating func allocate(
    _ bytes: UInt64, alignment: UInt64, on machine: inout Machine
  ) -> HeapAnswer {
    var gathering = Gathering()
    if let error = machine.geometry.refusal(ofLength: bytes) { return gathering.failure(error) }
    guard alignment <= machine.geometry.pageSizeBytes else { return gathering.failure(.invalidArgument) }
    let pages = machine.geometry.blocks(holding: bytes, order: 0)
    guard pages <= machine.memoryPages / 2 else { return gathering.failure(.noMemory) }
    let tail = Int(pages) & (compound - 1)
    var missing = Int(pages) >> settings.order
    while missing > 0 {
      let block = machine.pools[place].take() ?? directBlock(&gathering, on: &machine)
      guard let block else { return rollBack(gathering, on: &machine) }
      gathering.keep(machine.pages.frames(of: block))
      missing -= 1
    }
    if tail > 0 {
      let part = takePart(tail, atStart: pages > tail, &gathering, on: &machine)
      guard let part else { return rollBack(gathering, on: &machine) }
      gathering.keep(machine.pages.frames(of: part))
    }
    wakeIfLow(machine)
    let success = gathering.success(bytes)
    if case .success(let buffer) = success.outcome { usage.add(buffer) }
    return success
  }

  private mutating func wakeIfLow(_ machine: Machine) {
    if machine.pools[place].blocks.count < settings.low { isAwake = true }
  }

  /// A compound page from the page allocator itself, cleared.
  private mutating func directBlock(
    _ gathering: inout Gathering, on machine: inout Machine
  ) -> Range<Int>? {
    guard let block = machine.takeBlock(order: settings.order, effort: .moderate) else {
      hardFailures += 1
      gathering.lacksBlock(ofOrder: settings.order)
      return nil
    }
    machine.work.add(.zeroPage, block.count)
    return block
  }

  /// Gives what was gathered to the kernel, and not to the pool; the worker is not woken.
  private func rollBack(_ gathering: Gathering, on machine: inout Machine) -> HeapAnswer {
    for range in gathering.pages.ranges { machine.giveBackPages(range) }
    return gathering.failure(.noMemory)
  }

  /// Takes pages of a shared compound page: the first that fits, else a new one.
  ///
  /// - Parameters:
  ///   - count: below a compound page.
  ///   - atStart: whether they have to be its first pages, as the end of a larger buffer has to.
  private mutating func takePart(
    _ count: Int, atStart: Bool, _ gathering: inout Gathering, on machine: inout Machine
  ) -> Range<Int>? {
    let found = shared.take(count, atStart: atStart)
    gathering.passed(found.passed)
    if let part = found.part { return part }
    var block = machine.pools[place].take()
    if block == nil {
      block = directBlock(&gathering, on: &machine)
      isAwake = true
    }
    guard let block else { return nil }
    wakeIfLow(machine)
    return shared.add(block, taking: count, atStart: atStart)
  }

  // MARK: Release

  /// Gives back pages of buffers of this heap; see ``Heap/release(_:wholeBuffer:on:)``.
  ///
  /// Whole compound pages wait for the worker; one that comes back in parts does when nothing of it is held.
  public mutating func release(_ pages: [PageRange], wholeBuffer: Bool, on machine: inout Machine) {
    usage.remove(pages, wholeBuffer: wholeBuffer)
    var whole: [Int] = []
    for range in pages {
      guard let numbers = machine.pages.numbers(of: range) else { continue }
      var page = numbers.lowerBound
      while page < numbers.upperBound {
        let first = page & ~(compound - 1)
        let end = min(numbers.upperBound, first + compound)
        if releasePart(page..<end, of: first, on: &machine) { whole.append(first) }
        page = end
      }
    }
    queue.append(contentsOf: whole.reversed())
    if !whole.isEmpty { isAwake = true }
  }

  /// Gives back pages of one compound page.
  ///
  /// - Returns: whether nothing of it is held any more.
  private mutating func releasePart(_ part: Range<Int>, of first: Int, on machine: inout Machine) -> Bool {
    if let isEmpty = shared.giveBack(part, of: first) {
      // The next to get them must not see what was there.
      if !isEmpty { machine.work.add(.zeroPage, part.count) }
      return isEmpty
    }
    let left = (torn[first] ?? compound) - part.count
    torn[first] = left > 0 ? left : nil
    return left <= 0
  }

  // MARK: The worker

  /// Clears what waits and puts it into the pool up to the high mark, gives the rest to the kernel, and fills a pool
  /// below the low mark to the fill mark; a block that is not to be had ends that.
  public mutating func runWorker(on machine: inout Machine) -> UInt64 {
    guard isAwake else { return 0 }
    isAwake = false
    let room = max(0, settings.high - machine.pools[place].blocks.count)
    let kept = queue.suffix(room).reversed()
    for first in queue.dropLast(room).reversed() { machine.giveBackPages(first..<first + compound) }
    machine.work.add(.zeroPage, kept.count * compound)
    machine.pools[place].add(kept)
    let drained = queue.count
    queue = []
    return UInt64(drained + refill(on: &machine))
  }

  private mutating func refill(on machine: inout Machine) -> Int {
    let count = machine.pools[place].blocks.count
    guard count < settings.low, count < settings.fill else { return 0 }
    var blocks: [Int] = []
    while blocks.count < settings.fill - count {
      guard let block = machine.takeBlock(order: settings.order, effort: .once) else {
        softFailures += 1
        break
      }
      machine.work.add(.zeroPage, compound)
      blocks.append(block.lowerBound)
    }
    machine.pools[place].add(blocks)
    return blocks.count
  }
}
