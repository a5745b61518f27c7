/// A file's bytes with zeros behind them, so that the lexer can look ahead without asking where the file ends.
final class InputBuffer: @unchecked Sendable {
  let base: UnsafePointer<UInt8>
  let limit: UnsafePointer<UInt8>
  private let storage: UnsafeMutablePointer<UInt8>

  /// How many zeros stand behind the last byte.
  static let paddingBytes = 32

  init(_ bytes: [UInt8]) {
    let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + Self.paddingBytes)
    bytes.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { copy.update(from: first, count: source.count) }
    }
    (copy + bytes.count).update(repeating: 0, count: Self.paddingBytes)
    storage = copy
    base = UnsafePointer(copy)
    limit = base + bytes.count
  }

  deinit { storage.deallocate() }
}
