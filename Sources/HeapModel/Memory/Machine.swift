/// What a machine is made of: its page sizes, and its contiguous areas in the order of their creation.
public struct MachineConfiguration: Hashable, Sendable {
  /// The kernel's page sizes.
  public var geometry: MemoryGeometry
  /// The areas; names are unique.
  public var areas: [AreaConfiguration]
  /// The memory of the board; nil for an idle machine that has areas alone.
  public var memory: MemoryConfiguration?

  /// Keeps the parts as they are; ``Machine/init(_:)`` checks them.
  public init(geometry: MemoryGeometry, areas: [AreaConfiguration], memory: MemoryConfiguration? = nil) {
    self.geometry = geometry
    self.areas = areas
    self.memory = memory
  }
}

/// One contiguous area of a machine.
public struct AreaConfiguration: Hashable, Sendable {
  /// The name, unique on the machine.
  public var name: String
  /// The first page frame.
  public var base: PageFrame
  /// The size in pages, from 1.
  public var pages: UInt64
  /// The pages that are unmovable from the start, as offsets in the area, in pages, each below `pages`.
  public var pins: [UInt64]

  /// Keeps the parts as they are; ``Machine/init(_:)`` checks them.
  public init(name: String, base: PageFrame, pages: UInt64, pins: [UInt64] = []) {
    self.name = name
    self.base = base
    self.pages = pages
    self.pins = pins
  }
}

/// Why a machine cannot be built.
public enum MachineError: Error, Hashable, Sendable {
  /// Two areas have this name.
  case duplicateArea(String)
  /// The area has no page, or its end is not an address of 64 bits.
  case badArea(String)
  /// The areas and the memory hold more than ``PageMap/pagesMax`` pages together.
  case tooManyPages
  /// The pin at this offset is outside its area, or there twice.
  case badPin(area: String, offset: UInt64)
}

/// Names one of a machine's areas by its place in the list.
public struct AreaIndex: Hashable, Sendable {
  /// The place in ``Machine/areas``, from 0.
  public let position: Int
}

/// The pages of a machine and the areas over them.
///
/// A machine of areas alone is idle: nothing is lent out, and only pins stand in the way. One with memory lends
/// the free pages of its areas to others, and has to get them back.
public struct Machine: Sendable {
  /// The kernel's page sizes.
  public let geometry: MemoryGeometry
  /// The state of every page of every area.
  public internal(set) var pages: PageMap
  /// The areas, in the order of the configuration.
  public private(set) var areas: [CMAArea]
  /// The work of all requests so far, done by those who asked.
  public internal(set) var work = MemoryWork()
  /// The work of the machine beside: of the background reclaimer, and of writing to swap.
  public internal(set) var background = MemoryWork()
  /// The ranges that were tried so far, without those that were only counted.
  var triesMade: UInt64 = 0
  /// The most ranges that a machine tries, seconds of work or more: one request could go on for hours. Further ones are
  /// busy without a look, and the run is ended.
  static let triesMax: UInt64 = 15_625_000
  /// Whether the machine has memory to lend pages out of, and not only areas.
  public let lendsPages: Bool
  /// The page allocator.
  var zone: Zone
  /// What pools of heaps hold, which the reclaimer may take.
  var pools: [CompoundPagePool] = []
  /// How far blocks were made by moving pages.
  var compaction = CompactionState()
  /// The place of each area by its name.
  private let places: [String: Int]

