/// How a chunk heap gathers the chunks of one buffer: the part in which its versions differ.
public protocol ChunkStrategy: Sendable {
  /// The variant's name, as reports and traces write it.
  var name: String { get }
  /// The error that the caller sees when there are too few chunks.
  var error: KernelError { get }

  /// Gathers chunks for a buffer.
  ///
  /// - Returns: whether all were had; what was got before a failure is given back by the heap.
  mutating func gather(_ request: ChunkRequest, on machine: inout Machine) -> ChunkGathering

  /// Gives back pages that this strategy gathered.
  func release(_ range: PageRange, from area: AreaIndex, on machine: inout Machine)
}

extension ChunkStrategy {
  /// Gives the pages back to the area, which is right for every strategy that took them from its bitmap.
  public func release(_ range: PageRange, from area: AreaIndex, on machine: inout Machine) {
    machine.release(range, to: area)
  }
}

/// The chunks that a buffer needs.
public struct ChunkRequest: Hashable, Sendable {
  /// The area to take them from.
  public let area: AreaIndex
  /// A chunk is 2^`chunkOrder` pages.
  public let chunkOrder: Int
  /// The number of chunks, from 1.
  public let chunks: UInt64
}

/// What a strategy has gathered.
public struct ChunkGathering {
  /// Whether it is all that was asked for.
  let isComplete: Bool
  /// The ranges, and what they took.
  let gathering: Gathering
  /// The error of the step that ended it; nil for the strategy's own.
  var error: KernelError?
}

/// The loop that failfast and halving share: blocks of falling order from `cma_alloc`.
///
/// A block starts as large as a pageblock or a chunk, and is halved while fewer chunks are missing than it holds.
/// The first failure turns the no-retry mode off and asks once more; what the next one does is the strategy's.
///
/// - Parameters:
///   - request: the chunks of one buffer.
///   - machine: where the area is.
///   - lower: the block order to go on with after a failure in the retrying mode, again without retry; nil to give up.
/// - Returns: what was got, whether all of it or not.
func gatherBlocks(
  _ request: ChunkRequest, on machine: inout Machine, lower: (_ blockOrder: Int) -> Int?
) -> ChunkGathering {
  var gathering = Gathering()
  var missing = request.chunks
  var blockOrder = max(machine.geometry.pageblockOrder, request.chunkOrder)
  var mayRetry = false
  while missing > 0 {
    while missing < 1 << UInt64(blockOrder - request.chunkOrder) { blockOrder -= 1 }
    let mode: any RangeMode = mayRetry ? .normal : .noRetry
    let answer = machine.allocateRange(
      1 << UInt64(blockOrder), alignOrder: blockOrder, mode: mode, in: request.area)
    if gathering.keep(answer) {
      missing -= 1 << UInt64(blockOrder - request.chunkOrder)
    } else if !mayRetry {
      mayRetry = true
    } else if let next = lower(blockOrder) {
      blockOrder = next
      mayRetry = false
    } else {
      return ChunkGathering(isComplete: false, gathering: gathering)
    }
  }
  return ChunkGathering(isComplete: true, gathering: gathering)
}
