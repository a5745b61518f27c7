import HeapModel

/// Sizes and times as people write them in plans.
enum Quantity {
  /// Why a text is no quantity.
  enum Fault: Error, Hashable {
    case malformed
    case negative
    case tooLarge
  }

  /// A number of bytes, as ``ByteQuantity`` reads it.
  static func bytes(_ text: String) -> Result<UInt64, Fault> {
    if text.hasPrefix("-") { return .failure(.negative) }
    // A leading zero would be octal for YAML 1.1 and decimal for YAML 1.2.
    let isOctal = text.hasPrefix("0") && text.dropFirst().first?.isNumber == true
    if !isOctal, let quantity = ByteQuantity(text) { return .success(quantity.bytes) }
    return .failure(!isOctal && isOverflow(text) ? .tooLarge : .malformed)
  }

  /// Whether a text would be a number of bytes if its digits stood for less.
  private static func isOverflow(_ text: String) -> Bool {
    let lowered = text.lowercased()
    let isHexadecimal = lowered.hasPrefix("0x")
    let number = isHexadecimal ? lowered.dropFirst(2) : lowered[...]
    let digits = number.prefix { $0.isASCII && (isHexadecimal ? $0.isHexDigit : $0.isNumber) }
    guard !digits.isEmpty else { return false }
    return ByteQuantity("1" + number[digits.endIndex...]) != nil
  }

  /// A whole number, without sign, in decimal or `0x…`.
  static func count(_ text: String) -> Result<UInt64, Fault> {
    if text.hasPrefix("-") { return .failure(.negative) }
    let lowered = text.lowercased()
    return lowered.hasPrefix("0x") ? integer(lowered.dropFirst(2), radix: 16) : integer(text[...], radix: 10)
  }

  private static func integer(_ digits: Substring, radix: UInt64) -> Result<UInt64, Fault> {
    // A leading zero would be octal for YAML 1.1 and decimal for YAML 1.2.
    guard !digits.isEmpty, radix == 16 || digits.count == 1 || digits.first != "0" else {
      return .failure(.malformed)
    }
    var value: UInt64 = 0
    for character in digits {
      guard let digit = character.isASCII ? character.hexDigitValue : nil, digit < radix else {
        return .failure(.malformed)
      }
      let (product, overflow) = value.multipliedReportingOverflow(by: radix)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      if overflow || carry { return .failure(.tooLarge) }
      value = sum
    }
    return .success(value)
  }

  /// The latest moment of a plan, in seconds.
  static let secondsMax: UInt64 = 1_000_000_000

  /// A time: seconds as a decimal number, or a number with `us`, `ms`, `s`, `min` or `h`; to the nearest microsecond.
  static func time(_ text: String) -> Result<SimulationTime, Fault> {
    if text.hasPrefix("-") { return .failure(.negative) }
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    guard let scale = microseconds(in: unit) else { return .failure(.malformed) }
    let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !(whole.isEmpty && parts.count == 1) else { return .failure(.malformed) }
    let fraction = parts.count > 1 ? parts[1] : ""
    guard !(whole.isEmpty && fraction.isEmpty), !fraction.contains(".") else { return .failure(.malformed) }
    var total: UInt64 = 0
    for character in whole {
      // No unit is longer than an hour, so that a number above this is out of range in every unit.
      if total > secondsMax * 1_000_000 { return .failure(.tooLarge) }
      total = total * 10 + UInt64(character.wholeNumberValue ?? 0)
    }
    let (product, overflow) = total.multipliedReportingOverflow(by: scale)
    guard !overflow, product <= secondsMax * 1_000_000 else { return .failure(.tooLarge) }
    let result = product + roundedFraction(fraction, of: scale)
    guard result <= secondsMax * 1_000_000 else { return .failure(.tooLarge) }
    return .success(SimulationTime(microseconds: result))
  }

  /// A time that ``time(_:)`` reads, in microseconds, where it is written in them: with all its digits.
  static func microseconds(_ text: String) -> Double? {
    text.hasSuffix("us") ? Double(text.dropLast(2).filter { $0 != " " }) : nil
  }

  private static func microseconds(in unit: Substring) -> UInt64? {
    switch unit {
    case "us": 1
    case "ms": 1000
    case "", "s": 1_000_000
    case "min": 60_000_000
    case "h": 3_600_000_000
    default: nil
    }
  }

  /// The digits behind the point times `scale`, rounded; digits behind the ninth do not count.
  private static func roundedFraction(_ digits: Substring, of scale: UInt64) -> UInt64 {
    var numerator: UInt64 = 0
    var denominator: UInt64 = 1
    for character in digits.prefix(9) {
      numerator = numerator * 10 + UInt64(character.wholeNumberValue ?? 0)
      denominator *= 10
    }
    // Below 10^9 times 3.6 * 10^9, which is below 2^62.
    return (numerator * scale + denominator / 2) / denominator
  }
}
