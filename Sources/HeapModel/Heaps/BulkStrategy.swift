/// The chunk heap over `cma_alloc_bulk` (November and December 2020): each pass walks the area's bitmap once from the
/// start and skips what is busy.
///
/// A step asks for a pageblock (or a chunk where that is larger) or for all that is still missing, aligned to the
/// chunk only, so that a last step can be of any number of chunks. The first passes are quick, the last one is not.
/// Where no page is left to copy others to, the walk ends at once.
///
/// - Source: "mm: introduce cma_alloc_bulk API", version 2, 1 December 2020, and its chunk heap.
public struct BulkStrategy: ChunkStrategy {
  /// The variant's name.
  public let name = "bulk"
  /// The error that the caller sees when there are too few chunks.
  public let error = KernelError.busy
  /// The number of walks over the area, from 1 to ``passesMax``.
  public let passes: Int

  /// The most passes that the model takes.
  public static let passesMax = 1000

  /// A strategy of `passes` walks; a number out of range is brought into it.
  public init(passes: Int = 2) { self.passes = min(max(passes, 1), Self.passesMax) }

  /// Gathers chunks for a buffer; see ``ChunkStrategy/gather(_:on:)``.
  public func gather(_ request: ChunkRequest, on machine: inout Machine) -> ChunkGathering {
    var gathering = Gathering()
    let area = machine[request.area].pages
    let blockPages: UInt64 = 1 << UInt64(max(machine.geometry.pageblockOrder, request.chunkOrder))
    let chunkPages: UInt64 = 1 << UInt64(request.chunkOrder)
    var missing = request.chunks
    for pass in 1...passes {
      let mode: any RangeMode = pass < passes ? .fast : .normal
      var start: UInt64 = 0
      while missing > 0 {
        let count = min(blockPages / chunkPages, missing) * chunkPages
        let found = machine[request.area].nextClearRange(
          from: start, count: count, alignOrder: request.chunkOrder)
        guard let range = found else { break }
        let answer = machine.attempt(range, mode: mode, in: request.area)
        gathering.keep(range, answer)
        switch answer {
        case .claimed: missing -= count / chunkPages
        case .busy: break
        case .noMemory: return ChunkGathering(isComplete: false, gathering: gathering, error: .noMemory)
        }
        start = range.frames.upperBound - area.first.number
      }
      if missing == 0 { return ChunkGathering(isComplete: true, gathering: gathering) }
    }
    return ChunkGathering(isComplete: false, gathering: gathering)
  }
}
