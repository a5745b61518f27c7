/// The natural logarithm without a mathematics library, the same on every machine.
enum Logarithm {
  /// The logarithm of a number above 0, to about 15 digits.
  static func natural(of value: Double) -> Double {
    guard value > 0, value.isFinite else { return value > 0 ? .infinity : -.infinity }
    // ln(m * 2^e) = ln m + e ln 2, and ln m from the series of the inverse hyperbolic tangent.
    let ratio = (value.significand - 1) / (value.significand + 1)
    let square = ratio * ratio
    var power = ratio
    var sum = 0.0
    for term in 0..<17 {
      sum += power / Double(2 * term + 1)
      power *= square
    }
    return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
  }
}
