/// A heap whose buffers are made of chunks of 2^`chunkOrder` pages: physically contiguous inside, scattered among
/// themselves.
///
/// A length is rounded up to whole chunks. A buffer comes whole or not at all.
public struct ChunkHeap: Heap {
  /// The name, unique among the heaps of a system.
  public let name: String
  /// The area that the heap's pages come from.
  public var area: AreaIndex? { source }
  private let source: AreaIndex
  /// What buffers hold at this moment.
  public private(set) var usage = HeapUsage()
  /// A chunk is 2^`chunkOrder` pages; from 0 to ``MemoryGeometry/orderMax``.
  public let chunkOrder: Int
  private var strategy: any ChunkStrategy

  /// A heap with no buffers.
  ///
  /// - Parameters:
  ///   - name: unique in the system.
  ///   - area: where the pages come from.
  ///   - chunkOrder: brought into the range from 0 to ``MemoryGeometry/orderMax``.
  ///   - strategy: how the chunks of a buffer are gathered.
  public init(name: String, area: AreaIndex, chunkOrder: Int, strategy: any ChunkStrategy) {
    self.name = name
    source = area
    self.chunkOrder = min(max(chunkOrder, 0), MemoryGeometry.orderMax)
    self.strategy = strategy
  }

  /// Pages in one chunk, a power of two.
  public var chunkPages: UInt64? { 1 << UInt64(chunkOrder) }

  /// The name of the variant.
  public var variant: String { strategy.name }

  /// Allocates a buffer, all of it or nothing; see ``Heap/allocate(_:on:)``.
  public mutating func allocate(_ bytes: UInt64, on machine: inout Machine) -> HeapAnswer {
    if let error = machine.geometry.refusal(ofLength: bytes) { return Gathering().failure(error) }
    let chunks = machine.geometry.blocks(holding: bytes, order: chunkOrder)
    let request = ChunkRequest(area: source, chunkOrder: chunkOrder, chunks: chunks)
    let result = strategy.gather(request, on: &machine)
    guard result.isComplete else {
      for range in result.gathering.pages.ranges { strategy.release(range, from: source, on: &machine) }
      return result.gathering.failure(result.error ?? strategy.error)
    }
    let answer = result.gathering.success(bytes)
    if case .success(let buffer) = answer.outcome { usage.add(buffer) }
    return answer
  }

  /// Gives back pages of buffers of this heap; see ``Heap/release(_:wholeBuffer:on:)``.
  public mutating func release(_ pages: [PageRange], wholeBuffer: Bool, on machine: inout Machine) {
    for range in pages { strategy.release(range, from: source, on: &machine) }
    usage.remove(pages, wholeBuffer: wholeBuffer)
  }
}
