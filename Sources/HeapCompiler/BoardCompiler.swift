import DTParse
import HeapModel

/// Lowers a devicetree into the configuration that the boot model runs on, without judging anything: the kernel's own
/// mistakes must be reproducible from the result. Node identifiers in it are `Node.id`s.
public struct BoardCompiler {
  /// What the user says instead of the tree.
  public struct Overrides: Sendable {
    /// Replaces the memory nodes (`--memory`).
    public var memory: [AddressRange]?
    /// What is in use before the kernel looks (`--occupied`).
    public var occupied: [OccupiedRange]?
    /// Replaces `/chosen/bootargs` (`--cmdline`).
    public var commandLine: String?

    /// No overrides.
    public init() {}
  }

  private let tree: Devicetree
  private let cells: AddressCells

  private init(_ tree: Devicetree) {
    self.tree = tree
    // The kernel counts an absent property of the root as 1 (drivers/of/fdt.c, early_init_dt_scan_root).
    self.cells = AddressCells(
      address: Int(min(tree.root["#address-cells"]?.firstCell ?? 1, 16)),
      size: Int(min(tree.root["#size-cells"]?.firstCell ?? 1, 16)))
  }

  /// The board that a tree describes.
  public static func lower(_ tree: Devicetree, _ overrides: Overrides = Overrides()) -> BoardConfiguration {
    let compiler = BoardCompiler(tree)
    var board = BoardConfiguration(
      rootCells: compiler.counts(of: tree.root), memory: overrides.memory ?? compiler.memory())
    board.usableMemory = compiler.usableMemory()
    board.memoryReservations = tree.reservations.prefix { $0.size != 0 }
      .map { AddressRange(base: $0.address, size: $0.size) }
    let containers = tree.root.children.filter { $0.baseName == "reserved-memory" }
    if let container = containers.first { board.reservedMemory = compiler.container(container) }
    board.strayNodes = compiler.strayNodes(containers)
    board.users = compiler.users(excluding: containers)
    board.commandLine =
      overrides.commandLine ?? compiler.chosen.flatMap { $0["bootargs"]?.firstString } ?? ""
    board.occupied = overrides.occupied
    board.busLimits = BusLimits(of: tree).limits
    board.treeExtent = compiler.extent()
    return board
  }

  /// What the kernel makes room for when it unflattens the tree.
  private func extent() -> TreeExtent {
    var extent = TreeExtent()
    func words(_ name: Substring.UTF8View) -> UInt64 { UInt64((name.count + 1 + 7) & ~7) }
    tree.root.forEachDescendant { node in
      extent.nodes += 1
      for _ in node.properties { extent.properties += 1 }
      // The root's name is empty in the blob.
      let name = node.parent == nil ? "" : node.name
      extent.nameBytes += words(name[...].utf8)
      guard !node.has("name") else { return }
      extent.properties += 1
      extent.nameBytes += words(name.prefix { $0 != "@" }.utf8)
    }
    return extent
  }

  private func counts(of node: Node) -> CellCounts {
    CellCounts(address: node["#address-cells"]?.firstCell, size: node["#size-cells"]?.firstCell)
  }

  // MARK: Memory

  /// The banks of the enabled memory nodes: children of the root with `device_type = "memory"`
  /// (Linux 6.1 drivers/of/fdt.c, early_init_dt_scan_memory).
  private func memory() -> [AddressRange] {
    tree.root.children.flatMap { node -> [AddressRange] in
      guard node["device_type"]?.firstString == "memory", node.isEnabled else { return [] }
      return ranges(node["linux,usable-memory"] ?? node["reg"])
    }
  }

  /// `/chosen`, whatever its unit address.
  private var chosen: Node? { tree.root.children.first { $0.baseName == "chosen" } }

  /// The kernel compares the number of bytes with the number of cells, and so lets some odd lengths pass
  /// (Linux 6.1 drivers/of/fdt.c, early_init_dt_check_for_usable_mem_range).
  private func usableMemory() -> [AddressRange] {
    guard let property = chosen?["linux,usable-memory-range"], cells.pair > 0,
      property.byteCount % cells.pair == 0
    else { return [] }
    return ranges(property)
  }

