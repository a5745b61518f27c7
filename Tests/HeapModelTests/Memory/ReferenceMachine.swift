@testable import HeapModel

/// A board as one plain list of pages: lending, reclaim, `cma_alloc` and `alloc_contig_range` written down step by
/// step, without a summary, a bitmap or an index.
///
/// Pages are numbered by their frames. It counts what it drops and moves, and knows no costs. Areas that are a zone of
/// their own and swap in memory are beyond it.
struct ReferenceMachine {
  enum Page: Hashable {
    case absent, free, cached, given, pinned
    case lent(PageLot)
  }

  private(set) var pages: [Page]
  private(set) var buddy: ReferenceBuddy
  /// The per-CPU lists, the page that was freed last at the end.
  private(set) var cached: [Int] = []
  /// Those of areas, where they have lists of their own.
  private(set) var cachedOfAreas: [Int] = []
  private(set) var dropped = 0
  private(set) var migrated = 0
  private let areas: [Range<Int>]
  private var bitmaps: [[Bool]]
  private let marks: Watermarks
  private let policy: LendingPolicyKind
  private let listsHigh: Int
  private var swapLeft: Int
  /// Pages of files and of processes in the order in which they were lent; some have come back since.
  private var files: [Int] = []
  private var processes: [Int] = []
  private let agesMax: Int

  static let batch = 63
  private static let kept = Machine.keptLot

  /// Whether the reference knows what a board does.
  static func knows(_ memory: MemoryConfiguration) -> Bool { memory.policy != .areaZone }

  /// A board whose areas lie on whole pageblocks.
  ///
  /// - Parameters:
  ///   - configuration: of the machine.
  ///   - memory: of the board.
  ///   - agesMax: the most pages that the reclaimer remembers of files, and of processes, before it forgets
  ///     repetitions.
  init(_ configuration: MachineConfiguration, memory: MemoryConfiguration, agesMax: Int = .max) {
    self.agesMax = agesMax
    areas = configuration.areas.map { Int($0.base.number)..<Int($0.base.number + $0.pages) }
    let ranges = memory.ranges.map { Int($0.frames.lowerBound)..<Int($0.frames.upperBound) } + areas
    pages = [Page](repeating: .absent, count: ranges.map(\.upperBound).max() ?? 0)
    let geometry = configuration.geometry
    buddy = ReferenceBuddy(
      pages: pages.count, orderMax: geometry.maxOrder - 1, blockOrder: geometry.pageblockOrder)
    bitmaps = areas.map { [Bool](repeating: false, count: $0.count) }
    for range in ranges { for page in range { pages[page] = .free } }
    policy = memory.policy
    let all = pages.count { $0 == .free }
    let outside = all - Set(areas.joined()).count
    let whole = Watermarks(pages: all, pageSizeBytes: geometry.pageSizeBytes)
    marks = policy == .guaranteed ? whole.share(of: outside, in: all) : whole
    swapLeft = Int(memory.swapPages)
    listsHigh = memory.cpus > 0 ? max(whole.low, 4 * Self.batch) : 0
    for area in areas { for page in area { buddy.types[page] = .cma } }
    for page in pages.indices where pages[page] == .free && buddy.types[page] != .cma {
      buddy.free(page, atTail: true)
    }
    for page in pages.indices where pages[page] == .free && buddy.types[page] == .cma { buddy.free(page) }
  }

  // MARK: Free pages

  private var areaFree: Int { buddy.pages(.cma) }
  private var outsideFree: Int { [.unmovable, .movable, .reclaimable].reduce(0) { $0 + buddy.pages($1) } }
  private var hasOwnLists: Bool { policy == .ownLists || policy == .ownHugeLists }

  /// Frees a page: to the lists of a CPU, which give a batch back when they are full, or past them.
  private mutating func free(_ page: Int) {
    guard listsHigh > 0, !buddy.isolated.contains(page) else { return join(page) }
    let isOfArea = areas.contains { $0.contains(page) }
    if isOfArea, policy == .guaranteed { return join(page) }
    pages[page] = .cached
    if hasOwnLists, isOfArea {
      cachedOfAreas.append(page)
      for old in Self.removeBatch(of: &cachedOfAreas, above: listsHigh) { join(old) }
    } else {
      cached.append(page)
      for old in Self.removeBatch(of: &cached, above: listsHigh) { join(old) }
    }
  }

