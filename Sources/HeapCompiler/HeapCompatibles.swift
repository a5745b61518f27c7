import DTParse

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

  /// Whether a device with this compatible string is a heap; the kernel ignores case (of_compat_cmp).
  public static func isHeapDevice(_ compatible: String) -> Bool {
    let text = compatible.lowercased()
    return chunk.contains(text) || productFamily.contains(text)
  }
}

extension HeapCompatibles {
  /// Whether a node has such a string; strings are made only where a value is of heaps at all.
  static func isHeapDevice(_ node: Node) -> Bool {
    guard let property = node["compatible"], property.byteCount >= shortest else { return false }
    return property.looseStrings.contains(where: isHeapDevice)
  }

  private static let shortest = (chunk + productFamily).map(\.utf8.count).min() ?? 0
}
