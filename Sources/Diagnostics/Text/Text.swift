/// The words in which messages write numbers and names, the same everywhere.
public enum Text {
  /// A number in hexadecimal: `0x50001000`.
  public static func hex(_ value: some BinaryInteger) -> String {
    value < 0 ? "-0x" + String(value.magnitude, radix: 16) : "0x" + String(value, radix: 16)
  }

  /// A size in the largest binary unit that expresses it exactly, with quarters at most: `4 KiB`, `1.5 MiB`.
  ///
  /// Nothing is rounded: 4097 bytes are "4097 bytes", never "4 KiB".
  /// - Parameter bytes: the size in bytes.
  /// - Returns: a number and a unit.
  public static func size(_ bytes: UInt64) -> String {
    for (shift, unit) in [(60, "EiB"), (50, "PiB"), (40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] {
      let whole = bytes >> UInt64(shift)
      let rest = bytes & ((1 << UInt64(shift)) - 1)
      let quarter: UInt64 = 1 << UInt64(shift - 2)
      guard whole > 0, rest % quarter == 0 else { continue }
      return "\(whole)\(["", ".25", ".5", ".75"][Int(rest / quarter)]) \(unit)"
    }
    return count(bytes, "byte")
  }

  /// A size in hexadecimal with its human form beside: `0x1000 (4 KiB)`.
  /// - Parameter bytes: the size in bytes.
  /// - Returns: both forms.
  public static func hexAndSize(_ bytes: UInt64) -> String { "\(hex(bytes)) (\(size(bytes)))" }

  /// A number of things: `1 error`, `2 errors`, `3 entries`.
  ///
  /// `plural` is given where it is not the singular and an "s".
  public static func count(_ number: some BinaryInteger, _ singular: String, plural: String? = nil) -> String
  {
    number == 1 ? "1 \(singular)" : "\(number) \(plural ?? singular + "s")"
  }

  /// Names in backquotes, joined as in a sentence: "`a`, `b` and `c`".
  public static func list(_ names: [String], conjunction: String = "and") -> String {
    let quoted = names.map { "`\($0)`" }
    guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "" }
    return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + last
  }
}
