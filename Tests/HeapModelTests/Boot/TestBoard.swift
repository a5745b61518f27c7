@testable import HeapModel

/// A board like those of the recorded boots: 2 GiB from 0x40000000, image and blob where the recordings have them.
func makeBoard(
  _ nodes: [RegionNode], commandLine: String = "", memory: [(UInt64, UInt64)] = [(0x4000_0000, 0x8000_0000)],
  image: (UInt64, UInt64) = (0x4021_0000, 0x200_0000)
) -> BoardConfiguration {
  let cells = CellCounts(address: 2, size: 2)
  var board = BoardConfiguration(
    rootCells: cells, memory: memory.map { AddressRange(base: $0.0, size: $0.1) })
  board.commandLine = commandLine
  board.occupied = [
    OccupiedRange(range: AddressRange(base: image.0, size: image.1), kind: .kernelImage),
    OccupiedRange(range: AddressRange(base: 0x4800_0000, size: 35_000), kind: .deviceTree),
  ]
  var children = nodes
  for index in children.indices { children[index].identifier = 100 + index }
  board.reservedMemory = ReservedMemoryNode(
    identifier: 1, path: "/reserved-memory", cells: cells, hasRanges: true, children: children)
  return board
}

/// The bytes of numbers of two cells each.
func cells(_ values: UInt64...) -> [UInt8] {
  values.flatMap { value in (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) } }
}

/// The bytes of numbers of one cell each.
func cells32(_ values: UInt32...) -> [UInt8] {
  values.flatMap { value in (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) } }
}

/// A node with `reg`.
func fixed(_ name: String, _ base: UInt64, _ size: UInt64, _ change: (inout RegionNode) -> Void = { _ in })
  -> RegionNode
{
  var node = RegionNode(identifier: 0, name: name, path: "/reserved-memory/\(name)")
  node.reg = cells(base, size)
  change(&node)
  return node
}

/// A node with `size`.
func dynamic(_ name: String, _ size: UInt64, _ change: (inout RegionNode) -> Void = { _ in }) -> RegionNode {
  var node = RegionNode(identifier: 0, name: name, path: "/reserved-memory/\(name)")
  node.size = cells(size)
  change(&node)
  return node
}

/// Makes a node a CMA pool.
func asCMA(_ node: inout RegionNode) {
  node.compatible = ["shared-dma-pool"]
  node.reusable = true
}

/// Makes a node the default CMA pool.
func asDefault(_ node: inout RegionNode) {
  asCMA(&node)
  node.cmaDefault = true
}

/// The three profiles that boots confirmed.
let linux61 = KernelProfile.linux61Arm64
let linux612 = KernelProfile.linux612Arm64
let linuxArm = KernelProfile.linux61Arm

extension MemoryMap {
  /// The base of the first row with a name.
  func base(_ name: String) -> UInt64? { regions.first { $0.name == name }?.base?.value }

  /// The problems of all rows with a name.
  func problems(_ name: String) -> [BootProblem] { regions.filter { $0.name == name }.flatMap(\.problems) }

  /// The default area's base.
  var defaultBase: UInt64? { pools.first(where: \.builtIn)?.base.value }
}

let mib: UInt64 = 1 << 20
let gib: UInt64 = 1 << 30
