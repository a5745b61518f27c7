/// Writes JSON: keys in the order given, the same bytes for the same calls.
///
/// Misuse (a value without a key in an object, a document left open) is a mistake in the program and stops it.
public struct JSONWriter: Sendable {
  private enum Scope { case object, array }

  private var scopes: [Scope] = []
  private var isFirst = true
  private var hasKey = false
  private var isDone = false
  private let indent: Int?
  private var bytes: [UInt8] = []

  /// An empty document.
  /// - Parameter indent: blanks per level; nil writes everything on one line.
  public init(indent: Int? = 2) { self.indent = indent }

  /// The whole document, with a line end.
  public var text: String { String(decoding: utf8, as: UTF8.self) }

  /// The bytes of the whole document, with a line end.
  public var utf8: [UInt8] {
    precondition(isDone && scopes.isEmpty, "a JSON document was left open at depth \(scopes.count)")
    return bytes + [UInt8(ascii: "\n")]
  }

  /// Writes an object whose members `body` writes.
  public mutating func object(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try nested(.object, UInt8(ascii: "{"), body)
  }

  /// Writes an array whose elements `body` writes.
  public mutating func array(_ body: (inout JSONWriter) throws -> Void) rethrows {
    try nested(.array, UInt8(ascii: "["), body)
  }

  /// Writes a member's name; its value comes next.
  public mutating func key(_ name: String) {
    precondition(scopes.last == .object && !hasKey, "a JSON key outside an object: \(name)")
    separate()
    string(name.utf8)
    bytes.append(UInt8(ascii: ":"))
    if indent != nil { bytes.append(UInt8(ascii: " ")) }
    hasKey = true
  }

  /// Writes a string.
  public mutating func value(_ text: String) {
    begin()
    string(text.utf8)
  }

  /// Writes a string, or null.
  public mutating func value(_ text: String?) {
    if let text { value(text) } else { null() }
  }

  /// Writes a string from bytes; what is not UTF-8 becomes U+FFFD.
  public mutating func value(utf8 text: some Sequence<UInt8>) {
    value(String(decoding: Array(text), as: UTF8.self))
  }

  /// Writes an integer.
  public mutating func value(_ number: some FixedWidthInteger) {
    begin()
    bytes += String(number).utf8
  }

  /// Writes a number in its shortest exact form; null if it is not finite, since JSON has no such numbers.
  public mutating func value(_ number: Double) {
    guard number.isFinite else { return null() }
    begin()
    bytes += number.description.utf8
  }

  /// Writes `true` or `false`.
  public mutating func value(_ flag: Bool) {
    begin()
    bytes += (flag ? "true" : "false").utf8
  }

  /// Writes an address: a string in hexadecimal, null for none.
  public mutating func value(hex number: UInt64?) { value(number.map { "0x" + String($0, radix: 16) }) }

  /// Writes null.
  public mutating func null() {
    begin()
    bytes += "null".utf8
  }

  // MARK: A document in parts

  /// Begins an object that ``close()`` ends, for a document that is written in parts.
  public mutating func openObject() { open(.object, UInt8(ascii: "{")) }

  /// Begins a member with an array that ``close()`` ends.
  public mutating func openArray(_ name: String) {
    key(name)
    open(.array, UInt8(ascii: "["))
  }

  /// Ends what was begun last.
  public mutating func close() {
    guard let scope = scopes.popLast() else {
      preconditionFailure("there is nothing open in a JSON document")
    }
    precondition(!hasKey, "a JSON key has no value")
    if !isFirst { breakLine() }
    bytes.append(scope == .object ? UInt8(ascii: "}") : UInt8(ascii: "]"))
    isFirst = false
    isDone = scopes.isEmpty
  }

  /// Takes out what has been written, with a line end after the end of the document.
  public mutating func drain() -> String {
    if isDone { bytes.append(UInt8(ascii: "\n")) }
    defer { bytes.removeAll(keepingCapacity: true) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private mutating func open(_ scope: Scope, _ bracket: UInt8) {
    begin()
    isDone = false
    bytes.append(bracket)
    scopes.append(scope)
    isFirst = true
  }

  private mutating func nested(
    _ scope: Scope, _ bracket: UInt8, _ body: (inout JSONWriter) throws -> Void
  ) rethrows {
    open(scope, bracket)
    let depth = scopes.count
    try body(&self)
    precondition(scopes.count == depth, "a JSON value was left open")
    close()
  }

  /// What comes before every value.
  private mutating func begin() {
    precondition(!isDone, "a JSON document holds one value")
    switch scopes.last {
    case .object: precondition(hasKey, "a JSON value in an object has no key")
    case .array: separate()
    case nil: isDone = true
    }
    hasKey = false
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    breakLine()
  }

  private mutating func breakLine() {
    guard let indent else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: indent * scopes.count)
  }

  private mutating func string(_ text: String.UTF8View) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): bytes += #"\""#.utf8
      case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
      case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
      case UInt8(ascii: "\r"): bytes += #"\r"#.utf8
      case UInt8(ascii: "\t"): bytes += #"\t"#.utf8
      case 0..<0x20, 0x7F: bytes += ((byte < 0x10 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16)).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONWriter {
  /// Writes a member with a string, or null.
  public mutating func member(_ name: String, _ text: String?) {
    key(name)
    value(text)
  }

  /// Writes a member with an integer.
  public mutating func member(_ name: String, _ number: some FixedWidthInteger) {
    key(name)
    value(number)
  }

  /// Writes a member with a number.
  public mutating func member(_ name: String, _ number: Double) {
    key(name)
    value(number)
  }

  /// Writes a member with a truth value.
  public mutating func member(_ name: String, _ flag: Bool) {
    key(name)
    value(flag)
  }

  /// Writes a member with an address in hexadecimal, or null.
  public mutating func member(_ name: String, hex number: UInt64?) {
    key(name)
    value(hex: number)
  }

  /// Writes a member with an object.
  public mutating func object(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
    key(name)
    try object(body)
  }

  /// Writes a member with an array.
  public mutating func array(_ name: String, _ body: (inout JSONWriter) throws -> Void) rethrows {
    key(name)
    try array(body)
  }

  /// Writes a member with an array of strings.
  public mutating func array(_ name: String, _ texts: some Sequence<String>) {
    array(name) { json in
      for text in texts { json.value(text) }
    }
  }
}
