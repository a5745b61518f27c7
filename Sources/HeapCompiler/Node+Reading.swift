import DTParse

/// Readings of common properties as the kernel makes them, which are laxer than the specification.
extension Node {
  /// The strings of `compatible`; empty where there is none.
  public var compatible: [String] { self["compatible"]?.looseStrings ?? [] }

  /// Whether `status` lets the kernel use the node: absent, `ok` or `okay` (Linux 6.1 drivers/of/base.c,
  /// __of_device_is_available).
  public var isEnabled: Bool {
    guard let status = self["status"] else { return true }
    return ["ok", "okay"].contains(status.firstString ?? "")
  }
}

extension Property {
  /// The bytes up to the first NUL, or all of them.
  public var firstString: String? {
    withBytes { bytes in bytes.isEmpty ? nil : String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The strings of a list, also of one that does not end with a NUL.
  public var looseStrings: [String] {
    withBytes { bytes in
      var strings = bytes.split(separator: 0, omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
      if strings.last?.isEmpty == true { strings.removeLast() }
      return strings
    }
  }

  /// The first cell of a value of at least four bytes.
  public var firstCell: UInt32? { withBytes { $0.count >= 4 ? $0.cell(at: 0) : nil } }
}
