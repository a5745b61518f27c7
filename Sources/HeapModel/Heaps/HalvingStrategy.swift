/// The chunk heap as products ship it: like failfast, but a failure in the retrying mode halves the block and turns
/// no-retry on again; it gives up when the block would be smaller than a chunk.
///
/// - Source: the chunk heap of shipped vendor kernels, recorded on Linux 6.1.
public struct HalvingStrategy: ChunkStrategy {
  public let name = "halving"
  public let error = KernelError.noMemory

  /// The strategy; it keeps nothing between buffers.
  public init() {}

  public func gather(_ request: ChunkRequest, on machine: inout Machine) -> ChunkGathering {
    gatherBlocks(request, on: &machine) { $0 > request.chunkOrder ? $0 - 1 : nil }
  }
}