  /// A machine in which every page of every area is free but the pinned ones.
  ///
  /// - Throws: ``MachineError``: an area without a name of its own, pages or a valid end, more pages than the model
  ///   takes, or a pin that is not a page of its area.
  /// - Complexity: O(pages / 64).
  public init(_ configuration: MachineConfiguration) throws(MachineError) {
    geometry = configuration.geometry
    var places: [String: Int] = [:]
    var ranges: [PageRange] = []
    var total: UInt64 = 0
    for area in configuration.areas {
      guard places.updateValue(ranges.count, forKey: area.name) == nil else {
        throw .duplicateArea(area.name)
      }
      guard area.pages > 0, let range = PageRange(first: area.base, count: area.pages),
        configuration.geometry.bytes(ofPages: range.frames.upperBound) != nil
      else { throw .badArea(area.name) }
      guard area.pages <= PageMap.pagesMax - total else { throw .tooManyPages }
      total += area.pages
      ranges.append(range)
    }
    self.places = places
    pages = try Self.map(configuration, areas: ranges)
    lendsPages = configuration.memory != nil
    zone = Zone(idle: geometry)
    areas = zip(configuration.areas, ranges).map { CMAArea(name: $0.name, pages: $1) }
    if let memory = configuration.memory { open(memory) }
    for (position, area) in configuration.areas.enumerated() {
      for offset in area.pins where pin(offset: offset, in: AreaIndex(position: position)) != nil {
        throw .badPin(area: area.name, offset: offset)
      }
    }
  }

  private static func map(
    _ configuration: MachineConfiguration, areas: [PageRange]
  ) throws(MachineError) -> PageMap {
    let geometry = configuration.geometry
    guard let memory = configuration.memory else {
      guard let map = PageMap(covering: areas) else { throw .tooManyPages }
      return map
    }
    let order = geometry.unitOrder
    guard let map = PageMap(covering: areas + memory.ranges, unitOrder: order, summaryOrder: order)
    else { throw .tooManyPages }
    return map
  }

  /// Frees all memory: first what is of no area, in ascending order, then the areas, so that their last pageblock
  /// is the first to be lent out.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, __free_pages_core and init_cma_reserved_pageblock; seen in which pages of
  ///   an area are lent first.
  private mutating func open(_ memory: MemoryConfiguration) {
    var zone = Zone(
      memory, pages: pages.extentPages.reduce(0) { $0 + $1.count }, mapped: pages.pageCount,
      areas: areas.compactMap { pages.numbers(of: $0.pages) }, geometry: geometry)
    let block = 1 << zone.buddy.blockOrder
    var areaBlocks: [Range<Int>] = []
    for extent in pages.extentPages {
      var start = extent.lowerBound
      while start < extent.upperBound {
        let isArea = zone.buddy.type(of: start) == .cma
        var end = start
        while end < extent.upperBound, (zone.buddy.type(of: end) == .cma) == isArea {
          end = min(extent.upperBound, (end / block + 1) * block)
        }
        if isArea { areaBlocks.append(start..<end) } else { zone.buddy.free(start..<end, atTail: true) }
        start = end
      }
    }
    for range in areaBlocks {
      for first in stride(from: range.lowerBound / block * block, to: range.upperBound, by: block) {
        zone.buddy.free(max(first, range.lowerBound)..<min(first + block, range.upperBound))
      }
    }
    self.zone = zone
  }

  /// The area of a name.
  ///
  /// - Complexity: O(1).
  public func area(named name: String) -> AreaIndex? {
    places[name].map(AreaIndex.init(position:))
  }

  /// The area at a place that this machine gave out.
  public subscript(area: AreaIndex) -> CMAArea { areas[area.position] }

  /// Allocates one range from an area; see ``CMAArea``.
  ///
  /// - Parameters:
  ///   - count: in pages; 0 and more than the area holds are refused without a try.
  ///   - alignOrder: the first frame is a multiple of 2^`alignOrder`; from 0.
  ///   - mode: how hard each try is.
  ///   - area: an area of this machine.
  /// - Returns: the range, or why there is none, and how many ranges were tried.
  /// - Source: Linux 6.1 mm/cma.c, cma_alloc.
  public mutating func allocateRange(
    _ count: UInt64, alignOrder: Int, mode: any RangeMode, in area: AreaIndex
  ) -> CMAAnswer {
    guard count > 0, count <= areas[area.position].pages.count else {
      return CMAAnswer(outcome: .failure(CMARefusal(error: .noMemory, lastBusy: nil)), attempts: 0)
    }
    var attempts: UInt64 = 0
    var lastBusy: BusyRange?
    var start: UInt64 = 0
    while let range = areas[area.position].nextClearRange(from: start, count: count, alignOrder: alignOrder) {
      attempts += 1
      let before = work
      // Where an attempt can drop or move pages, the next one finds less to do.
      let movesPages = lendsPages && pages.holdsLent
      let step = areas[area.position].step(alignOrder: alignOrder)
      let offset = range.first.number - areas[area.position].pages.first.number
      switch attempt(range, mode: mode, in: area) {
      case .claimed: return CMAAnswer(outcome: .success(range), attempts: attempts)
      case .noMemory(let busy):
        return CMAAnswer(
          outcome: .failure(CMARefusal(error: .noMemory, lastBusy: busy)), attempts: attempts)
      case .busy(let busy):
        lastBusy = busy
        start = offset + step
        guard !movesPages else { continue }
        // Over the last busy page nothing can change: the tries up to there are counted, not made.
        let repeats = areas[area.position].repeats(of: range, over: busy.last, step: step)
        guard repeats > 0 else { continue }
        attempts += repeats
        work.add(work.since(before), times: repeats)
        passOver(range, to: range.frames.upperBound + repeats * step)
        start += repeats * step
      }
    }
    let error: KernelError = lastBusy == nil ? .noMemory : .busy
    return CMAAnswer(
      outcome: .failure(CMARefusal(error: error, lastBusy: lastBusy)), attempts: attempts)
  }

