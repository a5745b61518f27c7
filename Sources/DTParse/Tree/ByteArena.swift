/// A growing run of bytes that property values point into.
///
/// Values are never moved or freed one by one, so that a value is an offset and a length.
struct ByteArena: ~Copyable, @unchecked Sendable {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count: Int
  private var capacity: Int

  init(capacity: Int = 16 << 10) {
    self.base = .allocate(capacity: max(capacity, 64))
    self.count = 0
    self.capacity = max(capacity, 64)
  }

  deinit { base.deallocate() }

  private mutating func grow(by extra: Int) {
    var larger = capacity
    repeat { larger *= 2 } while larger < count + extra
    let fresh = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    fresh.update(from: base, count: count)
    base.deallocate()
    base = fresh
    capacity = larger
  }

  @inline(__always)
  private mutating func reserve(_ extra: Int) {
    if count + extra > capacity { grow(by: extra) }
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  /// Appends the low `width` bytes of `value`, most significant first; `width` is 1, 2, 4 or 8.
  @inline(__always)
  mutating func append(_ value: UInt64, width: Int) {
    reserve(8)
    let end = UnsafeMutableRawPointer(base + count)
    switch width {
    case 4: end.storeBytes(of: UInt32(truncatingIfNeeded: value).bigEndian, as: UInt32.self)
    case 1: end.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
    case 2: end.storeBytes(of: UInt16(truncatingIfNeeded: value).bigEndian, as: UInt16.self)
    default: end.storeBytes(of: value.bigEndian, as: UInt64.self)
    }
    count &+= width
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    (base + count).update(from: source, count: bytes.count)
    count += bytes.count
  }

  /// Appends a copy of bytes that are already in the arena.
  mutating func appendCopy(of range: Range<Int>) {
    precondition(range.upperBound <= count, "copy of \(range) from an arena of \(count) bytes")
    reserve(range.count)
    (base + count).update(from: base + range.lowerBound, count: range.count)
    count += range.count
  }

  /// The big-endian 32-bit number at `offset`.
  func cell(at offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset + 4 <= count, "cell at \(offset) of \(count) bytes")
    return UInt32(bigEndian: UnsafeRawPointer(base + offset).loadUnaligned(as: UInt32.self))
  }

  /// Replaces the big-endian 32-bit number at `offset`.
  mutating func setCell(_ value: UInt32, at offset: Int) {
    precondition(offset >= 0 && offset + 4 <= count, "cell at \(offset) of \(count) bytes")
    UnsafeMutableRawPointer(base + offset).storeBytes(of: value.bigEndian, as: UInt32.self)
  }

  /// The bytes of a value.
  func bytes(_ start: Int, _ length: Int) -> UnsafeBufferPointer<UInt8> {
    precondition(
      start >= 0 && length >= 0 && start + length <= count, "\(length) bytes at \(start) of \(count)")
    return UnsafeBufferPointer(start: base + start, count: length)
  }
}
