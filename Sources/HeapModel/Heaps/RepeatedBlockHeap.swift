/// A heap that fills a buffer with repeated requests for one block of fixed size, 2 MiB by default, each with
/// everything that `cma_alloc` does, and gives up at the first that fails.
///
/// - Source: the way that the chunk heap's threads of 2020 compare themselves with; a block is aligned as
///   dma_alloc_contiguous of Linux 6.1 kernel/dma/contiguous.c aligns it.
public struct RepeatedBlockHeap: Heap {
  /// The name, unique among the heaps of a system.
  public let name: String
  /// The area that the heap's pages come from.
  public var area: AreaIndex? { source }
  private let source: AreaIndex
  /// What buffers hold at this moment.
  public private(set) var usage = HeapUsage()
  /// Bytes in a block, from 1; rounded up to whole pages.
  public let blockBytes: UInt64
  /// The largest alignment order, `CONFIG_CMA_ALIGNMENT`; 8 by default.
  public let alignOrderMax: Int
  /// Pages in a block.
  private let blockPages: UInt64

  /// A heap with no buffers.
  ///
  /// - Parameters:
  ///   - name: unique in the system.
  ///   - area: where the pages come from.
  ///   - geometry: of the machine.
  ///   - blockBytes: 0 is taken for 1.
  ///   - alignOrderMax: in orders of pages, from 0.
  public init(
    name: String, area: AreaIndex, geometry: MemoryGeometry, blockBytes: UInt64 = 2 << 20,
    alignOrderMax: Int = 8
  ) {
    self.name = name
    source = area
    self.blockBytes = max(blockBytes, 1)
    self.alignOrderMax = max(alignOrderMax, 0)
    blockPages = geometry.blocks(holding: self.blockBytes, order: 0)
  }

  /// Pages in one block.
  public var chunkPages: UInt64? { blockPages }

  /// Allocates a buffer, all of it or nothing; see ``Heap/allocate(_:on:)``.
  public mutating func allocate(_ bytes: UInt64, on machine: inout Machine) -> HeapAnswer {
    var gathering = Gathering()
    if let error = machine.geometry.refusal(ofLength: bytes) { return gathering.failure(error) }
    let pages = machine.geometry.blocks(holding: bytes, order: 0)
    let alignOrder = min(MemoryGeometry.order(holdingPages: blockPages), alignOrderMax)
    while gathering.pages.pages < pages {
      let answer = machine.allocateRange(blockPages, alignOrder: alignOrder, mode: .normal, in: source)
      guard gathering.keep(answer) else {
        for range in gathering.pages.ranges { machine.release(range, to: source) }
        return gathering.failure(answer.callerError ?? .noMemory)
      }
    }
    let success = gathering.success(bytes)
    if case .success(let buffer) = success.outcome { usage.add(buffer) }
    return success
  }

  /// Gives back pages of buffers of this heap; see ``Heap/release(_:wholeBuffer:on:)``.
  public mutating func release(_ pages: [PageRange], wholeBuffer: Bool, on machine: inout Machine) {
    for range in pages { machine.release(range, to: source) }
    usage.remove(pages, wholeBuffer: wholeBuffer)
  }
}