  /// What goes back where a list is too long.
  private static func removeBatch(of list: inout [Int], above high: Int) -> [Int] {
    guard list.count > high else { return [] }
    let removed = Array(list.prefix(1 + batch))
    list.removeFirst(removed.count)
    return removed
  }

  private mutating func join(_ page: Int) {
    pages[page] = .free
    buddy.free(page)
  }

  private mutating func drain() -> Bool {
    let drained = cached + cachedOfAreas
    cached = []
    cachedOfAreas = []
    for page in drained { join(page) }
    return !drained.isEmpty
  }

  // MARK: Lending

  /// Where a page comes from: whether areas come first, and last; and for how many pages that is good.
  private func rule(for request: PageRequest) -> (first: Bool, last: Bool, pages: Int) {
    guard !request.prefersArea else { return (true, false, .max) }
    guard request.type == .movable, !request.isLongTerm else { return (false, false, .max) }
    let isFile = [.cleanFile, .dirtyFile, .writeback].contains(request.pageClass)
    // A page to copy another to is no read of a file and no fault.
    let isCopy = request.isCopy
    switch policy {
    case .halfFree:
      let surplus = areaFree - (areaFree + outsideFree) / 2
      return surplus > 0 ? (true, false, 2 * surplus) : (false, true, 1 - 2 * surplus)
    case .fallbackOnly: return (false, true, .max)
    case .pageCacheOnly: return (isFile && !isCopy, false, .max)
    case .anonymousFirst, .ownLists, .ownHugeLists:
      return (request.pageClass == .anonymous && !isCopy, false, .max)
    case .areaZone, .guaranteed: return (false, false, .max)
    }
  }

  /// Lends pages, as many as can be had.
  mutating func lend(_ count: Int, for lot: PageLot, isLongTerm: Bool = false, inArea: Bool = false) -> [Int]
  {
    var request = PageRequest(lot.pageClass, isLongTerm: isLongTerm)
    request.prefersArea = inArea
    return allocate(count, for: request, lot: lot)
  }

  private mutating func allocate(_ count: Int, for request: PageRequest, lot: PageLot) -> [Int] {
    var result: [Int] = []
    while result.count < count {
      let fetched = fetch(count - result.count, for: request)
      guard !fetched.isEmpty else { break }
      for page in fetched { pages[page] = .lent(lot) }
      // What comes off a list of a CPU at once is of one age.
      remember(fetched.sorted(), of: lot)
      result += fetched
    }
    return result
  }

  /// Fetches pages that lie behind each other; the background reclaimer has worked before, and where nothing is left
  /// the caller reclaims.
  private mutating func fetch(_ limit: Int, for request: PageRequest) -> [Int] {
    while outsideFree < marks.low, reclaim(max(marks.high - outsideFree, 32)) > 0 {}
    while true {
      let rule = rule(for: request)
      let room = outsideFree + (rule.first || rule.last ? areaFree : 0) - marks.min
      if room > 0 {
        let fetched = fetchCached(outsideFree < marks.low ? 1 : limit, for: request)
        guard fetched.isEmpty else { return fetched }
        let free = fetchFree(min(limit, room, max(outsideFree - marks.low, 32)), for: request)
        guard free.isEmpty else { return free }
      }
      guard drain() || reclaim(32) > 0 else { return [] }
    }
  }

  /// Takes the pages that were freed last, as far as they are neighbours in a pageblock, from the last to the first.
  private mutating func fetchCached(_ limit: Int, for request: PageRequest) -> [Int] {
    guard request.type == .movable else { return [] }
    if hasOwnLists, rule(for: request).first {
      if let last = cachedOfAreas.last, buddy.isolated.contains(last) { return [] }
      if !cachedOfAreas.isEmpty { return Self.takeLast(of: &cachedOfAreas, limit) { _ in true } }
      // The other lists are for others, until nothing of areas is left.
      guard areaFree == 0 else { return [] }
    }
    guard let last = cached.last, isUsable(last, for: request) else { return [] }
    let block = last >> buddy.blockOrder
    let order = buddy.blockOrder
    return Self.takeLast(of: &cached, limit) { $0 >> order == block }
  }

