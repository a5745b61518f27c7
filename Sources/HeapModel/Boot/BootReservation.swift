extension MemoryMap {
  /// Boots a kernel on a board, as far as its memory is concerned.
  ///
  /// - Parameters:
  ///   - board: the board; any contents, hostile ones included.
  ///   - profile: the kernel.
  /// - Complexity: O(*n* log *n*) in the number of nodes and `reg` pairs, times the bounded length of memblock's lists
  ///   for each pair, window and placement.
  public init(booting board: BoardConfiguration, with profile: KernelProfile) {
    var boot = BootReservation(board: board, profile: profile)
    boot.run()
    self = boot.map
  }
}

/// One boot in progress: memblock, the region table and the map as far as it is known.
///
/// The steps are in the extensions, one subject a file, in the order of the kernel.
struct BootReservation {
  let board: BoardConfiguration
  let profile: KernelProfile
  let commandLine: BootCommandLine
  /// Cells of an address, as the root says.
  let addressCells: UInt32
  /// Cells of a size, as the root says.
  let sizeCells: UInt32
  var memblock: Memblock
  var map: MemoryMap
  /// The kernel's table of regions.
  var table: [RegionEntry] = []
  /// What 6.12 meets again when it scans the container the second time, in tree order.
  var revisits: [Revisit] = []
  /// How many regions the scan of the container has counted, for the size of a table.
  var countedRegions = 0
  /// The CMA areas in the order of their slots.
  var areas: [Area] = []
  /// The index into `map.pools` of the default area.
  var defaultArea: Int?
  /// The end of low memory, exclusive; the end of DRAM where all memory is low.
  var lowMemoryEnd: UInt64 = 0
  /// The end of the DMA zone, exclusive.
  var dmaZoneLimit: UInt64 = 0

  init(board: BoardConfiguration, profile: KernelProfile) {
    self.board = board
    self.profile = profile
    commandLine = BootCommandLine(board.commandLine, profile: profile)
    // Linux 6.1 drivers/of/fdt.c, early_init_dt_scan_root: OF_ROOT_NODE_*_CELLS_DEFAULT is 1.
    addressCells = board.rootCells.address ?? 1
    sizeCells = board.rootCells.size ?? 1
    memblock = Memblock(profile: profile)
    map = MemoryMap(profile: profile)
  }

  /// All steps of the boot.
  mutating func run() {
    scanMemory()
    if memblock.memory.entries.isEmpty { die(.noMemory) }
    scanReservedMemory()
    guard map.boots else { return finish() }
    switch profile.regionOrder {
    case .sortedTable:
      initialiseSortedTable()
      guard takePageTables() else { return finish() }
    case .dynamicThenStatic:
      guard takePageTables() else { return finish() }
      allocateRegionTable()
      initialiseStatics()
    }
    if profile.defaultCMATime == .afterMemoryMap { allocateMemoryMap() }
    findDMAZone()
    reserveDefaultArea()
    remapAreas()
    finish()
  }

  /// Page tables, where they come before the default CMA area.
  ///
  /// - Returns: whether the kernel lives on.
  private mutating func takePageTables() -> Bool {
    guard profile.defaultCMATime == .afterMemoryMap else { return true }
    if !allocatePageTables() { die(.noRoomForPageTables) }
    return map.boots
  }

  /// What follows when memblock is done: the rows are complete, areas and heaps come up.
  private mutating func finish() {
    listMemory()
    fillFinalStates()
    guard map.boots else { return }
    activateAreas()
    guard map.boots else { return }
    registerHeaps()
  }

  /// The kernel ends here.
  mutating func die(_ cause: DeathCause) {
    map.boots = false
    map.deathCause = map.deathCause ?? cause
    report(.crash)
  }

  /// Notes a problem of the whole tree.
  mutating func report(_ problem: BootProblem) {
    if !map.problems.contains(problem) { map.problems.append(problem) }
  }

  /// A line of the log.
  mutating func log(_ line: String) { map.logLines.append(line) }

  /// An address as `%pa` prints it.
  func text(_ address: UInt64) -> String {
    let digits = String(address & profile.addressMask, radix: 16)
    return "0x" + String(repeating: "0", count: max(profile.addressDigits - digits.count, 0)) + digits
  }

  /// A size in whole MiB, as the messages divide it.
  func mebibytes(_ size: UInt64) -> UInt64 { size >> 20 }
}

/// A CMA area.
struct Area {
  /// The index of its pool in the map.
  var pool: Int
  /// The index of its row in the map.
  var row: Int
}

/// An entry of the kernel's region table (struct reserved_mem).
struct RegionEntry {
  /// The child's index.
  var child: Int
  /// The index of its row in the map.
  var row: Int
  var base: UInt64
  /// 0 for a dynamic region that is not placed yet.
  var size: UInt64
}

/// A child with `reg` as the second scan of 6.12 finds it.
enum Revisit {
  /// Its `reg` has the wrong length; the row.
  case malformed(child: Int, row: Int)
  /// Its first pair, and how many more there are.
  case region(RegionEntry, extraPairs: Int)
}
