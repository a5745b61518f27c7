import BindingSchema

/// Writes values of bindings as JSON.
struct DocumentText {
  /// The spaces of one level; nil for one line without any.
  let indent: Int?
  /// Whether text under the key `description` is left out.
  let dropsDescriptions: Bool

  /// The value with sorted keys.
  func json(_ value: SchemaValue, level: Int = 0) -> String {
    switch value.content {
    case .null: "null"
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .string(let text): quoted(text)
    case .list(let list): joined(list.map { json($0, level: level + 1) }, "[", "]", level: level)
    case .map(let map):
      joined(
        map.members.filter { !(dropsDescriptions && $0.key == "description" && $0.value.string != nil) }
          .sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
          .map { "\(quoted($0.key)):\(indent == nil ? "" : " ")\(json($0.value, level: level + 1))" },
        "{", "}", level: level)
    }
  }

  private func joined(_ parts: [String], _ open: String, _ close: String, level: Int) -> String {
    guard let indent, !parts.isEmpty else { return open + parts.joined(separator: ",") + close }
    let inner = String(repeating: " ", count: indent * (level + 1))
    let outer = String(repeating: " ", count: indent * level)
    return "\(open)\n\(inner)" + parts.joined(separator: ",\n\(inner)") + "\n\(outer)\(close)"
  }

  /// A string as JSON writes it.
  func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
