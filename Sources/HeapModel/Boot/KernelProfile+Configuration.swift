extension KernelProfile {
  /// How a kernel reads the numbers of its configuration.
  public struct ConfigurationRules: Hashable, Sendable {
    /// CMA slots beyond `CONFIG_CMA_AREAS`.
    ///
    /// - Source: Linux 6.1 include/linux/cma.h, MAX_CMA_AREAS; 6.12 counts the default area in.
    public internal(set) var areasBeyondCount = 1
    /// Whether `CONFIG_ARCH_FORCE_MAX_ORDER` is the first order that is too large (6.1), or the largest (6.12).
    ///
    /// - Source: Linux 6.1 include/linux/mmzone.h, MAX_ORDER; 6.12, MAX_PAGE_ORDER.
    public internal(set) var orderIsExclusive = true
    /// Whether transparent huge pages set the pageblock where HUGETLB is off.
    ///
    /// - Source: Linux 6.12 include/linux/pageblock-flags.h, pageblock_order.
    public internal(set) var pageblockFollowsTransparentHugePages = false
  }

  /// What a configuration says about the sizes of pages and blocks; nil is what it does not say.
  public struct BlockSizes: Hashable, Sendable {
    /// The page size.
    public var pageSize: PageSize?
    /// `CONFIG_ARCH_FORCE_MAX_ORDER`, as it is written.
    public var configuredMaxOrder: Int?
    /// Whether the kernel has HUGETLB.
    public var hasHugePages: Bool?
    /// Whether the kernel has transparent huge pages.
    public var hasTransparentHugePages: Bool?
    /// `CONFIG_PAGE_BLOCK_MAX_ORDER`, a bound that kernels from 6.17 on have.
    public var pageblockOrderMax: Int?

    /// Nothing is said.
    public init() {}
  }

  /// The profile with the page and block sizes of a configuration.
  ///
  /// A pageblock is one huge page where the kernel has such, but never more than the largest block; else it is the
  /// largest block.
  ///
  /// - Parameter sizes: what the configuration says.
  /// - Returns: nil where the architecture has no such page size, or the largest order is not from 1 to 24.
  /// - Source: Linux 6.1 include/linux/pageblock-flags.h, pageblock_order.
  public func with(_ sizes: BlockSizes) -> KernelProfile? {
    guard var copy = sizes.pageSize.map({ with(pageSize: $0) }) ?? self else { return nil }
    if let order = sizes.configuredMaxOrder {
      // The bounds come first: the number is anybody's.
      guard (1...25).contains(order) else { return nil }
      copy.maxOrder = order - (configurationRules.orderIsExclusive ? 1 : 0)
      guard (1...24).contains(copy.maxOrder) else { return nil }
    }
    let bound = min(copy.maxOrder, max(sizes.pageblockOrderMax ?? .max, 0))
    let transparent =
      configurationRules.pageblockFollowsTransparentHugePages && sizes.hasTransparentHugePages ?? false
    if sizes.hasHugePages ?? (architecture == .arm64) || transparent && architecture == .arm64 {
      copy.pageblockOrder = min(copy.pageSize.shift - 3, bound)
    } else {
      copy.pageblockOrder = bound
    }
    return copy
  }
}