  /// Tries one range of an area whose bits are clear, and sets them when it is had.
  public mutating func attempt(
    _ range: PageRange, mode: any RangeMode, in area: AreaIndex
  ) -> RangeAnswer {
    guard areas[area.position].pages.contains(range) else {
      return .busy(BusyRange(first: range.first, last: range.first, lot: nil))
    }
    let answer = claim(range, mode: mode)
    if case .claimed = answer { areas[area.position].setUsed(range, true) }
    return answer
  }

  /// Gives a range back to the area that gave it out.
  ///
  /// - Source: Linux 6.1 mm/cma.c, cma_release.
  public mutating func release(_ range: PageRange, to area: AreaIndex) {
    guard areas[area.position].pages.contains(range) else { return }
    release(range)
    areas[area.position].setUsed(range, false)
  }

  /// Gives back pages that ``claim(_:mode:)`` gave out; a range that is not all of the machine is left alone.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, free_contig_range.
  public mutating func release(_ range: PageRange) {
    guard let numbers = pages.numbers(of: range), !numbers.isEmpty else { return }
    work.add(.freePage, numbers.count)
    freePages(numbers, of: .none)
  }

  /// Makes a free page of an area unmovable.
  ///
  /// - Parameters:
  ///   - offset: in pages from the area's start.
  ///   - area: an area of this machine.
  /// - Returns: nil when it is done, `busy` where the page is not free, `invalidArgument` outside the area.
  public mutating func pin(offset: UInt64, in area: AreaIndex) -> KernelError? {
    guard let frame = frame(at: offset, in: area) else { return .invalidArgument }
    guard let page = pages.numbers(of: PageRange(frame.number..<frame.number + 1)) else {
      return .invalidArgument
    }
    if lendsPages { takeOut(page) }
    return pages.pin(frame)
  }

  /// Makes a pinned page of an area free again.
  ///
  /// - Parameters:
  ///   - offset: in pages from the area's start.
  ///   - area: an area of this machine.
  /// - Returns: nil when it is done, `invalidArgument` where the page is not pinned or outside the area.
  public mutating func unpin(offset: UInt64, in area: AreaIndex) -> KernelError? {
    guard let frame = frame(at: offset, in: area) else { return .invalidArgument }
    let error = pages.unpin(frame)
    if error == nil, let page = pages.numbers(of: PageRange(frame.number..<frame.number + 1)) {
      if lendsPages { zone.buddy.free(page) }
    }
    return error
  }

  /// Makes every pinned page of an area free again.
  ///
  /// - Complexity: O(p log n) for p pins.
  public mutating func unpinAll(in area: AreaIndex) {
    let range = areas[area.position].pages
    while let frame = pages.firstPinned(in: range),
      unpin(offset: frame.number - range.first.number, in: area) == nil
    {}
  }

  private func frame(at offset: UInt64, in area: AreaIndex) -> PageFrame? {
    let range = areas[area.position].pages
    return offset < range.count ? PageFrame(range.first.number + offset) : nil
  }
}