  private static func takeLast(of list: inout [Int], _ limit: Int, while isWanted: (Int) -> Bool) -> [Int] {
    var taken: [Int] = []
    while taken.count < limit, let page = list.last, taken.last.map({ $0 == page + 1 }) ?? true,
      isWanted(page)
    {
      taken.append(list.removeLast())
    }
    return taken
  }

  /// Makes lent pages the newest of the reclaimer's; when it remembers too many it keeps the newest time of each.
  private mutating func remember(_ lent: [Int], of lot: PageLot) {
    func shortened(_ list: [Int]) -> [Int] {
      guard list.count > agesMax else { return list }
      var seen: Set<Int> = []
      return list.reversed().filter { seen.insert($0).inserted }.reversed()
    }
    switch ReclaimQueues.Kind(lot.pageClass) {
    case .files: files = shortened(files + lent)
    case .swapBacked: processes = shortened(processes + lent)
    case nil: break
    }
  }

  private func isUsable(_ page: Int, for request: PageRequest) -> Bool {
    let type = buddy.type(of: page)
    return request.type == .movable && (type == .movable || type == .cma && !request.isLongTerm)
  }

  private mutating func fetchFree(_ limit: Int, for request: PageRequest) -> [Int] {
    let rule = rule(for: request)
    // The rule is looked at again after half a batch at the earliest.
    let limit = min(limit, max(rule.pages, Self.batch / 2))
    var fetched = rule.first ? buddy.take(.cma, limit: limit) : []
    if fetched.isEmpty { fetched = buddy.take(request.type, limit: limit) }
    if fetched.isEmpty, rule.last { fetched = buddy.take(.cma, limit: limit) }
    if fetched.isEmpty, buddy.steal(for: request.type) { fetched = buddy.take(request.type, limit: limit) }
    return fetched
  }

  /// Gives lent pages back.
  mutating func giveBack(_ range: Range<Int>) { for page in range { free(page) } }

  /// Turns lent pages into pages of another lot.
  mutating func change(_ range: Range<Int>, to lot: PageLot) {
    for page in range { pages[page] = .lent(lot) }
  }

  // MARK: Reclaim

  /// Frees pages: clean ones, then dirty ones, then by swap, each time those that were lent first.
  @discardableResult
  mutating func reclaim(_ count: Int) -> Int {
    var freed = 0
    freed += age(\.files, count, where: { $0.canBeDropped && $0 != Self.kept }) { machine, page in
      machine.free(page)
      guard machine.policy == .guaranteed else { return }
      for kept in machine.buddy.take(.cma, limit: 1) { machine.pages[kept] = .lent(Self.kept) }
    }
    freed += age(\.files, count - freed, where: \.canBeWritten) { $0.free($1) }
    let swapped = age(\.processes, min(count - freed, swapLeft), where: \.canBeSwapped) { $0.free($1) }
    swapLeft -= swapped
    return freed + swapped
  }

  /// Goes once through the pages in the order of their ages: takes those that may be freed, and makes those newest that
  /// stay.
  private mutating func age(
    _ list: WritableKeyPath<Self, [Int]>, _ count: Int, where matches: (PageLot) -> Bool,
    _ body: (inout Self, Int) -> Void
  ) -> Int {
    // Where no page can be freed nobody looks.
    let isThere = pages.contains { if case .lent(let lot) = $0 { matches(lot) } else { false } }
    guard isThere else { return 0 }
    var freed = 0
    for _ in 0..<self[keyPath: list].count where freed < count {
      let page = self[keyPath: list].removeFirst()
      guard case .lent(let lot) = pages[page] else { continue }
      if matches(lot), !buddy.isolated.contains(page) {
        body(&self, page)
        freed += 1
      } else if ReclaimQueues.Kind(lot.pageClass) == (list == \.files ? .files : .swapBacked) {
        self[keyPath: list].append(page)
      }
    }
    return freed
  }

  // MARK: Ranges

