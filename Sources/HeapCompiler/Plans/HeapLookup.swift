import DTParse
import Diagnostics
import HeapModel

/// Finds the heap that a plan names, or says why the board has none.
struct HeapLookup {
  /// What a name leads to.
  enum Answer {
    /// The place in ``HeapModel/MemoryMap/heaps``.
    case heap(Int)
    /// A heap of all memory, by its name.
    case memory(String)
    case refused(Refusal)
  }

  /// Why a name leads to no heap.
  struct Refusal {
    let rule: Rule
    let message: String
    var help: String?
    var notes: [String] = []
    /// The node at fault.
    var node: Node?
  }

  let map: MemoryMap
  let tree: Devicetree
  /// The place of each heap by its name.
  let places: [String: Int]
  /// The heaps that the plan brings.
  let own: [PlanFile.MemoryHeap]

  /// The name of the heap that a kernel with its driver has on every board.
  static let systemHeap = "system"

  /// The heap that a text names; nil stands for a buffer that names none.
  func answer(_ text: String?) -> Answer {
    guard let text, !text.isEmpty else { return onlyHeap() }
    if let place = places[text] { return usable(place) }
    let name = text.hasPrefix("/dev/dma_heap/") ? String(text.dropFirst("/dev/dma_heap/".count)) : text
    if let place = places[name] { return usable(place) }
    if own.contains(where: { $0.name == name }) || name == Self.systemHeap {
      return map.boots ? .memory(name) : .refused(deadBoard("heap `\(text)`"))
    }
    let node = node(name)
    if let node {
      let own = map.heaps.indices.filter { map.heaps[$0].node == node.id }
      let found = own.isEmpty ? heaps(onRegion: node) : own
      // The uncached twin of a heap comes behind it and has the same node.
      if let first = found.first, found.count == 1 || !own.isEmpty { return usable(first) }
      if found.count > 1 {
        let names = Text.list(found.map { map.heaps[$0].name }, conjunction: "or")
        return .refused(
          Refusal(
            rule: .unknownHeap, message: "several heaps are on `\(text)`", help: "name one of them: \(names)")
        )
      }
    }
    return .refused(absence(of: text, name: name, node: node))
  }

  private func onlyHeap() -> Answer {
    let count = map.heaps.count + own.count
    if count == 1, map.heaps.count == 1 { return usable(0) }
    if !map.boots { return .refused(deadBoard("a heap")) }
    if count == 1, let heap = own.first { return .memory(heap.name) }
    let names = (map.heaps.map(\.name) + own.map(\.name)).prefix(8)
    let message =
      names.isEmpty
      ? "the buffer names no heap, and the kernel creates none on this board"
      : "the buffer names no heap, and \(own.isEmpty ? "the board has" : "board and plan have") \(count)"
    let help = names.isEmpty ? nil : "add `heap:` with \(Text.list(Array(names), conjunction: "or"))"
    return .refused(
      Refusal(rule: names.isEmpty ? .unregisteredHeap : .missingHeap, message: message, help: help))
  }

  /// The heap, unless its area did not come up.
  private func usable(_ place: Int) -> Answer {
    let heap = map.heaps[place]
    let pool = map.pools.first { $0.base == heap.base && $0.type != .coherent }
    guard let pool, pool.isActive, pool.size.bytes > 0 else {
      return .refused(
        Refusal(
          rule: .unregisteredHeap,
          message:
            "heap `\(heap.name)` has no memory: its area `\(heap.region)` crosses two zones and is not activated",
          node: pool?.node.flatMap(node(identifier:))))
    }
    return .heap(place)
  }

  // MARK: Nodes

  /// The node of a path or a label; `&label` is taken for the label.
  func node(_ text: String) -> Node? {
    if text.hasPrefix("/") { return tree.node(path: text) }
    let label = text.hasPrefix("&") ? String(text.dropFirst()) : text
    var found: Node?
    tree.root.forEachDescendant { node in
      if found == nil, node.labels.contains(label) { found = node }
    }
    if found == nil, let path = tree.node(path: "/__symbols__")?[label]?.firstString {
      found = tree.node(path: path)
    }
    return found
  }

