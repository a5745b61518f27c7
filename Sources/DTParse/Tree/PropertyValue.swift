/// Typed readings of a value. Each gives nil where the bytes do not have the form, and never guesses.
extension Property {
  /// The value as 32-bit cells; nil if it is no whole number of them.
  public var cells: [UInt32]? {
    withBytes { bytes in
      guard bytes.count % 4 == 0 else { return nil }
      return stride(from: 0, to: bytes.count, by: 4).map { bytes.cell(at: $0) }
    }
  }

  /// The value as one 32-bit cell.
  public var cell: UInt32? { withBytes { $0.count == 4 ? $0.cell(at: 0) : nil } }

  /// The value as one number of one or two cells.
  public var number: UInt64? {
    withBytes { bytes in
      switch bytes.count {
      case 4: UInt64(bytes.cell(at: 0))
      case 8: bytes.number(at: 0, cells: 2)
      default: nil
      }
    }
  }

  /// The value as one string: it ends with its only NUL.
  public var string: String? {
    withBytes { bytes in
      guard bytes.last == 0, !bytes.dropLast().contains(0) else { return nil }
      return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
  }

  /// The value as a list of strings, each ended by a NUL; nil if it does not end with one.
  public var strings: [String]? {
    withBytes { bytes in
      guard bytes.last == 0 else { return nil }
      return bytes.dropLast().split(separator: 0, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The nodes that the value's cells name as phandles; nil where one names nothing.
  public var phandleTargets: [Node?]? { cells.map { $0.map { tree.node(phandle: $0) } } }
}

extension UnsafeBufferPointer<UInt8> {
  /// The big-endian 32-bit number at `offset`, which must lie inside.
  public func cell(at offset: Int) -> UInt32 {
    precondition(offset >= 0 && offset + 4 <= count, "cell at \(offset) of \(count) bytes")
    return UInt32(self[offset]) << 24 | UInt32(self[offset + 1]) << 16 | UInt32(self[offset + 2]) << 8
      | UInt32(self[offset + 3])
  }

  /// The number in `cells` cells from `offset` on; of more than two cells the last two count, as in the kernel
  /// (drivers/of/fdt.c, `dt_mem_next_cell` over `of_read_number`).
  public func number(at offset: Int, cells: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<Swift.max(0, cells) { value = value << 32 | UInt64(cell(at: offset + 4 * index)) }
    return value
  }
}
