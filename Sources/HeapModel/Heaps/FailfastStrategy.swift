/// The chunk heap of January 2021 (versions 3 and 4): naturally aligned blocks, the no-retry mode first; the second
/// failure of a buffer is its end.
///
/// Neither the mode nor the block order ever recovers within one buffer, so one pinned page in every pageblock
/// defeats it with most of the area free.
///
/// - Source: "dma-buf: heaps: add chunk heap to dmabuf heaps", version 4, 21 January 2021.
public struct FailfastStrategy: ChunkStrategy {
  /// The variant's name.
  public let name = "failfast"
  /// The error that the caller sees when there are too few chunks.
  public let error = KernelError.noMemory

  /// The strategy; it keeps nothing between buffers.
  public init() {}

  /// Gathers chunks for a buffer; see ``ChunkStrategy/gather(_:on:)``.
  public func gather(_ request: ChunkRequest, on machine: inout Machine) -> ChunkGathering {
    gatherBlocks(request, on: &machine) { _ in nil }
  }
}
