import DTParse
import HeapModel

/// How far the buses of a tree reach, as the kernel works it out for the end of its DMA zone.
///
/// - Source: Linux 6.1 drivers/of/address.c, of_dma_get_max_cpu_address, of_pci_range_parser_one,
///   __of_translate_address with `dma-ranges`. Left out: the flags in the first cell of a PCI address, and DMA parents
///   that `interconnects` names.
struct BusLimits {
  /// The last CPU address that each enabled bus with non-empty `dma-ranges` reaches, in tree order.
  private(set) var limits: [PhysicalAddress] = []
  /// Comparisons with entries of `dma-ranges` that are left; the kernel would take hours where this is not enough.
  private var stepsLeft = 1 << 22

  /// Walks a tree.
  init(of tree: Devicetree) { visit(tree.root) }

  /// A node and the enabled ones below it; whether the node itself is enabled has been asked.
  private mutating func visit(_ node: Node) {
    if let ranges = node["dma-ranges"], ranges.byteCount > 0 {
      limits.append(PhysicalAddress(lastAddress(node, ranges)))
    }
    for child in node.children where child.isEnabled { visit(child) }
  }

  /// The cell counts for the children of a node: of the nearest node upwards that gives them, else 1.
  private func cells(of node: Node) -> AddressCells {
    func nearest(_ name: String) -> Int {
      var candidate: Node? = node
      while let current = candidate {
        if let count = current[name]?.firstCell { return Int(min(count, 16)) }
        candidate = current.parent
      }
      return 1
    }
    return AddressCells(address: nearest("#address-cells"), size: nearest("#size-cells"))
  }

  /// The largest end of the entries, with the kernel's arithmetic: an end of 2^64 is 0 and does not count.
  private mutating func lastAddress(_ node: Node, _ ranges: Property) -> UInt64 {
    let list = RangeList(ranges, own: cells(of: node), above: cells(of: node.parent ?? node))
    var last: UInt64 = 0
    for index in 0..<list.count {
      guard stepsLeft > 0 else { break }
      stepsLeft -= 1
      let entry = list[index]
      let end = cpuAddress(of: entry.parent, below: node) &+ entry.size
      if end > last { last = end &- 1 }
    }
    return last
  }

  /// Translates an address of the bus that a node is on; all ones where a bus above does not hold it, or there is none.
  private mutating func cpuAddress(of address: UInt64, below node: Node) -> UInt64 {
    var address = address
    guard var bus = node.parent else { return .max }
    while let parent = bus.parent {
      let (own, above) = (cells(of: bus), cells(of: parent))
      guard (1...4).contains(own.address), own.size > 0 else { return .max }
      // A bus without `dma-ranges`, or with an empty one, passes addresses on as they are.
      if let ranges = bus["dma-ranges"], ranges.byteCount > 0 {
        let list = RangeList(ranges, own: own, above: above)
        guard let entry = entry(of: list, holding: address) else { return .max }
        address = entry.parent &+ (address - entry.child)
      }
      bus = parent
    }
    return address
  }

  private mutating func entry(of list: RangeList, holding address: UInt64) -> BusRange? {
    for index in 0..<list.count {
      guard stepsLeft > 0 else { return nil }
      stepsLeft -= 1
      let entry = list[index]
      if address >= entry.child, address < entry.child &+ entry.size { return entry }
    }
    return nil
  }
}

/// An entry of `dma-ranges`.
private struct BusRange {
  let child: UInt64
  let parent: UInt64
  let size: UInt64
}

/// The whole entries of `dma-ranges`, read one by one; a rest is left out.
private struct RangeList {
  private let property: Property
  private let own: AddressCells
  private let above: AddressCells
  private let width: Int

  init(_ property: Property, own: AddressCells, above: AddressCells) {
    self.property = property
    self.own = own
    self.above = above
    width = 4 * (own.pair + above.address)
  }

  var count: Int { width > 0 ? property.byteCount / width : 0 }

  subscript(index: Int) -> BusRange {
    property.withBytes { bytes in
      let offset = index * width
      return BusRange(
        child: bytes.number(at: offset, cells: own.address),
        parent: bytes.number(at: offset + 4 * own.address, cells: above.address),
        size: bytes.number(at: offset + 4 * (own.address + above.address), cells: own.size))
    }
  }
}
