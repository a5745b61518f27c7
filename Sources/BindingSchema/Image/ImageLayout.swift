/// How a compiled image is laid out: one run of little-endian 32-bit words behind a header, and the bytes of all
/// strings behind the words.
///
/// Everything refers to everything else by its offset in words, so that the image can be mapped anywhere.
enum ImageLayout {
  /// `DTHBIND` and a zero.
  static let magic: UInt64 = 0x0044_4e49_4248_5444
  /// Raised with every change of the layout or of what the words mean.
  static let version: UInt32 = 2
  /// Bytes of the header.
  static let headerBytes = 128

  /// The numbers of the header, as 32-bit words.
  enum Header: Int, CaseIterable {
    case magicLow, magicHigh, version, wordCount, byteCount, checksumLow, checksumHigh
    case stringCount, stringEnds, hashSlots, hashMask
    case documents, documentCount
    case compatibles, compatibleCount
    case selects, selectCount
    case exactTypes, exactTypeCount, patternTypes, patternTypeCount
    case documented, documentedCount
    case leftOut, leftOutCount
    case triggers, triggerCount

    /// Those that say how many entries a table has, each of a word at least.
    static let counts: [Header] = [
      .documentCount, .compatibleCount, .selectCount, .exactTypeCount, .patternTypeCount, .documentedCount,
      .leftOutCount, .triggerCount,
    ]
  }

  /// Words of an entry of the table of documents: `$id`, path, root schema, select schema.
  static let documentWords = 4
  /// Words of an entry of the table of triggers: what is looked at, the string, the document.
  static let triggerWords = 3
  /// Words of an entry of the table of exact types: name, the list of types.
  static let exactTypeWords = 2
  /// Words of an entry of the table of types by expression: program, its length, the list of types.
  static let patternTypeWords = 3
  /// Words of a type in a list: code, 1 if it has dimensions, their four bounds.
  static let typeItemWords = 6

  /// The words of a schema before its keywords: document, line, number of keywords.
  static let schemaHeaderWords = 3
  /// The words of a keyword before its operands: the opcode with its length in words, the line.
  static let keywordHeaderWords = 2
  /// The words of an entry of a table of properties: name, schema, line.
  static let propertyWords = 3
  /// The words of an entry of a table of patterns: program, its length, schema, text, line, bytes of the literal
  /// start, and the first eight of them.
  static let patternWords = 8
  /// The words of a number: 0 for an integer or 1 for a double, and the value.
  static let numberWords = 5

  /// The schema `true`, which has no record.
  static let anything: UInt32 = 0
  /// A schema or a string that is not there.
  static let none: UInt32 = .max
}

/// A keyword of a compiled schema; in this order they are evaluated, cheap ones first.
enum Opcode: UInt32, Sendable {
  case never = 1
  case type, required, const, enumeration, enumeratedStrings
  case minItems, maxItems, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, typeSize
  case pattern, uniqueItems, itemList, eachItem, additionalItems, contains
  case members
  case dependentRequired, dependentSchemas
  case reference, condition, negation, allOf, anyOf, oneOf
  case unevaluatedProperties
}

/// The JSON types that `type` can name, as bits.
struct JSONTypes: OptionSet, Sendable {
  let rawValue: UInt32
  static let object = JSONTypes(rawValue: 1)
  static let array = JSONTypes(rawValue: 2)
  static let string = JSONTypes(rawValue: 4)
  static let integer = JSONTypes(rawValue: 8)
  static let boolean = JSONTypes(rawValue: 16)
  static let null = JSONTypes(rawValue: 32)
  static let number = JSONTypes(rawValue: 64)

  /// The type of a name; nil for an unknown one.
  static func named(_ name: String) -> JSONTypes? {
    switch name {
    case "object": .object
    case "array": .array
    case "string": .string
    case "integer": .integer
    case "boolean": .boolean
    case "null": .null
    case "number": .number
    default: nil
    }
  }

  /// The types in words, as a message says what is wanted.
  var words: [String] {
    var words: [String] = []
    if contains(.object) { words.append("a node") }
    if contains(.array) { words.append("a list") }
    if contains(.string) { words.append("a string") }
    if contains(.integer) || contains(.number) { words.append("a number") }
    if contains(.boolean) { words.append("a property without a value") }
    return words
  }
}

/// What a constant of a schema is, in the word before its value.
enum ConstantKind: UInt32 {
  case null, bool, number, string, list
}

/// The checksum of an image and the hash of its strings: neither is a defence against anyone, both are fast.
enum ImageHash {
  /// The hash of a name, never 0.
  @inline(__always)
  static func name(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var h: UInt64 = 0x9ae1_6a3b_2f90_404f ^ UInt64(truncatingIfNeeded: bytes.count)
    var rest = bytes.count
    guard rest > 0, var p = UnsafeRawPointer(bytes.baseAddress) else { return 1 }
    while rest >= 8 {
      h = (h ^ UInt64(littleEndian: p.loadUnaligned(as: UInt64.self))) &* 0x9e37_79b9_7f4a_7c15
      h ^= h &>> 29
      p += 8
      rest -= 8
    }
    var tail: UInt64 = 0
    while rest > 0 {
      tail = tail &<< 8 | UInt64(p.load(as: UInt8.self))
      p += 1
      rest -= 1
    }
    h = (h ^ tail) &* 0xbf58_476d_1ce4_e5b9
    h ^= h &>> 32
    return UInt32(truncatingIfNeeded: h) | 1
  }

  /// The checksum of an image; the place of the checksum itself counts as zero.
  static func image(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    guard bytes.count >= ImageLayout.headerBytes else { return 0 }
    var header = [UInt8](bytes[..<ImageLayout.headerBytes])
    let place = ImageLayout.Header.checksumLow.rawValue * 4
    for index in place..<(place + 8) { header[index] = 0 }
    let body = UnsafeRawBufferPointer(rebasing: bytes[ImageLayout.headerBytes...])
    return header.withUnsafeBytes { checksum($0) } &* 0x9e37_79b9_7f4a_7c15 ^ checksum(body)
  }

  /// The checksum of a run of bytes.
  private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var lanes: (UInt64, UInt64) = (0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344)
    var offset = 0
    guard let base = bytes.baseAddress else { return lanes.0 ^ UInt64(bytes.count) }
    while offset &+ 16 <= bytes.count {
      let a = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      let b = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self))
      lanes.0 = (lanes.0 ^ a) &* 0x9e37_79b9_7f4a_7c15
      lanes.1 = (lanes.1 ^ b) &* 0xbf58_476d_1ce4_e5b9
      lanes.0 ^= lanes.0 &>> 31
      lanes.1 ^= lanes.1 &>> 29
      offset &+= 16
    }
    while offset < bytes.count {
      lanes.0 = (lanes.0 ^ UInt64(bytes[offset])) &* 0x9e37_79b9_7f4a_7c15
      offset &+= 1
    }
    let mixed = (lanes.0 ^ (lanes.1 &<< 1) ^ (lanes.1 &>> 63)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed &>> 32 ^ UInt64(bytes.count)
  }
}
