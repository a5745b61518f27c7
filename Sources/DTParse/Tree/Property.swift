import Diagnostics

/// A property of a ``Devicetree``: a view, cheap to copy.
public struct Property: Sendable, Hashable {
  /// The tree that it belongs to.
  public let tree: Devicetree
  let node: Int32
  let index: Int32

  private var record: PropertyRecord { tree.storage.properties[Int(index)] }

  /// Whether both are the same property of the same tree.
  public static func == (a: Property, b: Property) -> Bool { a.index == b.index && a.tree === b.tree }

  /// Hashes the property's place in its tree.
  public func hash(into hasher: inout Hasher) { hasher.combine(index) }

  /// The property's name.
  public var name: String { tree.storage.names.string(record.name) }

  /// Calls `body` with the bytes of the name in place.
  public func withNameBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    tree.storage.names.withBytes(record.name, body)
  }

  /// The node that has the property.
  public var owner: Node { Node(tree: tree, index: node) }

  /// The length of the value in bytes.
  public var byteCount: Int { Int(record.valueLength) }

  /// The value's bytes.
  public var bytes: [UInt8] { Array(tree.storage.value(index)) }

  /// Calls `body` with the value's bytes in place.
  public func withBytes<R>(_ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
    try body(tree.storage.value(index))
  }

  /// All places where the property was written, the newest, which counts, first; empty in a blob.
  public var places: [Place] { tree.places(from: record.origin) }

  /// The place of the name where the value that counts was written; nil in a blob.
  public var span: SourceSpan? { places.first?.name }

  /// The place of the value that counts; the name's place for a property without value; nil in a blob.
  public var valueSpan: SourceSpan? {
    guard let place = places.first else { return nil }
    return place.body.start == place.body.end ? place.name : place.body
  }

  /// The parts of the value in order, as the source wrote them; empty in a blob.
  public var parts: [ValuePart] {
    let record = record
    let markers = tree.storage.markers[record.markers]
    return markers.map { marker in
      let text = tree.storage.names.string(marker.text)
      let kind: ValuePart.Kind =
        switch marker.kind {
        case .cells8: .cells(widthBits: 8)
        case .cells16: .cells(widthBits: 16)
        case .cells32: .cells(widthBits: 32)
        case .cells64: .cells(widthBits: 64)
        case .string: .string
        case .byteString: .byteString
        case .included: .includedFile
        case .pathReference: .pathReference(text)
        case .phandleReference: .phandleReference(text)
        case .label: .label(text)
        }
      return ValuePart(kind: kind, offset: Int(marker.offset), span: marker.span)
    }
  }
}

/// What begins at an offset of a property's value, as its source wrote it.
public struct ValuePart: Hashable, Sendable {
  /// The sort of data.
  public enum Kind: Hashable, Sendable {
    case cells(widthBits: Int)
    case string
    case byteString
    case includedFile
    /// `&label` outside an array: the target's path.
    case pathReference(String)
    /// `&label` in an array: the target's phandle.
    case phandleReference(String)
    case label(String)
  }

  /// The sort of data.
  public let kind: Kind
  /// Where it begins, in bytes.
  public let offset: Int
  /// Where it is written.
  public let span: SourceSpan
}
