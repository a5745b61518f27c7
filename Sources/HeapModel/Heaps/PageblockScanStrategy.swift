/// The first chunk heap (August 2020, `alloc_pages_bulk`): a cursor goes round the area's pageblocks, and each block
/// gives as many chunks as it can, behind the back of the area's bitmap.
///
/// The cursor belongs to the heap and is advanced before each step. When as many steps as there are pageblocks have
/// not sufficed, the buffer fails.
///
/// - Source: "Chunk Heap Support on DMA-HEAP", version 1, 18 August 2020, and "mm: introduce alloc_pages_bulk",
///   14 August 2020: the procedure of the patches; no recorded run of a kernel exists.
public struct PageblockScanStrategy: ChunkStrategy {
  /// The variant's name.
  public let name = "pageblock-scan"
  /// The error that the caller sees when there are too few chunks.
  public let error = KernelError.noMemory
  /// The pageblock of the last step, counted from the area's start.
  private var cursor: UInt64 = 0

  /// A strategy whose first step looks at the area's second pageblock.
  public init() {}

  /// Gathers chunks for a buffer; see ``ChunkStrategy/gather(_:on:)``.
  public mutating func gather(_ request: ChunkRequest, on machine: inout Machine) -> ChunkGathering {
    var gathering = Gathering()
    let area = machine[request.area].pages
    // A chunk larger than a pageblock makes steps of its own size.
    let blockPages: UInt64 = 1 << UInt64(max(machine.geometry.pageblockOrder, request.chunkOrder))
    let blocks = (area.count - 1) / blockPages + 1
    var missing = request.chunks
    for _ in 0..<blocks where missing > 0 {
      cursor = (cursor + 1) % blocks
      let first = area.first.number + cursor * blockPages
      let block = PageRange(first..<min(first + blockPages, area.frames.upperBound))
      gathering.countStep()
      missing -= takeChunks(missing, of: request, from: block, on: &machine, into: &gathering)
    }
    return ChunkGathering(isComplete: missing == 0, gathering: gathering)
  }

  /// Gives the pages back behind the bitmap's back, as they were taken.
  public func release(_ range: PageRange, from area: AreaIndex, on machine: inout Machine) {
    machine.release(range)
  }

  /// Takes up to `missing` chunks of one block, in ascending order, and passes over those that are busy.
  private func takeChunks(
    _ missing: UInt64, of request: ChunkRequest, from block: PageRange, on machine: inout Machine,
    into gathering: inout Gathering
  ) -> UInt64 {
    let chunkPages: UInt64 = 1 << UInt64(request.chunkOrder)
    var taken: UInt64 = 0
    var first = (block.first.number + chunkPages - 1) & ~(chunkPages - 1)
    while taken < missing, first + chunkPages <= block.frames.upperBound {
      let chunk = PageRange(first..<first + chunkPages)
      let answer = machine.claim(chunk, mode: .normal)
      gathering.note(chunk, answer)
      if case .claimed = answer { taken += 1 }
      first += chunkPages
    }
    return taken
  }
}
