/// A number of bytes.
public struct ByteCount: Hashable, Comparable, Sendable {
  /// The number, from 0 to 2^64 - 1.
  public let bytes: UInt64

  /// Wraps a number of bytes.
  public init(_ bytes: UInt64) { self.bytes = bytes }

  /// Compares the numbers.
  public static func < (a: Self, b: Self) -> Bool { a.bytes < b.bytes }
}

/// A physical address as the CPU sees it.
public struct PhysicalAddress: Hashable, Comparable, Sendable {
  /// The address in bytes.
  public let value: UInt64

  /// Wraps an address.
  public init(_ value: UInt64) { self.value = value }

  /// Compares the numbers.
  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// The number of a page frame: a physical address divided by the page size.
public struct PageFrame: Hashable, Comparable, Sendable {
  /// The frame number.
  public let number: UInt64

  /// Wraps a frame number.
  public init(_ number: UInt64) { self.number = number }

  /// Compares the numbers.
  public static func < (a: Self, b: Self) -> Bool { a.number < b.number }
}
