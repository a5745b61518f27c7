/// A set of Unicode scalars: what one place of a pattern matches.
struct ScalarSet: Hashable {
  /// Classes that are too large to list, as bits.
  struct Categories: OptionSet, Hashable {
    let rawValue: UInt32
    static let digit = Categories(rawValue: 1)
    static let notDigit = Categories(rawValue: 2)
    static let word = Categories(rawValue: 4)
    static let notWord = Categories(rawValue: 8)
    static let space = Categories(rawValue: 16)
    static let notSpace = Categories(rawValue: 32)
  }

  /// Whether the set is everything that the rest does not name.
  var isNegated = false
  /// Scalars, both ends included.
  var ranges: [ClosedRange<UInt32>] = []
  /// Classes.
  var categories: Categories = []

  /// One scalar.
  init(_ scalar: UInt32) { ranges = [scalar...scalar] }

  /// A set of its parts.
  init(isNegated: Bool = false, ranges: [ClosedRange<UInt32>] = [], categories: Categories = []) {
    self.isNegated = isNegated
    self.ranges = ranges
    self.categories = categories
  }

  /// The one scalar in it, if there is just one.
  var onlyScalar: UInt32? {
    guard !isNegated, categories.isEmpty, ranges.count == 1, let range = ranges.first,
      range.lowerBound == range.upperBound, Unicode.Scalar(range.lowerBound) != nil
    else { return nil }
    return range.lowerBound
  }

  /// Whether a scalar is in it.
  func contains(_ scalar: UInt32) -> Bool {
    let isNamed =
      ranges.contains { $0.contains(scalar) } || Self.categories(categories, contain: scalar)
    return isNamed != isNegated
  }

  /// Whether a scalar is in one of some classes.
  static func categories(_ categories: Categories, contain scalar: UInt32) -> Bool {
    if categories.isEmpty { return false }
    return (categories.contains(.digit) && isDigit(scalar))
      || (categories.contains(.notDigit) && !isDigit(scalar))
      || (categories.contains(.word) && isWord(scalar))
      || (categories.contains(.notWord) && !isWord(scalar))
      || (categories.contains(.space) && isSpace(scalar))
      || (categories.contains(.notSpace) && !isSpace(scalar))
  }

  /// What `\d` matches: decimal digits of any script.
  static func isDigit(_ scalar: UInt32) -> Bool {
    if scalar < 128 { return scalar >= 0x30 && scalar <= 0x39 }
    return Unicode.Scalar(scalar)?.properties.numericType == .decimal
  }

  /// What `\w` matches: letters, whatever has a numeric value, and the underscore.
  static func isWord(_ scalar: UInt32) -> Bool {
    if scalar < 128 { return isASCIIWord(scalar) }
    guard let properties = Unicode.Scalar(scalar)?.properties else { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
    default: return properties.numericType != nil
    }
  }

  /// What `\w` matches with the flag `a`.
  static func isASCIIWord(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
    default: false
    }
  }

  /// What `\s` matches: what separates words or lines in any script, and the four separators of ASCII.
  static func isSpace(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x09...0x0d, 0x1c...0x20, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f,
      0x3000:
      true
    default: false
    }
  }
}
