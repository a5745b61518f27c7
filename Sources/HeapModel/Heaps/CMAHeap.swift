/// The kernel's own CMA heap: a buffer is one range of pages.
///
/// The length is rounded up to pages and not to a power of two; the range is aligned to the power of two that
/// holds it, up to a limit. One pinned page in every range of that length defeats it. The heap fills the buffer with
/// zeroes before it hands it out.
///
/// - Source: Linux 6.1 drivers/dma-buf/heaps/cma_heap.c, cma_heap_allocate.
public struct CMAHeap: Heap {
  /// The name, unique among the heaps of a system.
  public let name: String
  /// The area that the heap's pages come from.
  public var area: AreaIndex? { source }
  private let source: AreaIndex
  /// What buffers hold at this moment.
  public private(set) var usage = HeapUsage()
  /// The largest alignment order, `CONFIG_CMA_ALIGNMENT`; 8 by default.
  public let alignOrderMax: Int

  /// A heap with no buffers.
  ///
  /// - Parameters:
  ///   - name: unique in the system.
  ///   - area: where the pages come from.
  ///   - alignOrderMax: in orders of pages, from 0; the kernel's configuration takes 2 to 12.
  public init(name: String, area: AreaIndex, alignOrderMax: Int = 8) {
    self.name = name
    source = area
    self.alignOrderMax = max(alignOrderMax, 0)
  }

  /// Nil: a buffer is one piece.
  public var chunkPages: UInt64? { nil }

  /// Allocates a buffer, all of it or nothing; see ``Heap/allocate(_:on:)``.
  public mutating func allocate(_ bytes: UInt64, on machine: inout Machine) -> HeapAnswer {
    var gathering = Gathering()
    if let error = machine.geometry.refusal(ofLength: bytes) { return gathering.failure(error) }
    let count = machine.geometry.blocks(holding: bytes, order: 0)
    let alignOrder = min(MemoryGeometry.order(holdingPages: count), alignOrderMax)
    let answer = machine.allocateRange(count, alignOrder: alignOrder, mode: .normal, in: source)
    guard gathering.keep(answer) else { return gathering.failure(answer.callerError ?? .noMemory) }
    machine.work.add(.zeroPage, Int(count))
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
