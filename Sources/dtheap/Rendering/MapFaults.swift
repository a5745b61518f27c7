import DTParse
import Diagnostics
import HeapCompiler
import HeapModel

/// One thing that a map does not have as the tree asks, in words.
package struct MapFault {
  /// The node's place, or its path where it has none; nil for faults of the whole tree.
  let place: String?
  /// The path of the node that it is about; nil for faults of the whole tree.
  package let node: String?
  /// A sentence without its first capital and its full stop.
  let message: String
  /// Whether it makes the answer of `dtheap map` no.
  package let isFatal: Bool

  /// The place and the message.
  package var text: String { place.map { "\($0): \(message)" } ?? message }
}

extension MapFault {
  /// The faults of a map: those of the whole tree, then rows in their order, then heaps.
  package static func all(of booted: BootedBoard) -> [MapFault] {
    let map = booted.map
    let rows = map.regions.filter { $0.isFaulty || !$0.problems.isEmpty }
    let nodes = NodeIndex(booted.tree, rows.compactMap(\.node) + map.heapFailures.compactMap(\.node))
    var faults: [MapFault] = []
    if let cause = map.deathCause {
      faults.append(
        MapFault(place: nil, node: nil, message: "the kernel dies: \(cause.words)", isFatal: true))
    }
    for problem in map.problems where problem != .crash {
      faults.append(
        MapFault(
          place: nil, node: nil, message: problem.words(map.profile), isFatal: problem == .badRootFormat))
    }
    for row in rows {
      faults.append(
        MapFault(
          place: row.node.flatMap { nodes[$0] }?.place, node: row.path, message: row.words(map.profile),
          isFatal: row.isFaulty))
    }
    for failure in map.heapFailures {
      let node = failure.node.flatMap { nodes[$0] }
      faults.append(
        MapFault(place: node?.place, node: node?.path, message: failure.words(map.profile), isFatal: true))
    }
    return faults
  }
}

extension Node {
  /// The place where the node is written, or its path.
  fileprivate var place: String { location.map { "\($0.file):\($0.line):\($0.column)" } ?? path }
}

extension ReservedRegion {
  /// Whether the kernel did not do with the row what the tree asks.
  var isFaulty: Bool { [.rejected, .unplaced, .invalid, .overLimit].contains(state) }

  /// What became of the row and why.
  fileprivate func words(_ profile: KernelProfile) -> String {
    let fate =
      switch state {
      case .ready: "is a pool"
      case .reserved: "is reserved"
      case .rejected: givenBack ? "is given back to the system" : "is rejected"
      case .unplaced: "has no place"
      case .invalid: "is dropped"
      case .overLimit: "is beyond the kernel's table"
      case .ignored: "is not looked at"
      }
    var reasons = problems.filter { $0 != .initFailed || problems.count == 1 }.map { $0.words(profile) }
    if reasons.isEmpty, state == .invalid { reasons = ["it has neither a usable `reg` nor a `size`"] }
    if reasons.isEmpty, origin == .commandLine { reasons = ["`cma=` cannot be had"] }
    let pairs = pair > 0 ? " (pair \(pair))" : ""
    return "`\(name)`\(pairs) \(fate)" + (reasons.isEmpty ? "" : ": " + reasons.joined(separator: "; "))
  }
}

extension BootProblem {
  /// What is wrong.
  func words(_ profile: KernelProfile) -> String {
    let minimum = ByteCount(profile.cmaAlignment).inBinaryUnits
    return switch self {
    case .initFailed: "no initialiser took it"
    case .cmaSlots: "all \(profile.cmaAreaCount) CMA slots are used"
    case .cmaSetupFailed: "no CMA area could be set up"
    case .tooManyRegions:
      "there are more regions than the \(profile.regionTableMax ?? 64) of the kernel's table"
    case .tooManyDynamic: "there are more than \(profile.dynamicRegionsMax ?? 64) dynamic regions"
    case .allocFailed: "no free memory of this size and alignment in its windows"
    case .misalignedCMA: "base or size is not a multiple of \(minimum)"
    case .overlap: "it overlaps the next region, and both stay"
    case .reserveFailed: "it cannot be reserved"
    case .badRootFormat:
      "all regions are ignored: `#address-cells` or `#size-cells` of /reserved-memory differ from the root's, "
        + "or `ranges` is missing"
    case .cmaBypassed: "`cma=` on the command line takes precedence over `linux,cma-default`"
    case .badRegProperty: "`reg` is not a whole number of pairs"
    case .badSizeProperty: "`size` has the wrong number of cells"
    case .badAlignmentProperty: "`alignment` has the wrong number of cells"
    case .badAllocRanges: "`alloc-ranges` is not a whole number of pairs"
    case .defaultCMAFailed: "there is no default CMA area"
    case .defaultCMABadArguments: "`cma=` names a place that no area can have"
    case .extraRegIgnored: "only the first pair of `reg` is a pool"
    case .coherentNeedsNoMap: "a coherent pool needs `no-map` here"
    case .cmaNotActivated: "the area crosses two zones and gets no service"
    case .badPage: "two areas share a pageblock"
    case .crash: "the kernel dies"
    }
  }
}

extension DeathCause {
  /// Of what the kernel dies.
  fileprivate var words: String {
    switch self {
    case .noMemory: "the board has no memory; firmware that fills it in is replaced by --memory"
    case .poolOutsideMemory(let pool, _): "the CMA area `\(pool)` is not wholly memory"
    case .overlappingPools(let pool, _): "the CMA area `\(pool)` shares memory with another"
    case .noRoomForPageTables: "there is no room for page tables"
    case .imageInUnmappedMemory: "a `no-map` region cuts memory below the end of the kernel image"
    case .tablesInUnmappedPool(let pool, _):
      "part of the CMA area `\(pool)` is free, and page tables are put there while it is not mapped"
    }
  }
}

extension HeapFailure {
  /// Which heap is missing and why.
  fileprivate func words(_ profile: KernelProfile) -> String {
    let why =
      switch reason {
      case .noRegion: "`memory-region` is missing or leads nowhere"
      case .noArea: "its region has no CMA area"
      case .noChunkSize: "the chunk size is missing"
      case .chunkTooLarge: "a chunk would be larger than the largest block, 2^\(profile.maxOrder) pages"
      case .noName: "`dma-heap,name` is missing"
      case .noProtection: "`dma-heap,secure` needs a `dma-heap,protection_id` other than 0"
      case .nameTaken: "a heap of that name exists"
      }
    return "\(name.map { "heap `\($0)`" } ?? "a heap") is not registered: \(why)"
  }
}