  private func node(identifier: Int) -> Node? {
    var found: Node?
    tree.root.forEachDescendant { node in
      if node.id == identifier { found = node }
    }
    return found
  }

  private func heaps(onRegion node: Node) -> [Int] {
    let bases = map.pools.filter { $0.node == node.id }.map(\.base)
    return map.heaps.indices.filter { bases.contains(map.heaps[$0].base) }
  }

  // MARK: Refusals

  private func deadBoard(_ heap: String) -> Refusal {
    let cause =
      switch map.deathCause {
      case .noMemory?: "it has no memory"
      case .poolOutsideMemory(let pool, _)?: "pool `\(pool)` is not wholly inside its memory"
      case .overlappingPools(let pool, _)?: "pool `\(pool)` overlaps another"
      case .noRoomForPageTables?: "it has no room for page tables"
      case .imageInUnmappedMemory?: "memory is cut below the end of the kernel image"
      case .tablesInUnmappedPool(let pool, _)?: "part of pool `\(pool)` is not reserved"
      case nil: "of its tree"
      }
    let kernel = "Linux \(map.profile.name)"
    return Refusal(
      rule: .unregisteredHeap,
      message: "there is no \(heap): \(kernel) does not boot on this board, because \(cause)")
  }

  /// Why a name leads to no heap: the failed driver, the region behind it, or nothing of that name at all.
  private func absence(of text: String, name: String, node: Node?) -> Refusal {
    if !map.boots { return deadBoard("heap `\(text)`") }
    let failure = map.heapFailures.first { $0.name == name || $0.node != nil && $0.node == node?.id }
    if let failure { return refusal(failure, text) }
    let region = map.regions.first { $0.name == name || $0.node != nil && $0.node == node?.id }
    if let region {
      let place = region.node.flatMap(self.node(identifier:))
      return Refusal(
        rule: .unregisteredHeap, message: "the kernel creates no heap `\(text)`: \(reason(region))",
        notes: region.problems.map { "`\($0.rawValue)`: \($0.explanation)" }, node: place)
    }
    if let node, let refusal = refusal(ofDevice: node, text) { return refusal }
    let names = map.heaps.map(\.name) + own.map(\.name)
    // Every board that boots has it.
    let system = names.contains("system") ? [] : ["system"]
    let meant = Text.closestMatch(to: name, in: names + system).map { "; did you mean `\($0)`?" } ?? ""
    let help =
      names.isEmpty
      ? "the kernel creates no heap on this board"
      : "there are \(Text.list(Array(names.prefix(8)) + system))"
    return Refusal(
      rule: .unknownHeap, message: "the board has no heap `\(QuotedText.shown(text))`\(meant)", help: help)
  }

  /// Why a node that is no region has no heap, where that can be told.
  private func refusal(ofDevice node: Node, _ text: String) -> Refusal? {
    if !node.isEnabled {
      let message = "the kernel creates no heap `\(text)`: node `\(node.path)` is disabled by its `status`"
      return Refusal(rule: .unregisteredHeap, message: message, node: node)
    }
    let isHeap = node.compatible.contains(where: HeapCompatibles.isHeapDevice)
    if isHeap, !map.profile.hasChunkHeap {
      let message = "the kernel creates no heap `\(text)`: this kernel has no driver for the chunk heap"
      return Refusal(rule: .unregisteredHeap, message: message, node: node)
    }
    return Refusal(rule: .unregisteredHeap, message: "node `\(node.path)` is no heap", node: node)
  }

  private func refusal(_ failure: HeapFailure, _ text: String) -> Refusal {
    let device = failure.node.flatMap(node(identifier:))
    var message = "the kernel creates no heap `\(text)`: \(failure.reason.explanation)"
    var notes: [String] = []
    var place = device
    if failure.reason == .noArea, let pool = device?["memory-region"]?.phandleTargets?.first.flatMap({ $0 }) {
      place = pool
      if let region = map.region(ofNode: pool.id) {
        message = "the kernel creates no heap `\(text)`: \(reason(region))"
        notes = region.problems.map { "`\($0.rawValue)`: \($0.explanation)" }
      } else {
        message += " (`\(pool.path)`)"
      }
    }
    return Refusal(rule: .unregisteredHeap, message: message, notes: notes, node: place)
  }

