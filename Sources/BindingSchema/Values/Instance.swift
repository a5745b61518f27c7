/// What a schema is held against: a node, a property's value, or a part of one.
///
/// A reference into an ``InstanceTree``; it allocates nothing.
struct Instance {
  /// The shapes that a value can have (`dt-schema`: a property's bytes become one of them by its type).
  enum Kind: UInt8 {
    case node
    /// A property without a value.
    case flag
    case integer
    case integers
    /// Rows of integers.
    case matrix
    case strings
    case string
    /// A value that no binding gives a type, or whose length does not fit its type.
    case bytes
    /// A value too long to be looked into: everything holds for it.
    case opaque
  }

  var kind: Kind
  /// Bytes of an integer.
  var width: UInt8 = 0
  var isSigned = false
  /// A node's index, the first row, or the first byte.
  var start: Int32
  /// The number of integers, rows or bytes.
  var count: Int32 = 0

  /// The types that `type` would find.
  var types: JSONTypes {
    switch kind {
    case .node: .object
    case .flag: .boolean
    case .integer: [.integer, .number]
    case .integers, .matrix, .strings: .array
    case .string: .string
    case .bytes: []
    case .opaque: [.object, .array, .string, .integer, .boolean, .null, .number]
    }
  }

  /// Whether it is a list.
  @inline(__always)
  var isList: Bool { kind == .integers || kind == .matrix || kind == .strings }
}

/// A row of a matrix or a string of a list.
struct InstanceRow {
  /// The first byte.
  var start: Int32
  /// The number of integers, or of the string's bytes.
  var count: Int32
  /// The string's number in the image; ``ImageLayout/none`` for one that no binding mentions.
  var string: UInt32
}

/// A node, its place among its like and what it hands down to its children.
struct InstanceNode {
  var name: UInt32
  var parent: Int32
  var firstMember: Int32 = 0
  var memberCount: Int32 = 0
  /// The row that holds its name.
  var nameRow: Int32
  /// Cells of an interrupt specifier in its `interrupts`.
  var interruptCells: UInt32
  /// Cells of an address and of a size in its `reg`.
  var addressCells: UInt32
  var sizeCells: UInt32
  /// Whether it or a node above is a GPIO hog, whose `gpios` name no controller.
  var isInHog: Bool
  /// Whether it is `aliases`, whose properties are strings whatever their names are.
  var isAliases: Bool
}

/// A member of a node: a property, a child, or the name that dt-schema adds as a property.
struct InstanceMember {
  enum Kind: UInt8 { case property, node, nodeName }
  var name: UInt32
  var kind: Kind
  /// The index of the property or the node.
  var index: Int32

  /// Its place among the members of its node: properties as they stand there, then children. The order of the names'
  /// numbers is none to show, since the numbers of unknown names depend on the boards before.
  var placeInTree: Int { kind == .node ? 1 << 40 + Int(index) : Int(index) }
}

/// A property with the bytes of its value.
struct InstanceProperty {
  var name: UInt32
  var node: Int32
  var start: Int32
  var count: Int32
  /// The first reading; -1 as long as nobody has asked.
  var reading: Int32 = -1
}

/// One way to read a value; where bindings disagree on a type there are several.
struct InstanceReading {
  var instance: Instance
  /// The next reading; -1 for none.
  var next: Int32 = -1
}
