import Diagnostics

/// The index that stands for "none" in the links of a tree.
let noIndex: Int32 = -1

/// Facts about a node that are either so or not.
struct NodeFlags: OptionSet, Sendable {
  let rawValue: UInt8
  /// Deleted, or a delete marker; its slot among its siblings stays.
  static let deleted = NodeFlags(rawValue: 1)
  /// Marked with `/omit-if-no-ref/`.
  static let omitIfUnreferenced = NodeFlags(rawValue: 2)
  /// Some phandle or path reference names it.
  static let referenced = NodeFlags(rawValue: 4)
  /// Its children are in the index of children.
  static let childrenIndexed = NodeFlags(rawValue: 8)
  /// Its properties are in the index of properties.
  static let propertiesIndexed = NodeFlags(rawValue: 16)
  /// A `/delete-node/` whose body was not merged into a node that was there already.
  static let deleteMarker = NodeFlags(rawValue: 32)
}

/// A node of the arena; links are indices, ``noIndex`` for none.
struct NodeRecord: Sendable {
  var name: NameID
  var parent: Int32 = noIndex
  var firstChild: Int32 = noIndex
  var lastChild: Int32 = noIndex
  var nextSibling: Int32 = noIndex
  var firstProperty: Int32 = noIndex
  var lastProperty: Int32 = noIndex
  var firstLabel: Int32 = noIndex
  var origin: Int32
  var childCount: Int32 = 0
  var propertyCount: Int32 = 0
  var phandle: UInt32 = 0
  var flags: NodeFlags = []

  @inline(__always) var isDeleted: Bool { flags.contains(.deleted) }
}

/// A property of the arena.
struct PropertyRecord: Sendable {
  var name: NameID
  var next: Int32 = noIndex
  var valueStart: UInt32 = 0
  var valueLength: UInt32 = 0
  var firstMarker: UInt32 = 0
  var markerCount: UInt32 = 0
  var firstLabel: Int32 = noIndex
  var origin: Int32
  var isDeleted = false
  /// A `/delete-property/` whose body was not merged into a node that was there already.
  var isDeleteMarker = false

  /// The value's bytes in the arena.
  var valueRange: Range<Int> { Int(valueStart)..<Int(valueStart + valueLength) }
  /// The value's markers.
  var markers: Range<Int> { Int(firstMarker)..<Int(firstMarker + markerCount) }
}

/// What stands at an offset of a value.
enum MarkerKind: UInt8, Sendable {
  case cells8, cells16, cells32, cells64, string, byteString, included
  /// A path reference: the target's path stands here once it is resolved.
  case pathReference
  /// A phandle reference: the four bytes here are the target's phandle.
  case phandleReference
  /// A label inside a value.
  case label
}

/// A place in a value: where a sort of data begins, a reference or a label stands.
struct Marker: Sendable {
  var kind: MarkerKind
  /// Offset in the value, in bytes.
  var offset: UInt32
  /// The reference's or label's text.
  var text: NameID = .empty
  var span: SourceSpan
}

/// What a label is written on.
enum LabelOwner: Hashable, Sendable {
  case node(Int32)
  case property(Int32)
  /// The index of the label's own marker.
  case value(Int)
}

/// A label of a node or a property.
struct LabelRecord: Sendable {
  var name: NameID
  var owner: LabelOwner
  /// The next label of the same owner.
  var next: Int32 = noIndex
  /// The next label of the same name.
  var nextOfName: Int32 = noIndex
  var isDeleted = false
  var isLinked = false
  var span: SourceSpan
}

/// One place where a node or a property was written.
struct Origin: Sendable {
  /// The name's place.
  var name: SourceSpan
  /// What follows: the value without `=` and `;`, or the body with its braces; empty if there is none.
  var body: SourceSpan
  /// The place where it was written before this one.
  var previous: Int32 = noIndex
}
