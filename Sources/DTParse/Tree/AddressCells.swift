/// How many cells an address and a size take among the children of a node.
public struct AddressCells: Hashable, Sendable {
  /// Cells of an address.
  public let address: Int
  /// Cells of a size.
  public let size: Int

  /// The counts, each from 0.
  public init(address: Int, size: Int) {
    self.address = address
    self.size = size
  }

  /// What counts where a node says nothing: 2 and 1 (Devicetree Specification v0.4, 2.3.5).
  public static let specified = AddressCells(address: 2, size: 1)

  /// Cells of an address and a size together.
  public var pair: Int { address + size }
}

/// An entry of `reg`.
public struct RegEntry: Hashable, Sendable {
  /// The address in the parent's address space.
  public let address: UInt64
  /// The size in bytes; 0 where sizes have no cells.
  public let size: UInt64

  /// An entry of `size` bytes at `address`.
  public init(address: UInt64, size: UInt64) {
    self.address = address
    self.size = size
  }
}

/// An entry of `ranges` or `dma-ranges`.
public struct RangeEntry: Hashable, Sendable {
  /// The first address on the child's side; of more than two cells the lower two.
  public let child: UInt64
  /// The first address on the parent's side.
  public let parent: UInt64
  /// The size in bytes.
  public let size: UInt64
}

extension Node {
  /// `#address-cells` and `#size-cells` of this node, which are for its children; the specification's
  /// default where a property is missing or is no single cell.
  ///
  /// Counts above 16 are taken for 16.
  public var childCells: AddressCells {
    AddressCells(
      address: self["#address-cells"]?.cell.map { Int(min($0, 16)) } ?? AddressCells.specified.address,
      size: self["#size-cells"]?.cell.map { Int(min($0, 16)) } ?? AddressCells.specified.size)
  }

  /// The entries of `reg`; nil if there is none, or if it is no whole number of entries.
  public var reg: [RegEntry]? { self["reg"].flatMap { $0.regEntries(parent?.childCells ?? .specified) } }

  /// Translates an address of this node's own space (that of its `reg`) into the CPU's, through the `ranges` of all
  /// nodes above; nil where one of them has no `ranges` or none that holds the address
  /// (Linux 6.1, drivers/of/address.c, `__of_translate_address`).
  public func cpuAddress(of address: UInt64) -> UInt64? {
    var address = address
    var bus = parent
    while let node = bus, let above = node.parent {
      guard let ranges = node["ranges"] else { return nil }
      if ranges.byteCount > 0 {
        guard let entries = ranges.rangeEntries(child: node.childCells, parent: above.childCells),
          let entry = entries.first(where: { address >= $0.child && address - $0.child < $0.size })
        else { return nil }
        address = entry.parent &+ (address - entry.child)
      }
      bus = above
    }
    return address
  }
}

extension Property {
  /// The value as pairs of address and size; nil if it is no whole number of pairs.
  public func regEntries(_ cells: AddressCells) -> [RegEntry]? {
    withBytes { bytes in
      let width = cells.pair * 4
      guard width > 0, bytes.count % width == 0 else { return nil }
      return stride(from: 0, to: bytes.count, by: width).map { offset in
        RegEntry(
          address: bytes.number(at: offset, cells: cells.address),
          size: bytes.number(at: offset + 4 * cells.address, cells: cells.size))
      }
    }
  }

  /// The value as entries of `ranges`; nil if it is no whole number of entries.
  public func rangeEntries(child: AddressCells, parent: AddressCells) -> [RangeEntry]? {
    withBytes { bytes in
      let width = (child.address + parent.address + child.size) * 4
      guard width > 0, bytes.count % width == 0 else { return nil }
      return stride(from: 0, to: bytes.count, by: width).map { offset in
        RangeEntry(
          child: bytes.number(at: offset, cells: child.address),
          parent: bytes.number(at: offset + 4 * child.address, cells: parent.address),
          size: bytes.number(at: offset + 4 * (child.address + parent.address), cells: child.size))
      }
    }
  }
}
