/// A source of DMA buffers on a machine.
///
/// Every heap of the field is one type behind this protocol.
public protocol Heap: Sendable {
  /// The name, unique among the heaps of a system.
  var name: String { get }
  /// The area that the heap's pages come from; nil where they come from all memory outside areas.
  var area: AreaIndex? { get }
  /// What buffers hold at this moment.
  var usage: HeapUsage { get }
  /// Pages in one chunk, to which lengths are rounded up; nil for a heap whose buffer is one piece, or of many sizes.
  var chunkPages: UInt64? { get }

  /// What the pool behind the heap did in a run; nil for a heap without one.
  func poolReport(on machine: Machine) -> PoolReport?

  /// Does what threads of the heap do beside its callers, as far as there is something to do.
  ///
  /// - Returns: the blocks of pages that changed hands.
  mutating func runWorker(on machine: inout Machine) -> UInt64

  /// The number of chunks of a buffer.
  func chunks(of buffer: HeapBuffer) -> UInt64

  /// Allocates a buffer, all of it or nothing.
  ///
  /// - Parameters:
  ///   - bytes: the length asked for; 0 is refused with `invalidArgument`.
  ///   - machine: the machine that the heap was made for.
  /// - Returns: the buffer, or the error that the caller sees, with what it took to find out.
  mutating func allocate(_ bytes: UInt64, on machine: inout Machine) -> HeapAnswer

  /// Gives back pages of buffers of this heap.
  ///
  /// - Parameters:
  ///   - pages: pages that this heap gave out and that have not come back.
  ///   - wholeBuffer: whether nothing of the buffer is left.
  ///   - machine: the machine that the heap was made for.
  mutating func release(_ pages: [PageRange], wholeBuffer: Bool, on machine: inout Machine)
}

extension Heap {
  /// Nil: most heaps have no pool.
  public func poolReport(on machine: Machine) -> PoolReport? { nil }

  /// Nothing: most heaps have no thread of their own.
  public mutating func runWorker(on machine: inout Machine) -> UInt64 { 0 }

  /// The number of chunks of a buffer; 1 for a buffer in one piece.
  public func chunks(of buffer: HeapBuffer) -> UInt64 {
    chunkPages.map { ($0 - 1 + buffer.pages.pages) / $0 } ?? 1
  }

  /// Gives back a whole buffer, or what is left of it.
  public mutating func release(_ buffer: HeapBuffer, on machine: inout Machine) {
    release(buffer.pages.ranges, wholeBuffer: true, on: &machine)
  }

  /// Gives back the first `count` pages of a buffer.
  ///
  /// - Parameters:
  ///   - count: in pages, from 0.
  ///   - buffer: a buffer of this heap.
  ///   - machine: the machine that the heap was made for.
  /// - Returns: nil when it is done, `invalidArgument` where the buffer holds fewer pages.
  public mutating func release(
    first count: UInt64, of buffer: inout HeapBuffer, on machine: inout Machine
  ) -> KernelError? {
    guard let pages = buffer.pages.removeFirst(count) else { return .invalidArgument }
    release(pages, wholeBuffer: false, on: &machine)
    return nil
  }
}

/// A buffer that a heap gave out.
public struct HeapBuffer: Hashable, Sendable {
  /// The length asked for, in bytes, from 1.
  public let requestedBytes: UInt64
  /// The pages in the order of the buffer's chunks, neighbours merged.
  public internal(set) var pages: MergedPageRanges
}

/// What the buffers of a heap hold.
public struct HeapUsage: Hashable, Sendable {
  /// Buffers that have not been given back whole.
  public private(set) var buffers: UInt64 = 0
  /// Pages that buffers hold.
  public private(set) var pages: UInt64 = 0

  mutating func add(_ buffer: HeapBuffer) {
    buffers += 1
    pages += buffer.pages.pages
  }

  mutating func remove(_ ranges: [PageRange], wholeBuffer: Bool) {
    if wholeBuffer, buffers > 0 { buffers -= 1 }
    pages -= min(pages, ranges.reduce(0) { $0 + $1.count })
  }
}

