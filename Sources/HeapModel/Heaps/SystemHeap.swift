/// The kernel's system heap: a buffer is made of scattered blocks of the page allocator, the largest of a few orders
/// that fit first.
///
/// Nothing moves these pages, so that they never lie in a contiguous area: what is free there does not help. Blocks of
/// the largest order are taken only where they are free; for single pages the reclaimer works to the end. Where the
/// kernel would then begin to end processes, the model refuses the buffer. So it does at once where the buffer is
/// larger than all memory.
///
/// - Source: Linux 6.1 drivers/dma-buf/heaps/system_heap.c, system_heap_allocate and alloc_largest_available.
public struct SystemHeap: Heap {
  /// The name, unique among the heaps of a system.
  public let name: String
  /// Nil: the pages come from all memory.
  public var area: AreaIndex? { nil }
  /// What buffers hold at this moment.
  public private(set) var usage = HeapUsage()

  /// The orders of blocks with what the page allocator does for each, the largest first.
  private static let orders: [(order: Int, effort: BlockEffort)] = [
    (8, .immediate), (4, .moderate), (0, .lasting),
  ]

  /// A heap with no buffers.
  init(name: String) { self.name = name }

  /// Nil: blocks are of three sizes.
  public var chunkPages: UInt64? { nil }

  /// The runs of neighbouring pages that a buffer is made of.
  public func chunks(of buffer: HeapBuffer) -> UInt64 { UInt64(buffer.pages.ranges.count) }

  /// Allocates a buffer, all of it or nothing; see ``Heap/allocate(_:on:)``.
  public mutating func allocate(_ bytes: UInt64, on machine: inout Machine) -> HeapAnswer {
    var gathering = Gathering()
    if let error = machine.geometry.refusal(ofLength: bytes) { return gathering.failure(error) }
    let pages = machine.geometry.blocks(holding: bytes, order: 0)
    guard pages <= machine.memoryPages else { return gathering.failure(.noMemory) }
    var missing = Int(pages)
    // A block is never larger than the one before.
    var largest = Int.max
    while missing > 0 {
      guard let block = takeLargest(missing, notAbove: largest, &gathering, on: &machine) else {
        for range in gathering.pages.ranges { machine.giveBackPages(range) }
        return gathering.failure(.noMemory)
      }
      machine.work.add(.zeroPage, block.count)
      gathering.keep(machine.pages.frames(of: block))
      missing -= block.count
      largest = block.count
    }
    let success = gathering.success(bytes)
    if case .success(let buffer) = success.outcome { usage.add(buffer) }
    return success
  }

  private func takeLargest(
    _ missing: Int, notAbove largest: Int, _ gathering: inout Gathering, on machine: inout Machine
  ) -> Range<Int>? {
    for (order, effort) in Self.orders where 1 << order <= min(missing, largest) {
      if let block = machine.takeBlock(order: order, effort: effort) { return block }
      gathering.lacksBlock(ofOrder: order)
    }
    return nil
  }

  /// Gives back pages of buffers of this heap; see ``Heap/release(_:wholeBuffer:on:)``.
  public mutating func release(_ pages: [PageRange], wholeBuffer: Bool, on machine: inout Machine) {
    for range in pages { machine.giveBackPages(range) }
    usage.remove(pages, wholeBuffer: wholeBuffer)
  }
}