  /// `cma_alloc`: the first run of clear bits, then the next behind one unit of the alignment, until one can be had.
  mutating func allocateRange(
    _ count: Int, alignOrder: Int, mode: any RangeMode, in area: Int
  ) -> (first: Int?, error: KernelError?, attempts: Int) {
    let range = areas[area]
    var attempts = 0
    var start = range.lowerBound
    guard count > 0, count <= range.count else { return (nil, .noMemory, 0) }
    while start + count <= range.upperBound {
      let bits = start - range.lowerBound..<start - range.lowerBound + count
      guard start % (1 << alignOrder) == 0, !bitmaps[area][bits].contains(true) else {
        start += 1
        continue
      }
      attempts += 1
      switch claim(start..<start + count, mode: mode) {
      case nil:
        for bit in bits { bitmaps[area][bit] = true }
        return (start, nil, attempts)
      case .noMemory: return (nil, .noMemory, attempts)
      default: start += 1 << alignOrder
      }
    }
    return (nil, attempts == 0 ? .noMemory : .busy, attempts)
  }

  /// `cma_release`.
  mutating func release(_ range: Range<Int>, to area: Int) {
    for page in range {
      bitmaps[area][page - areas[area].lowerBound] = false
      free(page)
    }
  }

  /// `alloc_contig_range`: the error, or nil when every page is had.
  private mutating func claim(_ range: Range<Int>, mode: any RangeMode) -> KernelError? {
    guard policy != .guaranteed else { return evict(range) }
    let block = 1 << buddy.blockOrder
    let first = range.lowerBound / block * block
    buddy.isolate(first..<(range.upperBound + block - 1) / block * block)
    defer { buddy.restore() }
    if mode.lists != .kept { _ = drain() }
    guard evacuate(range, mode) else { return .noMemory }
    return take(range) ? nil : .busy
  }

  /// The final test: every page is free, or none is taken.
  private mutating func take(_ range: Range<Int>) -> Bool {
    guard pages[range].allSatisfy({ $0 == .free }) else { return false }
    _ = buddy.takeOut(range)
    for page in range { pages[page] = .given }
    return true
  }

  private mutating func evict(_ range: Range<Int>) -> KernelError? {
    _ = drain()
    for page in range {
      guard case .lent(let lot) = pages[page], lot.canBeDropped else { continue }
      dropped += 1
      join(page)
    }
    return take(range) ? nil : .busy
  }

  /// Empties a range in rounds of at most 32 pages that could be isolated, in the order of addresses.
  ///
  /// Clean pages are dropped, the others are copied; neighbours of one lot are copied together. A page that stays ends
  /// the walk with its round.
  ///
  /// - Returns: false where there was no page to copy one to.
  private mutating func evacuate(_ range: Range<Int>, _ mode: any RangeMode) -> Bool {
    var isolated = 0
    var isStuck = false
    var page = range.lowerBound
    while page < range.upperBound {
      guard case .lent(let lot) = pages[page], lot.canBeIsolated else {
        page += 1
        continue
      }
      if isStuck, isolated % 32 == 0 { return true }
      if mode.attempts(on: lot) != nil {
        isStuck = true
        isolated += 1
        page += 1
        continue
      }
      var end = page
      while end < range.upperBound, pages[end] == .lent(lot),
        !isStuck || end == page || (isolated + end - page) % 32 > 0
      {
        end += 1
      }
      isolated += end - page
      guard move(page..<end, lot) else { return false }
      page = end
    }
    return true
  }

  /// Drops or copies neighbours of one lot; false where the targets ran out.
  private mutating func move(_ run: Range<Int>, _ lot: PageLot) -> Bool {
    if lot.canBeDropped {
      dropped += run.count
      for page in run { free(page) }
      return true
    }
    var request = PageRequest(lot.pageClass)
    request.isCopy = true
    let targets = allocate(run.count, for: request, lot: lot)
    migrated += targets.count
    for page in run.prefix(targets.count) { free(page) }
    return targets.count == run.count
  }

  // MARK: Pins

  /// Makes a free page of an area unmovable.
  mutating func pin(_ page: Int) -> Bool {
    guard pages[page] == .free else { return false }
    _ = buddy.takeOut(page..<page + 1)
    pages[page] = .pinned
    return true
  }

  /// Makes a pinned page free again.
  mutating func unpin(_ page: Int) -> Bool {
    guard pages[page] == .pinned else { return false }
    join(page)
    return true
  }
}