/// What a request for a buffer came to.
public struct HeapAnswer: Sendable {
  /// The buffer, or why there is none.
  public let outcome: Result<HeapBuffer, HeapRefusal>
  /// What it took to find out.
  public internal(set) var effort: HeapEffort
}

/// The work that a request for a buffer made.
public struct HeapEffort: Hashable, Sendable {
  /// Range allocations that the heap asked for: calls of `cma_alloc`, or ranges tried by one that walks by itself.
  public internal(set) var rangeCalls: UInt64 = 0
  /// Ranges that were tried, over all calls; of heaps without an area the blocks that were asked for.
  public internal(set) var attempts: UInt64 = 0
  /// Places that were looked at in vain, beside the ranges that were tried.
  public internal(set) var passed: UInt64 = 0
  /// The steps that the machine made for it.
  public internal(set) var work = MemoryWork()
}

/// Why a heap gave no buffer.
public struct HeapRefusal: Error, Hashable, Sendable {
  /// The error number as the caller of the heap sees it.
  public let error: KernelError
  /// The pages in the way of the last range that was tried; nil where no range was tried.
  public let lastBusy: BusyRange?
  /// The order of the last block that the page allocator did not have; nil for heaps with an area.
  public let missingOrder: Int?
}

/// A buffer in the making: what has been got so far, and what it took.
struct Gathering {
  private(set) var pages = MergedPageRanges()
  private(set) var effort = HeapEffort()
  private(set) var lastBusy: BusyRange?
  private var missingOrder: Int?

  /// Keeps pages that the heap took from the page allocator, or had.
  mutating func keep(_ range: PageRange) {
    effort.attempts += 1
    pages.append(range)
  }

  /// Notes a block that the page allocator did not have.
  mutating func lacksBlock(ofOrder order: Int) {
    effort.attempts += 1
    missingOrder = order
  }

  /// Notes places that were looked at in vain.
  mutating func passed(_ count: UInt64) { effort.passed += count }

  /// Notes one call of `cma_alloc` and keeps its range.
  ///
  /// - Returns: whether it gave one.
  mutating func keep(_ answer: CMAAnswer) -> Bool {
    effort.rangeCalls += 1
    effort.attempts += answer.attempts
    switch answer.outcome {
    case .success(let range):
      pages.append(range)
      return true
    case .failure(let refusal):
      lastBusy = refusal.lastBusy ?? lastBusy
      return false
    }
  }

  /// Notes one range that was tried without `cma_alloc`, and keeps it when it was had.
  mutating func keep(_ range: PageRange, _ answer: RangeAnswer) {
    effort.rangeCalls += 1
    effort.attempts += 1
    note(range, answer)
  }

  /// Keeps a range that was had as part of a larger step.
  mutating func note(_ range: PageRange, _ answer: RangeAnswer) {
    switch answer {
    case .claimed: pages.append(range)
    case .busy(let busy), .noMemory(let busy): lastBusy = busy
    }
  }

  /// Notes one step that asks a whole block for what it has.
  mutating func countStep() {
    effort.rangeCalls += 1
    effort.attempts += 1
  }

  func success(_ bytes: UInt64) -> HeapAnswer {
    HeapAnswer(outcome: .success(HeapBuffer(requestedBytes: bytes, pages: pages)), effort: effort)
  }

  func failure(_ error: KernelError) -> HeapAnswer {
    let refusal = HeapRefusal(error: error, lastBusy: lastBusy, missingOrder: missingOrder)
    return HeapAnswer(outcome: .failure(refusal), effort: effort)
  }
}

extension MemoryGeometry {
  /// The error for a length that no heap ever sees: `DMA_HEAP_IOCTL_ALLOC` rounds it up to pages and refuses 0, to
  /// which a length in the last page of the 64-bit numbers wraps.
  ///
  /// - Source: Linux 6.1 drivers/dma-buf/dma-heap.c, dma_heap_buffer_alloc.
  func refusal(ofLength bytes: UInt64) -> KernelError? {
    bytes == 0 || bytes > UInt64.max - (pageSizeBytes - 1) ? .invalidArgument : nil
  }
}
