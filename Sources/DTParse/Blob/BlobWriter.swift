/// Writes a tree as a blob in dtc's own layout, byte for byte: header of version 17, reservation block, structure,
/// strings (dtc, flattree.c; the layout is not that of libfdt's writer).
struct BlobWriter: ~Copyable {
  private var out: [UInt8] = []
  private var strings = StringTable()

  private enum Token {
    static let beginNode: UInt32 = 1
    static let endNode: UInt32 = 2
    static let property: UInt32 = 3
    static let end: UInt32 = 9
  }

  private static let headerBytes = 40
  private static let magic: UInt32 = 0xd00d_feed

  /// The blob of a tree.
  static func blob(_ tree: Devicetree, _ options: BlobOptions) -> [UInt8] {
    var writer = BlobWriter()
    return writer.write(tree, options)
  }

  private mutating func write(_ tree: Devicetree, _ options: BlobOptions) -> [UInt8] {
    out.reserveCapacity(
      tree.storage.values.count + tree.storage.properties.count * 12 + tree.storage.nodes.count * 24)
    out.append(contentsOf: repeatElement(0, count: Self.headerBytes))
    writeReservations(tree, options)
    let structureStart = out.count
    writeStructure(tree, options)
    let structureBytes = out.count - structureStart
    let stringsStart = out.count
    out.append(contentsOf: strings.bytes)
    pad(options)
    let header: [UInt32] = [
      Self.magic, UInt32(out.count), UInt32(structureStart), UInt32(stringsStart), UInt32(Self.headerBytes),
      17, 16,
      options.bootCPUID ?? tree.bootCPUID, UInt32(strings.bytes.count), UInt32(structureBytes),
    ]
    for (index, value) in header.enumerated() { setCell(value, at: 4 * index) }
    return out
  }

  private mutating func writeReservations(_ tree: Devicetree, _ options: BlobOptions) {
    var entries = tree.reservations
    if options.isSorted { entries.sort { ($0.address, $0.size) < ($1.address, $1.size) } }
    for entry in entries {
      append(UInt32(truncatingIfNeeded: entry.address >> 32))
      append(UInt32(truncatingIfNeeded: entry.address))
      append(UInt32(truncatingIfNeeded: entry.size >> 32))
      append(UInt32(truncatingIfNeeded: entry.size))
    }
    out.append(contentsOf: repeatElement(0, count: 16 * (options.extraReservations + 1)))
  }

  // MARK: Structure

  private mutating func writeStructure(_ tree: Devicetree, _ options: BlobOptions) {
    writeNode(tree.rootIndex, tree.storage, isSorted: options.isSorted)
    append(Token.end)
  }

  /// Nesting is bounded by the limits under which the tree was read.
  private mutating func writeNode(_ node: Int32, _ storage: borrowing TreeStorage, isSorted: Bool) {
    let record = storage.nodes[Int(node)]
    append(Token.beginNode)
    out.append(contentsOf: storage.names.bytes(record.name))
    out.append(0)
    align()
    if isSorted {
      for property in sortedProperties(of: record, storage) { writeProperty(property, storage) }
      for child in sortedChildren(of: record, storage) { writeNode(child, storage, isSorted: true) }
    } else {
      var property = record.firstProperty
      while property != noIndex {
        if !storage.properties[Int(property)].isDeleted { writeProperty(property, storage) }
        property = storage.properties[Int(property)].next
      }
      var child = record.firstChild
      while child != noIndex {
        if !storage.nodes[Int(child)].isDeleted { writeNode(child, storage, isSorted: false) }
        child = storage.nodes[Int(child)].nextSibling
      }
    }
    append(Token.endNode)
  }

  private mutating func writeProperty(_ property: Int32, _ storage: borrowing TreeStorage) {
    let record = storage.properties[Int(property)]
    append(Token.property)
    append(record.valueLength)
    append(strings.offset(of: record.name, in: storage.names))
    out.append(contentsOf: storage.values.bytes(Int(record.valueStart), Int(record.valueLength)))
    align()
  }

  private func sortedProperties(of node: NodeRecord, _ storage: borrowing TreeStorage) -> [Int32] {
    var found: [(key: ArraySlice<UInt8>, index: Int32)] = []
    var property = node.firstProperty
    while property != noIndex {
      let record = storage.properties[Int(property)]
      if !record.isDeleted { found.append((storage.names.bytes(record.name), property)) }
      property = record.next
    }
    found.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return found.map(\.index)
  }

  private func sortedChildren(of node: NodeRecord, _ storage: borrowing TreeStorage) -> [Int32] {
    var found: [(key: ArraySlice<UInt8>, index: Int32)] = []
    var child = node.firstChild
    while child != noIndex {
      let record = storage.nodes[Int(child)]
      if !record.isDeleted { found.append((storage.names.bytes(record.name), child)) }
      child = record.nextSibling
    }
    found.sort { $0.key.lexicographicallyPrecedes($1.key) }
    return found.map(\.index)
  }

  // MARK: Bytes

  @inline(__always)
  private mutating func append(_ cell: UInt32) {
    withUnsafeBytes(of: cell.bigEndian) { out.append(contentsOf: $0) }
  }

  private mutating func setCell(_ cell: UInt32, at offset: Int) {
    for index in 0..<4 { out[offset + index] = UInt8(truncatingIfNeeded: cell >> UInt32(24 - 8 * index)) }
  }

  @inline(__always)
  private mutating func align() {
    while out.count & 3 != 0 { out.append(0) }
  }

  /// Adds the padding that is asked for; it counts in the total size only.
  private mutating func pad(_ options: BlobOptions) {
    let used = out.count
    var total = max(used, options.bytesMin) + options.paddingBytes
    if options.alignmentBytes > 1 {
      total = (total + options.alignmentBytes - 1) / options.alignmentBytes * options.alignmentBytes
    }
    out.append(contentsOf: repeatElement(0, count: total - used))
  }
}

/// What can be asked of a blob beside the tree (dtc's options of the same letters).
public struct BlobOptions: Sendable {
  /// The physical ID of the boot CPU instead of the tree's (`-b`).
  public var bootCPUID: UInt32?
  /// Empty entries of the reservation block (`-R`).
  public var extraReservations = 0
  /// The blob is filled up to this size (`-S`).
  public var bytesMin = 0
  /// Bytes added behind (`-p`).
  public var paddingBytes = 0
  /// The size is rounded up to a multiple of this (`-a`).
  public var alignmentBytes = 0
  /// Properties, nodes and reservations are sorted (`-s`).
  public var isSorted = false

  /// No wishes.
  public init() {}
}

extension Devicetree {
  /// The tree as a blob of version 17, as dtc writes it.
  public func blob(_ options: BlobOptions = BlobOptions()) -> [UInt8] { BlobWriter.blob(self, options) }
}
