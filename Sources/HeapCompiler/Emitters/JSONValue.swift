/// A JSON document whose objects keep the order of their keys.
public indirect enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(UInt64)
  case string(String)
  case array([JSONValue])
  case object([JSONMember])

  /// The document as text with a line feed at its end: what fits on a line stands on one, the rest is indented.
  public var text: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }
}

/// A key of a JSON object with its value.
public struct JSONMember: Hashable, Sendable {
  /// The key.
  public let key: String
  /// The value.
  public let value: JSONValue

  /// Keeps a key and its value.
  public init(_ key: String, _ value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
  /// An object with the keys in the order written.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { JSONMember($0.0, $0.1) })
  }

  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }

  /// True or false.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// A number.
  public init(integerLiteral value: UInt64) { self = .number(value) }

  /// A string, or null for nil.
  public init(_ value: String?) { self = value.map(JSONValue.string) ?? .null }

  /// A number, or null for nil.
  public init(_ value: UInt64?) { self = value.map(JSONValue.number) ?? .null }

  /// A count, from 0, or null for nil.
  public init(_ value: Int?) { self = value.map { .number(UInt64($0)) } ?? .null }

  /// An address, which JSON documents carry as a string in hexadecimal, or null for nil.
  public static func address(_ value: UInt64?) -> JSONValue {
    value.map { .string("0x" + String($0, radix: 16)) } ?? .null
  }

  /// An object with the members of this one, then those of another; this one where either is no object.
  public func merging(_ other: JSONValue) -> JSONValue {
    guard case .object(let own) = self, case .object(let more) = other else { return self }
    return .object(own + more)
  }
}

extension JSONValue {
  private static let lineLengthMax = 160

  private func write(to text: inout String, indent: Int) {
    var line = ""
    if writeLine(to: &line, lengthMax: Self.lineLengthMax - indent), indent > 0 {
      text += line
      return
    }
    let inner = String(repeating: " ", count: indent + 2)
    let outer = String(repeating: " ", count: indent)
    switch self {
    case .array(let elements) where !elements.isEmpty:
      text += "[\n"
      for (index, element) in elements.enumerated() {
        text += inner
        element.write(to: &text, indent: indent + 2)
        text += index + 1 < elements.count ? ",\n" : "\n"
      }
      text += outer + "]"
    case .object(let members) where !members.isEmpty:
      text += "{\n"
      for (index, member) in members.enumerated() {
        text += inner
        Self.write(member.key, to: &text)
        text += ": "
        member.value.write(to: &text, indent: indent + 2)
        text += index + 1 < members.count ? ",\n" : "\n"
      }
      text += outer + "}"
    default: _ = writeLine(to: &text, lengthMax: .max)
    }
  }

  /// Writes the value on one line.
  ///
  /// - Returns: false where it is too long; what has been written then is of no use.
  private func writeLine(to text: inout String, lengthMax: Int) -> Bool {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += String(value)
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        guard element.writeLine(to: &text, lengthMax: lengthMax) else { return false }
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += ", " }
        Self.write(member.key, to: &text)
        text += ": "
        guard member.value.writeLine(to: &text, lengthMax: lengthMax) else { return false }
      }
      text += "}"
    }
    return text.utf8.count <= lengthMax
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case let scalar where scalar.value < 32 || scalar.value == 127:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
