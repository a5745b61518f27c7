/// What became of a plan.
public struct SimulationReport: Hashable, Sendable {
  /// Every buffer that was asked for, in the order of writing.
  public let buffers: [BufferReport]
  /// Every heap of the system, in the order of the configuration.
  public let heaps: [HeapReport]
  /// The first buffer that was refused, by time; nil where the plan fits.
  public let failure: FailureReport?
  /// Whether the plan was run to its end; false where it is more work than ``Simulation/workMax``.
  public let isComplete: Bool
  /// What the areas of the heaps were used for over the run, in the order of the configuration; empty where that was
  /// not recorded.
  public let areas: [AreaHistory]

  init(
    buffers: [BufferReport], heaps: [HeapReport], failure: FailureReport?, isComplete: Bool,
    areas: [AreaHistory] = []
  ) {
    self.buffers = buffers
    self.heaps = heaps
    self.failure = failure
    self.isComplete = isComplete
    self.areas = areas
  }

  /// Whether every buffer was given.
  public var fits: Bool { failure == nil && isComplete }
}

/// What became of one buffer.
public struct BufferReport: Hashable, Sendable {
  /// The name and the number in it, `name[index]`, from 0 over counts and repetitions.
  public let name: String
  /// The name of its heap.
  public let heap: String
  /// The length asked for.
  public let requested: ByteCount
  /// The length given, a whole number of chunks or pages; 0 where it was refused.
  public let allocated: ByteCount
  /// When it was asked for.
  public let at: SimulationTime
  /// When it is given back; nil where it stays to the end of the run.
  public let until: SimulationTime?
  /// Nil for success, else the error that the caller sees.
  public let error: KernelError?
  /// The number of chunks; 1 for a buffer in one piece, 0 where it was refused.
  public let chunks: UInt64
  /// Where it lies, in the order of its chunks, neighbours merged.
  public let ranges: [AddressRange]
  /// How long the request took, given or refused; nil on an idle machine, where nothing has to be moved.
  public let latency: SimulationTime?
  /// What the heap did for it.
  public let effort: HeapEffort

  /// `ok`, or the name of the error.
  public var result: String { error?.name ?? "ok" }
}

/// How far a plan filled a heap.
///
/// `peak`, `largestFree` and `wasted` are of one moment, `peakAt`.
public struct HeapReport: Hashable, Sendable {
  /// The name.
  public let name: String
  /// The length of its area, or of all memory outside areas for a heap that has none.
  public let size: ByteCount
  /// The most that its buffers held at one time, rounding included.
  public let peak: ByteCount
  /// The first moment at which they held it.
  public let peakAt: SimulationTime
  /// The longest run of pages in the area then that were free, or lent out and could be had back; without an area, of
  /// free pages of no area.
  public let largestFree: ByteCount
  /// What rounding up to chunks or pages cost then.
  public let wasted: ByteCount
  /// What the pool behind the heap did; nil for a heap without one.
  public var pool: PoolReport?
}

/// What a pool of pages did in a run, beside what its buffers held.
public struct PoolReport: Hashable, Sendable {
  /// What it keeps from everyone else at the end of the run.
  public let held: ByteCount
  /// The most that lay ready in it at one time.
  public let mostHeld: ByteCount
  /// What the reclaimer took.
  public let reclaimed: ByteCount
  /// Refills that ended early, because the page allocator had no block.
  public let softFailures: UInt64
  /// Requests that failed for that reason.
  public let hardFailures: UInt64
}

/// Why a plan does not fit.
public struct FailureReport: Hashable, Sendable {
  /// The first buffer that was refused.
  public let buffer: String
  /// When.
  public let at: SimulationTime
  /// The reason, for a program.
  public let cause: FailureCause
  /// The reason in one sentence with its numbers, for a board engineer.
  public let why: String
  /// Changes after which the whole plan fits; each was run.
  public let wouldFitWith: [VerifiedChange]
  /// Whether every change that could help was tried; where that is more work than is done, some were not.
  public let isSearchComplete: Bool
}

/// The reasons for which a machine refuses a buffer.
public enum FailureCause: String, Hashable, Sendable {
  /// The buffer has no length.
  case emptyRequest = "empty-request"
  /// The buffer is larger than the heap's area.
  case largerThanHeap = "larger-than-heap"
  /// Other buffers hold so much that too few pages are free.
  case heapFull = "heap-full"
  /// Enough pages are free, and pinned pages are in the way.
  case pinnedPages = "pinned-pages"
  /// Enough pages are free, in pieces that are too small or not aligned.
  case fragmented = "fragmented"
  /// A page is held for a moment, by I/O in flight or a pipe.
  case shortPins = "short-pins"
  /// A file system's journal keeps a page.
  case journalledMetadata = "journalled-metadata"
  /// A page is on its way to the disk.
  case writeback = "writeback"
  /// Lent pages could not be copied elsewhere, for memory is full and nothing can be swapped.
  case noRoomToMove = "no-room-to-move"
  /// The memory outside areas is used up.
  case memoryFull = "memory-full"
}

/// A change of the system after which the plan was run and fitted.
public struct VerifiedChange: Hashable, Sendable {
  /// The change.
  public let change: SystemChange
  /// Whether the plan fitted in a run with it; the advisor names no other.
  public let verified: Bool
}

/// One change of a system of heaps.
public enum SystemChange: Hashable, Sendable, CustomStringConvertible {
  /// The area gets this size.
  case areaSize(area: String, size: ByteCount)
  /// The chunk heap gets this chunk order.
  case chunkOrder(heap: String, order: Int, chunkSize: ByteCount)
  /// The pool gets compound pages of this order.
  case poolOrder(heap: String, order: Int, size: ByteCount)
  /// The buffers of one heap come from another.
  case otherHeap(heap: String, instead: String)
  /// The heap is replaced by one of another kind.
  case kind(heap: String, HeapKind)
  /// One of those that stand beside the heaps is gone.
  case withoutHolder(String)
  /// So much can be swapped out.
  case swap(ByteCount)

  /// The change in words.
  public var description: String {
    switch self {
    case .areaSize(let area, let size):
      "make area `\(area)` \(size.inBinaryUnits) (\(size.bytes) bytes) large"
    case .chunkOrder(let heap, let order, let chunkSize):
      "set the chunk order of heap `\(heap)` to \(order) (\(chunkSize.inBinaryUnits) chunks)"
    case .poolOrder(let heap, let order, let size):
      "set the order of pool `\(heap)` to \(order) (\(size.inBinaryUnits))"
    case .otherHeap(let heap, let other): "take the buffers of heap `\(heap)` from heap `\(other)`"
    case .withoutHolder(let name): "keep what `\(name)` holds out of the memory"
    case .swap(let size): "add \(size.inBinaryUnits) of swap"
    case .kind(let heap, let kind):
      "run heap `\(heap)` as `\(kind.name)`"
    }
  }
}