  /// Why the kernel never looks at a region.
  private func oversight(_ region: ReservedRegion) -> String {
    let node = region.node.flatMap(node(identifier:))
    let container = tree.root.children.first { $0.baseName == "reserved-memory" }
    if let container, node?.parent != container { return "which is no child of the first `/reserved-memory`" }
    if node?.isEnabled == false { return "which its `status` disables" }
    return "because \(BootProblem.badRootFormat.explanation)"
  }

  /// What became of a region, in half a sentence.
  private func reason(_ region: ReservedRegion) -> String {
    let name = "region `\(region.name)`"
    let problem = region.problems.first { $0 != .overlap } ?? region.problems.first
    let because = problem.map { ", because \($0.explanation) (\($0.rawValue))" } ?? ""
    switch region.state {
    case .rejected: return "it rejects \(name)\(because)"
    case .unplaced: return "it finds no room for \(name)\(because)"
    case .invalid: return "\(name) is malformed\(because)"
    case .overLimit: return "\(name) is beyond a limit of the kernel\(because)"
    case .ignored: return "it never looks at \(name), \(oversight(region))"
    case .reserved, .ready:
      switch region.type {
      case .cma: return "\(name) is a CMA area, over which this kernel makes no heap"
      case .chunk where !map.profile.hasChunkHeap: return "this kernel has no driver for the chunk heap"
      case .chunk: return "\(name) has no area of its own\(because)"
      case .coherent: return "\(name) is a coherent pool and not `reusable`, so that it has no CMA area"
      case .restricted: return "\(name) is a restricted pool for bounce buffers"
      case .reserved: return "\(name) is reserved and belongs to nobody"
      }
    }
  }
}

extension HeapFailure.Reason {
  /// Why the driver makes no heap, as a clause.
  var explanation: String {
    switch self {
    case .noRegion: "`memory-region` is missing or leads nowhere"
    case .noArea: "the region behind `memory-region` has no CMA area"
    case .noChunkSize: "it does not say how large a chunk is"
    case .chunkTooLarge: "a chunk would be larger than the page allocator's largest block"
    case .noName: "`dma-heap,name` is missing or empty"
    case .noProtection: "it is secure and has no `dma-heap,protection_id`"
    case .nameTaken: "another heap has this name already"
    }
  }
}

extension BootProblem {
  /// What went wrong, as a clause.
  var explanation: String {
    switch self {
    case .initFailed: "no driver takes it"
    case .cmaSlots: "all slots for CMA areas are used"
    case .cmaSetupFailed: "its CMA area cannot be set up"
    case .tooManyRegions: "the kernel's table of regions is full"
    case .tooManyDynamic: "there are too many regions without `reg`"
    case .allocFailed: "no place satisfies its size, alignment and `alloc-ranges`"
    case .misalignedCMA: "its base or size is no multiple of the CMA minimum"
    case .overlap: "it overlaps another region"
    case .reserveFailed: "its memory cannot be reserved"
    case .badRootFormat: "the cells or `ranges` of `/reserved-memory` are wrong"
    case .cmaBypassed: "`cma=` on the command line takes its place"
    case .badRegProperty: "its `reg` is malformed"
    case .badSizeProperty: "its `size` is malformed"
    case .badAlignmentProperty: "its `alignment` is malformed"
    case .badAllocRanges: "its `alloc-ranges` is malformed"
    case .defaultCMAFailed: "the default CMA area could not be made"
    case .defaultCMABadArguments: "`cma=` names a place that no area can have"
    case .extraRegIgnored: "only the first pair of `reg` has a pool"
    case .coherentNeedsNoMap: "a coherent pool needs `no-map` here"
    case .cmaNotActivated: "it crosses two zones and is not activated"
    case .badPage: "it shares a pageblock with another area"
    case .crash: "the kernel dies"
    }
  }
}
