extension ByteCount {
  /// The number with the largest binary unit that is not larger than it, to one decimal: `95.5 MiB`, `64 KiB`.
  ///
  /// Rounded to the nearest tenth, halves upwards; the unit stays, so that 1 byte below 1 MiB is `1024 KiB`.
  public var inBinaryUnits: String {
    let units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var power = 0
    while power + 1 < units.count, bytes >> UInt64(10 * (power + 1)) > 0 { power += 1 }
    guard power > 0 else { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
    let shift = UInt64(10 * power)
    let whole = bytes >> shift
    // The rest is cut to its upper 10 bits, so that ten times it cannot overflow.
    let rest = (bytes & ((1 << shift) - 1)) >> (shift - 10)
    let tenths = whole * 10 + (rest * 10 + 512) >> 10
    let text = tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    return "\(text) \(units[power])"
  }
}
