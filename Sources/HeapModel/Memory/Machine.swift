/// What a machine is made of: its page sizes, and its contiguous areas in the order of their creation.
public struct MachineConfiguration: Hashable, Sendable {
  /// The kernel's page sizes.
  public var geometry: MemoryGeometry
  /// The areas; names are unique.
  public var areas: [AreaConfiguration]

  /// Keeps the parts as they are; ``Machine/init(_:)`` checks them.
  public init(geometry: MemoryGeometry, areas: [AreaConfiguration]) {
    self.geometry = geometry
    self.areas = areas
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
  /// The areas hold more than ``PageMap/pagesMax`` pages together.
  case tooManyPages
  /// The pin at this offset is outside its area, or there twice.
  case badPin(area: String, offset: UInt64)
}

/// Names one of a machine's areas by its place in the list.
public struct AreaIndex: Hashable, Sendable {
  /// The place in ``Machine/areas``, from 0.
  public let position: Int
}

/// The pages of an idle machine and the areas over them: nothing is lent out, and only pins stand in the way.
public struct Machine: Sendable {
  /// The kernel's page sizes.
  public let geometry: MemoryGeometry
  /// The state of every page of every area.
  public private(set) var pages: PageMap
  /// The areas, in the order of the configuration.
  public private(set) var areas: [CMAArea]
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
    guard let map = PageMap(covering: ranges) else { throw .tooManyPages }
    pages = map
    areas = zip(configuration.areas, ranges).map { CMAArea(name: $0.name, pages: $1) }
    for (position, area) in configuration.areas.enumerated() {
      for offset in area.pins where pin(offset: offset, in: AreaIndex(position: position)) != nil {
        throw .badPin(area: area.name, offset: offset)
      }
    }
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
    _ count: UInt64, alignOrder: Int, mode: RangeMode, in area: AreaIndex
  ) -> CMAAnswer {
    areas[area.position].allocate(count, alignOrder: alignOrder, mode: mode, from: &pages)
  }

  /// Tries one range of an area whose bits are clear, and sets them when it is had.
  public mutating func attempt(_ range: PageRange, mode: RangeMode, in area: AreaIndex) -> RangeAnswer {
    areas[area.position].attempt(range, mode: mode, from: &pages)
  }

  /// Gives a range back to the area that gave it out.
  ///
  /// - Source: Linux 6.1 mm/cma.c, cma_release.
  public mutating func release(_ range: PageRange, to area: AreaIndex) {
    areas[area.position].release(range, to: &pages)
  }

  /// Tries one range of pages behind the back of the area's bitmap.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, alloc_contig_range.
  public mutating func claim(_ range: PageRange, mode: RangeMode) -> RangeAnswer {
    pages.claim(range, mode: mode)
  }

  /// Gives back pages that ``claim(_:mode:)`` gave out.
  ///
  /// - Source: Linux 6.1 mm/page_alloc.c, free_contig_range.
  public mutating func release(_ range: PageRange) { pages.release(range) }

  /// Makes a free page of an area unmovable.
  ///
  /// - Parameters:
  ///   - offset: in pages from the area's start.
  ///   - area: an area of this machine.
  /// - Returns: nil when it is done, `busy` where the page is not free, `invalidArgument` outside the area.
  public mutating func pin(offset: UInt64, in area: AreaIndex) -> KernelError? {
    guard let frame = frame(at: offset, in: area) else { return .invalidArgument }
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
    return pages.unpin(frame)
  }

  /// Makes every pinned page of an area free again.
  ///
  /// - Complexity: O(p log n) for p pins.
  public mutating func unpinAll(in area: AreaIndex) {
    while let frame = pages.firstPinned(in: areas[area.position].pages), pages.unpin(frame) == nil {}
  }

  private func frame(at offset: UInt64, in area: AreaIndex) -> PageFrame? {
    let range = areas[area.position].pages
    return offset < range.count ? PageFrame(range.first.number + offset) : nil
  }
}
