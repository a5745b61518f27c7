/// What a plain scalar means in YAML 1.2's core schema, with the additions of the parser that dt-schema uses.
///
/// The additions are underscores inside numbers, `0b` for binary numbers, and a sign before `0x`, `0o` and `0b`.
/// `yes`, `no`, `on`, `off` and `12:30` are text; `017` is seventeen. A date is text too.
/// - Source: YAML 1.2.2, 10.3.2; ruamel.yaml 0.19.1, resolver.py and constructor.py.
enum CoreSchema {
  /// The value of a plain scalar.
  /// - Complexity: O(n).
  static func resolve(_ text: UnsafeBufferPointer<UInt8>) -> SchemaValue.Content {
    guard let first = text.first else { return .null }
    switch first {
    case UInt8(ascii: "~") where text.count == 1: return .null
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      if isWord(text, "null", "Null", "NULL") { return .null }
    case UInt8(ascii: "t"), UInt8(ascii: "T"):
      if isWord(text, "true", "True", "TRUE") { return .bool(true) }
    case UInt8(ascii: "f"), UInt8(ascii: "F"):
      if isWord(text, "false", "False", "FALSE") { return .bool(false) }
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      if text.count <= digitsMax, let number = integer(text) ?? float(text) { return number }
    default: break
    }
    return .string(String(decoding: text, as: UTF8.self))
  }

  /// The longest scalar that is tried as a number; a longer one is text.
  private static let digitsMax = 1024

  private static func isWord(_ text: UnsafeBufferPointer<UInt8>, _ words: StaticString...) -> Bool {
    words.contains { word in
      text.count == word.utf8CodeUnitCount
        && word.withUTF8Buffer { $0.elementsEqual(text) }
    }
  }

  // MARK: Integers

  private static func integer(_ text: UnsafeBufferPointer<UInt8>) -> SchemaValue.Content? {
    var rest = text[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var radix: UInt8 = 10
    if rest.first == UInt8(ascii: "0"), rest.count > 1 {
      switch rest[rest.startIndex + 1] {
      case UInt8(ascii: "x"): radix = 16
      case UInt8(ascii: "o"): radix = 8
      case UInt8(ascii: "b"): radix = 2
      default: break
      }
      if radix != 10 { rest = rest.dropFirst(2) }
    }
    // A decimal number begins with a digit: `_1` is text.
    if radix == 10, rest.first == UInt8(ascii: "_") { return nil }
    return magnitude(rest, radix: radix, isNegative: isNegative)
  }

  private static func magnitude(
    _ digits: Slice<UnsafeBufferPointer<UInt8>>, radix: UInt8, isNegative: Bool
  ) -> SchemaValue.Content? {
    var value: Int128 = 0
    var approximate = 0.0
    var isExact = true
    var hasDigit = false
    for byte in digits where byte != UInt8(ascii: "_") {
      guard let digit = digit(byte), digit < radix else { return nil }
      hasDigit = true
      let (product, overflow) = value.multipliedReportingOverflow(by: Int128(radix))
      let (sum, carry) = product.addingReportingOverflow(Int128(digit))
      if overflow || carry { isExact = false }
      value = sum
      approximate = approximate * Double(radix) + Double(digit)
    }
    guard hasDigit else { return nil }
    if isExact { return .integer(isNegative ? -value : value) }
    return .number(isNegative ? -approximate : approximate)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  // MARK: Numbers with a point or an exponent

  private static func float(_ text: UnsafeBufferPointer<UInt8>) -> SchemaValue.Content? {
    var rest = text[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    let isSigned = isNegative || rest.first == UInt8(ascii: "+")
    if isSigned { rest = rest.dropFirst() }
    let body = UnsafeBufferPointer(rebasing: rest)
    if isWord(body, ".inf", ".Inf", ".INF") { return .number(isNegative ? -.infinity : .infinity) }
    if !isSigned, isWord(body, ".nan", ".NaN", ".NAN") { return .number(.nan) }
    guard isFloat(rest) else { return nil }
    let digits = rest.filter { $0 != UInt8(ascii: "_") }
    guard let value = Double(String(decoding: digits, as: UTF8.self)) else { return nil }
    return .number(isNegative ? -value : value)
  }

  /// Whether the text behind a sign is `digits . digits exponent`, `digits exponent` or `. digits exponent`.
  private static func isFloat(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var rest = text
    let begins = isDigit(rest.first)
    if begins { skipDigits(&rest) }
    var hasPoint = false
    if rest.first == UInt8(ascii: ".") {
      hasPoint = true
      rest = rest.dropFirst()
      guard begins || isDigit(rest.first) else { return false }
      skipDigits(&rest)
    }
    guard begins || hasPoint else { return false }
    if rest.isEmpty { return hasPoint }
    guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return false }
    rest = rest.dropFirst()
    let isSigned = rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-")
    if isSigned { rest = rest.dropFirst() }
    // Behind a number that begins with its point the exponent needs a sign: `.5e3` is text.
    return (begins || isSigned) && !rest.isEmpty && rest.allSatisfy { isDigit($0) }
  }

  private static func isDigit(_ byte: UInt8?) -> Bool {
    byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
  }

  private static func skipDigits(_ text: inout Slice<UnsafeBufferPointer<UInt8>>) {
    while let byte = text.first, isDigit(byte) || byte == UInt8(ascii: "_") { text = text.dropFirst() }
  }
}
