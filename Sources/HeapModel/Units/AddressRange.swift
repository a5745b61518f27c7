/// A run of physical addresses.
public struct AddressRange: Hashable, Sendable {
  /// The first address.
  public let base: PhysicalAddress
  /// The number of bytes, from 0; `base + size` may pass the end of the address space, as in a faulty tree.
  public let size: ByteCount

  /// The `size` bytes from `base`.
  ///
  /// - Parameters:
  ///   - base: the first address.
  ///   - size: in bytes, any value.
  public init(base: UInt64, size: UInt64) {
    self.base = PhysicalAddress(base)
    self.size = ByteCount(size)
  }
}
