/// The strings by which heap devices and heap regions are known.
public enum HeapCompatibles {
  /// Forms 1 and 2 of the chunk heap; the second is deprecated, `dma_heap` being no vendor prefix.
  public static let chunk = ["linux,dma-heap-chunk", "dma_heap,chunk"]
  /// Form 3 of the chunk heap, as shipped in products.
  public static let productChunk = "samsung,dma-heap-chunk"
  /// The family of form 3: devices that use regions with the same properties.
  public static let productFamily = [
    "samsung,dma-heap-chunk", "samsung,dma-heap-cma", "samsung,dma-heap-carveout", "samsung,dma-heap-system",
  ]
  /// The flags of form 3.
  public static let flags = [
    "dma-heap,secure", "dma-heap,video_aligned", "dma-heap,untouchable", "dma-heap,allow_kva",
    "dma-heap,secure_sysmmu",
  ]

  /// Whether a device with this compatible string is a heap.
  public static func isHeapDevice(_ compatible: String) -> Bool {
    chunk.contains(compatible) || productFamily.contains(compatible)
  }
}
