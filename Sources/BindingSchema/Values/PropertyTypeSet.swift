/// The types of a property as bits, in the order of ``PropertyTypeName``.
struct PropertyTypeSet: OptionSet, Hashable {
  let rawValue: UInt32

  init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The set of one type.
  init(_ name: PropertyTypeName) {
    rawValue = 1 << UInt32(PropertyTypeName.allCases.firstIndex(of: name) ?? 31)
  }

  private init(_ names: PropertyTypeName...) {
    rawValue = names.reduce(0) { $0 | PropertyTypeSet($1).rawValue }
  }

  static let flag = PropertyTypeSet(.flag)
  static let strings = PropertyTypeSet(.string, .stringArray)
  static let address = PropertyTypeSet(.address)
  static let phandleArray = PropertyTypeSet(.phandleArray)
  static let wide = PropertyTypeSet(.int64, .uint64, .int64Array, .uint64Array)
  static let cells = PropertyTypeSet(.int32, .uint32, .int32Array, .uint32Array, .phandle, .phandleArray)
  static let halves = PropertyTypeSet(.int16, .uint16, .int16Array, .uint16Array)
  static let oneCell = PropertyTypeSet(.int32, .uint32, .phandle)
  static let oneHalf = PropertyTypeSet(.int16, .uint16)
  static let oneByte = PropertyTypeSet(.int8, .uint8)
  static let matrices = PropertyTypeSet(
    .int8Matrix, .uint8Matrix, .int16Matrix, .uint16Matrix, .int32Matrix, .uint32Matrix, .int64Matrix,
    .uint64Matrix, .phandleArray)
  private static let signedPairs: [(PropertyTypeSet, PropertyTypeSet)] = [
    (PropertyTypeSet(.int64, .uint64), PropertyTypeSet(.uint64)),
    (PropertyTypeSet(.int32, .uint32), PropertyTypeSet(.uint32)),
    (PropertyTypeSet(.int16, .uint16), PropertyTypeSet(.uint16)),
    (PropertyTypeSet(.int8, .uint8), PropertyTypeSet(.uint8)),
  ]

  /// How many types there are.
  var count: Int { rawValue.nonzeroBitCount }

  /// The types in order.
  var names: [PropertyTypeName] {
    PropertyTypeName.allCases.enumerated().filter { rawValue >> UInt32($0.offset) & 1 == 1 }.map(\.element)
  }

  /// The only type, if there is one alone.
  var single: PropertyTypeName? {
    guard count == 1 else { return nil }
    let index = rawValue.trailingZeroBitCount
    return PropertyTypeName.allCases.indices.contains(index) ? Self.all[index] : nil
  }

  private static let all = PropertyTypeName.allCases

  /// Without the types that a value of so many bytes cannot have (dt-schema 2026.9, dtb.py `prop_value`).
  func possible(forBytes count: Int) -> PropertyTypeSet {
    var left = self
    if count % 8 != 0 { left.subtract(.wide) }
    if count % 4 != 0 { left.subtract(.cells) }
    if count % 2 != 0 { left.subtract(.halves) }
    if count > 4 { left.subtract(.oneCell) } else { left.subtract(.wide) }
    if count > 2 { left.subtract(.oneHalf) } else { left.subtract(.cells) }
    if count > 1 { left.subtract(.oneByte) } else { left.subtract(.halves) }
    left.subtract(.flag)
    for (pair, unsigned) in Self.signedPairs where left.isSuperset(of: pair) { left.subtract(unsigned) }
    return left
  }
}

extension PropertyTypeName {
  /// Bytes of one number of the type; nil for types without numbers.
  var unitBytes: Int? {
    switch self {
    case .flag, .string, .stringArray: nil
    case .int8, .uint8, .int8Array, .uint8Array, .int8Matrix, .uint8Matrix: 1
    case .int16, .uint16, .int16Array, .uint16Array, .int16Matrix, .uint16Matrix: 2
    case .int64, .uint64, .int64Array, .uint64Array, .int64Matrix, .uint64Matrix: 8
    default: 4
    }
  }

  /// Whether numbers have a sign.
  var isSigned: Bool { rawValue.hasPrefix("int") }

  /// Whether the value has rows.
  var isMatrix: Bool {
    switch self {
    case .address, .phandle, .phandleArray: true
    default: rawValue.hasSuffix("matrix")
    }
  }

  /// Whether one number alone is still a list.
  var isArray: Bool { rawValue.hasSuffix("array") }
}
