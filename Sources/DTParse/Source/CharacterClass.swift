/// What a byte can be part of, one table look-up for each byte of a source.
struct CharacterClass: OptionSet {
  let rawValue: UInt8
  /// Blank, tab, newline, vertical tab, form feed, carriage return.
  static let space = CharacterClass(rawValue: 1)
  /// May stand in a node's or property's name.
  static let name = CharacterClass(rawValue: 2)
  /// May begin a label.
  static let labelStart = CharacterClass(rawValue: 4)
  /// May stand in a label.
  static let label = CharacterClass(rawValue: 8)
  static let digit = CharacterClass(rawValue: 16)
  static let hexDigit = CharacterClass(rawValue: 32)

  /// The class of each byte.
  static let table: [UInt8] = (0...255).map { value in
    let byte = UInt8(value)
    var of: CharacterClass = []
    let isLetter = (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    let isDigit = (0x30...0x39).contains(byte)
    if byte == 0x20 || (0x09...0x0d).contains(byte) { of.insert(.space) }
    if isDigit { of.formUnion([.digit, .hexDigit, .label, .name]) }
    if isLetter || byte == UInt8(ascii: "_") { of.formUnion([.labelStart, .label, .name]) }
    if (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte) { of.insert(.hexDigit) }
    if ",.+*#?@-".utf8.contains(byte) { of.insert(.name) }
    return of.rawValue
  }
}