  /// Whole pairs of address and size; a rest is left out, as the kernel does.
  private func ranges(_ property: Property?) -> [AddressRange] {
    guard let property, cells.pair > 0 else { return [] }
    return property.withBytes { bytes in
      (0..<bytes.count / (4 * cells.pair)).map { index in
        let offset = 4 * cells.pair * index
        return AddressRange(
          base: bytes.number(at: offset, cells: cells.address),
          size: bytes.number(at: offset + 4 * cells.address, cells: cells.size))
      }
    }
  }

  // MARK: Regions

  private func container(_ node: Node) -> ReservedMemoryNode {
    ReservedMemoryNode(
      identifier: node.id, path: node.path, cells: counts(of: node), hasRanges: node.has("ranges"),
      children: node.children.map(region))
  }

  private func region(_ node: Node) -> RegionNode {
    var region = RegionNode(identifier: node.id, name: node.name, path: node.path)
    region.status = node["status"]?.bytes
    region.reg = node["reg"]?.bytes
    region.size = node["size"]?.bytes
    region.alignment = node["alignment"]?.bytes
    region.allocRanges = node["alloc-ranges"]?.bytes
    region.chunkOrder = node["chunk-order"]?.bytes
    region.compatible = node.compatible
    region.noMap = node.has("no-map")
    region.reusable = node.has("reusable")
    region.cmaDefault = node.has("linux,cma-default")
    region.dmaDefault = node.has("linux,dma-default")
    region.phandle = node.phandle
    return region
  }

  /// Nodes that look like regions where the kernel does not look: below regions, and in containers after the first.
  private func strayNodes(_ containers: [Node]) -> [RegionNode] {
    var strays: [RegionNode] = []
    for (index, container) in containers.enumerated() {
      for child in container.children {
        if index > 0 { strays.append(region(child)) }
        child.forEachDescendant { node in
          if node != child { strays.append(region(node)) }
        }
      }
    }
    return strays
  }

  // MARK: Devices

  private func users(excluding containers: [Node]) -> [RegionUser] {
    let inside = Set(containers)
    var users: [RegionUser] = []
    var skipped: Set<Node> = []
    tree.root.forEachDescendant { node in
      if inside.contains(node) || node.parent.map(skipped.contains) == true {
        skipped.insert(node)
        return
      }
      guard node.has("memory-region") || HeapCompatibles.isHeapDevice(node) else { return }
      users.append(user(node))
    }
    return users
  }

  /// `status` of the nearest node upwards that is not enabled, because there are no devices below such a node; else the
  /// node's own.
  private func status(of node: Node) -> [UInt8]? {
    var current: Node? = node
    while let candidate = current {
      if !candidate.isEnabled { return candidate["status"]?.bytes }
      current = candidate.parent
    }
    return node["status"]?.bytes
  }

  private func user(_ node: Node) -> RegionUser {
    var user = RegionUser(identifier: node.id, path: node.path)
    user.status = status(of: node)
    user.compatible = node.compatible
    user.memoryRegions = node["memory-region"].map(targets) ?? []
    user.alignment = node["alignment"]?.bytes
    user.heapName = node["dma-heap,name"]?.bytes
    user.heapAlignment = node["dma-heap,alignment"]?.bytes
    user.secure = node.has("dma-heap,secure")
    user.protectionID = node["dma-heap,protection_id"]?.bytes
    user.flags = node.properties.map(\.name)
      .filter { HeapCompatibles.flags.contains($0) }.map { String($0.dropFirst("dma-heap,".count)) }
    return user
  }

  /// The nodes that whole cells name; a rest is left out.
  private func targets(_ property: Property) -> [Int?] {
    property.withBytes { bytes in
      stride(from: 0, to: bytes.count & ~3, by: 4).map { tree.node(phandle: bytes.cell(at: $0))?.id }
    }
  }
}
