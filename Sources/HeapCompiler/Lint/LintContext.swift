import DTParse
import Diagnostics
import HeapModel

/// What the rules look at: the tree, what the kernel makes of it, and look-ups that are made once.
public final class LintContext: Sendable {
  /// The tree.
  public let tree: Devicetree
  /// The kernel; nil for a board of an architecture without a profile, where only the structure is judged.
  public let profile: KernelProfile?
  /// The board as the boot model takes it.
  public let board: BoardConfiguration
  /// What the kernel makes of the board; nil without a profile, in an overlay, and where the tree does not say what
  /// memory there is, because nothing can be placed then.
  public let map: MemoryMap?
  /// Memory as the kernel sees it, or as the tree says it, in rising order; empty where nobody says.
  public let memory: [AddressRange]
  /// Whether the user said what memory there is (`--memory`), so that no boot loader can know better.
  public let isMemoryCertain: Bool
  /// Whether the tree is an overlay that is looked at alone.
  public let isOverlay: Bool
  /// The nodes whose children are regions: the one that the kernel takes, or the bodies of an overlay that lead there.
  public let containers: [Node]
  /// Their children, in tree order.
  public let regions: [LintRegion]
  /// The devices that refer to regions or are heaps, in tree order.
  public let users: [LintUser]
  /// Nodes outside the containers that say to be pools, in tree order.
  public let strayPools: [Node]
  /// The cell counts of the root as the kernel takes them.
  public let rootCells: AddressCells
  private let regionIndex: [Int: Int]
  private let userIndex: [Int: [Int]]

  /// How many banks of memory are looked at where no kernel's limit holds.
  private static let banksMax = 1024

  /// Looks at a tree.
  ///
  /// - Parameters:
  ///   - tree: the tree; any contents, hostile ones included.
  ///   - profile: the kernel; nil to judge the structure alone.
  ///   - overrides: what the user says instead of the tree.
  public init(
    _ tree: Devicetree, profile: KernelProfile?,
    overrides: BoardCompiler.Overrides = BoardCompiler.Overrides()
  ) {
    self.tree = tree
    self.profile = profile
    let board = BoardCompiler.lower(tree, overrides)
    self.board = board
    isMemoryCertain = overrides.memory != nil
    let overlayContainers = OverlayTargets.containers(in: tree)
    isOverlay = overlayContainers != nil
    rootCells = AddressCells(
      address: Int(min(board.rootCells.address ?? 1, 16)), size: Int(min(board.rootCells.size ?? 1, 16)))
    let isMemoryKnown = board.memory.contains { $0.size.bytes > 0 }
    map =
      isMemoryKnown && overlayContainers == nil ? profile.map { MemoryMap(booting: board, with: $0) } : nil
    memory =
      map?.memory
      ?? Array(board.memory.filter { $0.size.bytes > 0 }.sorted { $0.base < $1.base }.prefix(Self.banksMax))
    containers =
      overlayContainers ?? tree.root.children.first { $0.baseName == "reserved-memory" }.map { [$0] } ?? []
    (regions, regionIndex) = Self.regions(
      in: containers, cells: overlayContainers == nil ? rootCells : nil, map: map)
    let found = Self.scan(tree, containers: containers, isOverlay: overlayContainers != nil)
    users = found.users
    strayPools = found.strayPools
    userIndex = Self.index(users)
  }

  /// The kernel's name in messages.
  public var kernel: String { profile.map { "Linux \($0.name)" } ?? "Linux" }

  /// The region of a node; nil where the node is none.
  public func region(of node: Node) -> LintRegion? { regionIndex[node.id].map { regions[$0] } }

  /// The enabled devices whose `memory-region` names a node, in tree order, each once.
  public func users(of node: Node) -> [LintUser] { (userIndex[node.id] ?? []).map { users[$0] } }

  /// The region that the first entry of `memory-region` names.
  public func firstRegion(of user: LintUser) -> LintRegion? {
    guard case .node(let node)? = user.targets.first else { return nil }
    return region(of: node)
  }

  private static func regions(
    in containers: [Node], cells: AddressCells?, map: MemoryMap?
  ) -> ([LintRegion], [Int: Int]) {
    var outcomes: [Int: ReservedRegion] = [:]
    for row in map?.regions ?? [] {
      // A row of a dynamic region that replaces an empty static one comes second and is what counts.
      if let node = row.node, row.pair == 0 { outcomes[node] = row }
    }
    var regions: [LintRegion] = []
    var index: [Int: Int] = [:]
    for container in containers {
      let own: AddressCells? =
        container.has("#address-cells") && container.has("#size-cells") ? container.childCells : nil
      for node in container.children {
        index[node.id] = regions.count
        regions.append(LintRegion(node, in: container, cells: cells ?? own, outcome: outcomes[node.id]))
      }
    }
    return (regions, index)
  }

  private static func scan(
    _ tree: Devicetree, containers: [Node], isOverlay: Bool
  ) -> (users: [LintUser], strayPools: [Node]) {
    let insides = Set(containers.map(\.id))
    var users: [LintUser] = []
    var strayPools: [Node] = []
    let pools = ["shared-dma-pool", "restricted-dma-pool"]
    tree.root.forEachDescendant { node in
      let compatible = node["compatible"]
      if compatible == nil, !node.has("memory-region"), !node.has("memory-region-names") { return }
      let isRegion = node.parent.map { insides.contains($0.id) } ?? false
      if node.has("memory-region") || node.has("memory-region-names") {
        users.append(LintUser(node, isOverlay: isOverlay))
        if isRegion { return }
      } else if !isRegion, let compatible, compatible.mayName("dma") {
        if compatible.looseStrings.contains(where: HeapCompatibles.isHeapDevice) {
          users.append(LintUser(node, isOverlay: isOverlay))
        }
      }
      guard !isRegion, let compatible, compatible.mayName("dma-pool") else { return }
      if pools.contains(where: compatible.looseStrings.hasCompatible) { strayPools.append(node) }
    }
    return (users, strayPools)
  }

  private static func index(_ users: [LintUser]) -> [Int: [Int]] {
    var index: [Int: [Int]] = [:]
    for (number, user) in users.enumerated() where user.isEnabled {
      for case .node(let node) in user.targets where index[node.id]?.last != number {
        index[node.id, default: []].append(number)
      }
    }
    return index
  }
}

extension Property {
  /// Whether some piece of the value may be `word`, upper and lower case alike: a cheap test before strings are made.
  fileprivate func mayName(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    return withBytes { bytes in
      guard bytes.count > count else { return false }
      outer: for start in 0...(bytes.count - count) where bytes[start] | 0x20 == word.utf8Start[0] {
        for offset in 1..<count where bytes[start + offset] | 0x20 != word.utf8Start[offset] | 0x20 {
          continue outer
        }
        return true
      }
      return false
    }
  }
}
