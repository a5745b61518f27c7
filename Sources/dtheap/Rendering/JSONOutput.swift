import HeapCompiler

/// A JSON value on its way out: members in the order given, containers of plain values on one line.
indirect enum JSONOutput {
  case object([(String, JSONOutput)])
  case list([JSONOutput])
  case text(String)
  case integer(Int64)
  case unsigned(UInt64)
  case bool(Bool)
  /// A value that is JSON already.
  case raw(String)
  case null

  /// The value, or null.
  static func optional<Value>(_ value: Value?, _ make: (Value) -> JSONOutput) -> JSONOutput {
    value.map(make) ?? .null
  }

  /// The text, with a line end.
  var document: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }

  private var isFlat: Bool {
    switch self {
    case .object(let members): members.allSatisfy { $0.1.isPlain }
    case .list(let values): values.allSatisfy { $0.isPlain || $0.isFlatList }
    default: true
    }
  }

  private var isPlain: Bool {
    switch self {
    case .object(let members): members.isEmpty
    case .list: isFlatList
    default: true
    }
  }

  private var isFlatList: Bool {
    if case .list(let values) = self { values.allSatisfy(\.isPlain) } else { false }
  }

  private func write(to text: inout String, indent: Int) {
    switch self {
    case .object(let members):
      let entries = members.map { (JSONText.quoted($0.0) + ": ", $0.1) }
      Self.write(entries, "{", "}", isFlat: isFlat, to: &text, indent: indent)
    case .list(let values): Self.write(values.map { ("", $0) }, "[", "]", isFlat: isFlat, to: &text, indent: indent)
    case .text(let value): text += JSONText.quoted(value)
    case .integer(let value): text += "\(value)"
    case .unsigned(let value): text += "\(value)"
    case .bool(let value): text += value ? "true" : "false"
    case .raw(let value): text += value
    case .null: text += "null"
    }
  }

  private static func write(
    _ entries: [(String, JSONOutput)], _ open: String, _ close: String, isFlat: Bool, to text: inout String, indent: Int
  ) {
    text += open
    let separator = isFlat ? ", " : ",\n" + String(repeating: " ", count: indent + 2)
    for (index, entry) in entries.enumerated() {
      if index > 0 { text += separator } else if !isFlat { text += separator.dropFirst() }
      text += entry.0
      entry.1.write(to: &text, indent: indent + 2)
    }
    if !isFlat { text += "\n" + String(repeating: " ", count: indent) }
    text += close
  }
}
