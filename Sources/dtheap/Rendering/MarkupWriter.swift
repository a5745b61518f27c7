/// Writes elements of XML or HTML; every text and every value goes through it and is escaped.
struct MarkupWriter {
  /// What is written so far.
  private(set) var text = ""

  /// Writes an element with what `body` writes inside.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:],
    _ body: (inout MarkupWriter) -> Void
  ) {
    start(name, attributes)
    text += ">"
    body(&self)
    text += "</\(name)>\n"
  }

  /// Writes an element with a text inside.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ words: String
  ) {
    element(name, attributes) { $0.words(words) }
  }

  /// Writes an element of no attributes with a text inside.
  mutating func element(_ name: StaticString, _ words: String) { element(name, [:], words) }

  /// Writes an element without content: closed as XML has it, which HTML takes for its own.
  mutating func empty(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) {
    start(name, attributes)
    text += "/>\n"
  }

  /// Writes a text.
  mutating func words(_ words: String) { text += XMLText.escaped(words) }

  /// Writes JSON into a script, where HTML knows no entities: what would be markup becomes escapes of JSON's own.
  ///
  /// Outside of strings JSON has none of these characters.
  mutating func json(_ json: String) {
    for scalar in json.unicodeScalars {
      switch scalar {
      case "<", ">", "&": text += "\\u00" + String(scalar.value, radix: 16)
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  /// Writes markup of the program itself as it is.
  mutating func fixed(_ markup: StaticString) {
    markup.withUTF8Buffer { text += String(decoding: $0, as: UTF8.self) }
  }

  /// Writes what another writer wrote.
  mutating func append(_ other: MarkupWriter) { text += other.text }

  private mutating func start(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) {
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(XMLText.escaped(value))\"" }
  }
}
