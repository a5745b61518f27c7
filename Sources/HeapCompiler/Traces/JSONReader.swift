/// Reads JSON as RFC 8259 has it, and nothing more, with the place of every value.
///
/// Depth and number of values are bounded, so that a hostile text costs neither stack nor memory.
struct JSONReader {
  /// The deepest nesting.
  static let depthMax = 32
  /// The most values of a text.
  static let valuesMax = 4_000_000

  private let bytes: [UInt8]
  private var offset = 0
  private var valuesLeft: Int

  private init(_ bytes: [UInt8], valuesMax: Int) {
    self.bytes = bytes
    valuesLeft = valuesMax
  }

  /// Reads a text that holds one value.
  ///
  /// - Complexity: O(n).
  static func read(_ bytes: [UInt8], valuesMax: Int = valuesMax) throws(JSONFault) -> JSONInput {
    var reader = JSONReader(bytes, valuesMax: valuesMax)
    let value = try reader.value(depth: 1)
    reader.skipBlanks()
    guard reader.offset == bytes.count else { throw reader.fault("something follows behind the end") }
    return value
  }

  private func fault(_ message: String) -> JSONFault { JSONFault(message: message, offset: offset) }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private func span(from start: Int) -> Range<UInt32> { UInt32(start)..<UInt32(offset) }

  private mutating func value(depth: Int) throws(JSONFault) -> JSONInput {
    skipBlanks()
    valuesLeft -= 1
    if depth > Self.depthMax {
      throw JSONFault(message: "nests deeper than \(Self.depthMax) levels", offset: offset, isLimit: true)
    }
    if valuesLeft < 0 {
      throw JSONFault(message: "has more than \(Self.valuesMax) values", offset: offset, isLimit: true)
    }
    let start = offset
    let content: JSONInput.Content
    switch next {
    case nil: throw fault("the text ends where a value is expected")
    case UInt8(ascii: "{"): content = .object(try members(depth: depth))
    case UInt8(ascii: "["): content = .array(try elements(depth: depth))
    case UInt8(ascii: "\""): content = .string(try string())
    case UInt8(ascii: "t"): content = try word("true", .bool(true))
    case UInt8(ascii: "f"): content = try word("false", .bool(false))
    case UInt8(ascii: "n"): content = try word("null", .null)
    default: content = try number()
    }
    return JSONInput(content: content, span: span(from: start))
  }

  private mutating func members(depth: Int) throws(JSONFault) -> [JSONInput.Member] {
    var members: [JSONInput.Member] = []
    offset += 1
    skipBlanks()
    if take(UInt8(ascii: "}")) { return members }
    while true {
      skipBlanks()
      let start = offset
      guard next == UInt8(ascii: "\"") else { throw fault("a name in quotes is expected") }
      let name = try string()
      let span = span(from: start)
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw fault("`:` is expected") }
      members.append(JSONInput.Member(name: name, span: span, value: try value(depth: depth + 1)))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return members }
      guard take(UInt8(ascii: ",")) else { throw fault("`,` or `}` is expected") }
    }
  }

  private mutating func elements(depth: Int) throws(JSONFault) -> [JSONInput] {
    var elements: [JSONInput] = []
    offset += 1
    skipBlanks()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw fault("`,` or `]` is expected") }
    }
  }

  private mutating func word(_ text: StaticString, _ content: JSONInput.Content) throws(JSONFault)
    -> JSONInput.Content
  {
    let isThere = text.withUTF8Buffer { bytes[offset...].starts(with: $0) }
    guard isThere else { throw fault("a value is expected") }
    offset += text.utf8CodeUnitCount
    return content
  }

  // MARK: Numbers

  private mutating func digits() -> Range<Int> {
    let start = offset
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    return start..<offset
  }

  private mutating func number() throws(JSONFault) -> JSONInput.Content {
    let isNegative = take(UInt8(ascii: "-"))
    let whole = digits()
    guard let first = whole.first else { throw fault("a value is expected") }
    guard whole.count == 1 || bytes[first] != UInt8(ascii: "0") else {
      throw JSONFault(message: "a number has no zero in front", offset: first)
    }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      guard !digits().isEmpty else { throw fault("a digit is expected") }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard !digits().isEmpty else { throw fault("a digit is expected") }
    }
    guard isWhole else { return .otherNumber }
    var magnitude: UInt64 = 0
    for byte in bytes[whole] {
      let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      if overflow || carry { return .otherNumber }
      magnitude = sum
    }
    return .integer(isNegative: isNegative && magnitude > 0, magnitude: magnitude)
  }

  // MARK: Strings

  private mutating func string() throws(JSONFault) -> String {
    offset += 1
    var text: [UInt8] = []
    var start = offset
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        text += bytes[start..<offset]
        offset += 1
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONFault(message: "the text is not valid UTF-8", offset: start)
        }
        return string
      case UInt8(ascii: "\\"):
        text += bytes[start..<offset]
        offset += 1
        text += Array(String(try escape()).utf8)
        start = offset
      case 0..<0x20: throw fault("a control character stands in a text")
      default: offset += 1
      }
    }
    throw fault("the text ends inside quotes")
  }

  private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
    guard let byte = next else { throw fault("the text ends inside quotes") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw fault("there is no such escape")
    }
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw fault("half of a surrogate pair is missing")
    }
    let second = try codeUnit()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("half of a surrogate pair is missing") }
    return scalar
  }

  private mutating func codeUnit() throws(JSONFault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits are expected")
      }
      unit = unit << 4 | UInt32(digit)
      offset += 1
    }
    return unit
  }
}
