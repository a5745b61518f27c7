/// The chunk heap as products ship it: like failfast, but a failure in the retrying mode halves the block and turns
/// no-retry on again; it gives up when the block would be smaller than a chunk.
///
/// - Source: the chunk heap of shipped vendor kernels, recorded on Linux 6.1.
public struct HalvingStrategy: ChunkStrategy {
  /// The variant's name.
  public let name = "halving"
  /// The error that the caller sees when there are too few chunks.
  public let error = KernelError.noMemory

  /// The strategy; it keeps nothing between buffers.
  public init() {}

  /// Gathers chunks for a buffer; see ``ChunkStrategy/gather(_:on:)``.
  public func gather(_ request: ChunkRequest, on machine: inout Machine) -> ChunkGathering {
    gatherBlocks(request, on: &machine) { $0 > request.chunkOrder ? $0 - 1 : nil }
  }
}
