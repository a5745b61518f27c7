import DTParse
import Diagnostics
import HeapModel

/// Brings a plan and the heaps of a board together: what the simulation needs, or why there is nothing to simulate.
public struct PlanCompiler {
  /// What the kernel makes of the board.
  public let map: MemoryMap
  /// The board's tree, whose `Node.id`s the map carries.
  public let tree: Devicetree

  /// A compiler for a board.
  ///
  /// - Parameters:
  ///   - map: of a boot of `tree`.
  ///   - tree: the tree that was booted.
  public init(map: MemoryMap, tree: Devicetree) {
    self.map = map
    self.tree = tree
  }

  /// The names that `--heap-model` takes.
  public static var heapModels: [String] {
    HeapKind.names
  }

  /// Looks every heap of a plan up on the board.
  ///
  /// - Parameters:
  ///   - plan: a plan without findings.
  ///   - heapModel: one of ``heapModels``, to run every heap of the board as; nil for what the kernel has.
  /// - Returns: what can be run, or the findings for which it cannot.
  public func compile(_ plan: PlanFile, heapModel: String? = nil) -> PlanCompilation {
    var places: [String: Int] = [:]
    for (place, heap) in map.heaps.enumerated() where places[heap.name] == nil { places[heap.name] = place }
    let lookup = HeapLookup(map: map, tree: tree, places: places, own: plan.heaps)
    var answers: [String: HeapLookup.Answer] = [:]
    var result = PlanCompilation()
    var memoryHeaps = plan.heaps.map { HeapConfiguration(name: $0.name, area: nil, kind: $0.kind) }
    result.diagnostics += clashes(of: plan.heaps, with: places)
    let translate = { (buffer: PlanFile.Buffer, start: SimulationTime) -> PlannedBuffer? in
      // The text of a heap cannot hold a line end, so that this key stands for no text.
      let key = buffer.heap?.text ?? "\n"
      let answer = answers[key] ?? lookup.answer(buffer.heap?.text)
      answers[key] = answer
      switch answer {
      case .heap(let place):
        let heap = map.heaps[place].name
        return PlannedBuffer(
          name: buffer.name, size: buffer.size, count: buffer.count, heap: heap, time: buffer.time)
      case .memory(let heap):
        if !memoryHeaps.contains(where: { $0.name == heap }) {
          memoryHeaps.append(HeapConfiguration(name: heap, area: nil, kind: .system))
        }
        return PlannedBuffer(
          name: buffer.name, size: buffer.size, count: buffer.count, heap: heap, time: buffer.time)
      case .refused(let refusal):
        result.add(refusal, of: buffer, groupStart: start)
        return nil
      }
    }
    let buffers = plan.buffers.compactMap { translate($0, .zero) }
    let groups = plan.groups.map { group in
      BufferGroup(
        name: group.name, time: group.time,
        buffers: group.buffers.compactMap { translate($0, group.time.start) })
    }
    guard result.diagnostics.isEmpty else {
      // A plan that is wrong in itself has no verdict.
      if result.diagnostics.contains(where: { $0.rule != Rule.unregisteredHeap.id }) { result.absence = nil }
      return result
    }
    result.plan = AllocationPlan(buffers: buffers, groups: groups)
    result.system = system(heapModel: heapModel)
    result.system?.heaps += memoryHeaps
    if let system = result.system { addMemory(of: plan.pressure, to: &result, system, lookup) }
    if result.pressure == nil, let span = plan.expectation?.latencySpan {
      result.diagnostics.append(
        Diagnostic(
          Rule.missingPlanKey, "`latency` is expected, and nothing takes time without `pressure`", at: span,
          help: "add `pressure:` to the plan; `pressure: {holders: []}` is an idle machine with times"))
    }
    if let system = result.system, let finding = Self.refusal(of: system, plan) {
      result.diagnostics.append(finding)
    } else if result.system == nil {
      result.diagnostics.append(
        Diagnostic(Rule.oversizedHeaps, "the page sizes are none that the model knows", at: nil))
    }
    return result
  }

  /// Adds what stands beside the heaps; a heap of all memory needs the board's memory even where nothing does.
  private func addMemory(
    of pressure: PressureFile?, to result: inout PlanCompilation, _ system: HeapSystemConfiguration,
    _ lookup: HeapLookup
  ) {
    let pageSize = system.machine.geometry.pageSizeBytes
    result.room = memory(pageSizeBytes: pageSize)
    if var pressure {
      for index in pressure.holders.indices where pressure.holders[index].kind == .areaUser {
        let holder = pressure.holders[index]
        if let name = area(holder.area, on: system, lookup) {
          pressure.holders[index].area = name
        } else {
          result.diagnostics.append(unknownArea(of: holder, on: system, lookup))
        }
      }
      result.pressure = pressure.pressure(memory: result.room, pageSizeBytes: pageSize)
    } else if system.heaps.contains(where: { !$0.kind.hasArea }) {
      result.pressure = Pressure(memory: MemoryConfiguration(ranges: result.room))
    }
    result.system?.machine.memory = result.pressure?.memory
  }

  /// Heaps of the plan with the name of one of the board.
  private func clashes(of heaps: [PlanFile.MemoryHeap], with places: [String: Int]) -> [Diagnostic] {
    heaps.filter { places[$0.name] != nil }.map { heap in
      Diagnostic(
        Rule.repeatedPlanName, "the board has a heap `\(heap.name)` already", at: heap.span,
        help: "give the heap of the plan another `name`")
    }
  }

  /// Every heap of the board on the areas of the board.
  ///
  /// - Parameter heapModel: one of ``heapModels``, or nil.
  /// - Returns: nil where the profile's page sizes are none that the model knows.
  public func system(heapModel: String? = nil) -> HeapSystemConfiguration? {
    let profile = map.profile
    // A profile names the largest order, the geometry the number of orders.
    let geometry = MemoryGeometry(
      pageSizeBytes: profile.pageSize.bytes, pageblockOrder: profile.pageblockOrder,
      maxOrder: profile.maxOrder + 1)
    guard let geometry else { return nil }
    let pools = areaPools
    let areas = pools.map { area in
      AreaConfiguration(
        name: area.name, base: PageFrame(area.pool.base.value / geometry.pageSizeBytes),
        pages: area.pool.size.bytes / geometry.pageSizeBytes)
    }
    let names = Dictionary(pools.map { ($0.pool.base, $0.name) }, uniquingKeysWith: { first, _ in first })
    let heaps = map.heaps.map { heap in
      let kind = kind(of: heap, replacedBy: heapModel)
      return HeapConfiguration(
        name: heap.name, area: kind.hasArea ? names[heap.base] ?? heap.region : nil, kind: kind)
    }
    return HeapSystemConfiguration(
      machine: MachineConfiguration(geometry: geometry, areas: areas), heaps: heaps)
  }

  /// The page frames that the kernel has beside what regions take; areas are added by the machine.
  private func memory(pageSizeBytes: UInt64) -> [PageRange] {
    var ranges = map.memory.map { frames($0.base.value, $0.size.bytes, pageSizeBytes) }
    for region in map.regions where region.state == .ready || region.state == .reserved {
      guard let base = region.base, let size = region.size else { continue }
      let taken = frames(base.value, size.bytes, pageSizeBytes)
      ranges = ranges.flatMap { $0.subtracting(taken) }
    }
    return ranges.map { PageRange($0) }
  }

  /// Whole pages within a range of addresses.
  private func frames(_ base: UInt64, _ size: UInt64, _ page: UInt64) -> Range<UInt64> {
    let sum = base.addingReportingOverflow(size)
    let first = base / page + (base % page == 0 ? 0 : 1)
    return first..<max(first, (sum.overflow ? UInt64.max : sum.partialValue) / page)
  }

  /// The pools that are areas, each once, by the names that the areas have.
  private var areaPools: [(name: String, pool: MemoryPool)] {
    var areas: [(name: String, pool: MemoryPool)] = []
    for pool in map.pools
    where pool.type != .coherent && !areas.contains(where: { $0.pool.base == pool.base }) {
      let isTaken = areas.contains { $0.name == pool.name }
      areas.append((isTaken ? "\(pool.name) at \(Text.hex(pool.base.value))" : pool.name, pool))
    }
    return areas
  }

  /// The name of the area that a text names: as it is, or by the label or the path of its region.
  private func area(_ text: String, on system: HeapSystemConfiguration, _ lookup: HeapLookup) -> String? {
    if system.machine.areas.contains(where: { $0.name == text }) { return text }
    guard let node = lookup.node(text), let pool = map.pools.first(where: { $0.node == node.id }) else {
      return nil
    }
    return areaPools.first { $0.pool.base == pool.base }?.name
  }

  /// The finding for a user of an area that the board does not have.
  private func unknownArea(
    of holder: PressureFile.Holder, on system: HeapSystemConfiguration, _ lookup: HeapLookup
  ) -> Diagnostic {
    let names = system.machine.areas.map(\.name)
    let whole =
      names.first { $0.hasPrefix(holder.area + "@") } ?? Text.closestMatch(to: holder.area, in: names)
    let meant = whole.map { "; did you mean `\($0)`?" } ?? ""
    let isNode = lookup.node(holder.area) != nil
    let message =
      isNode
      ? "`\(holder.area)` has no area that a driver can allocate from"
      : "the board has no area `\(holder.area)`\(meant)"
    let help =
      names.isEmpty
      ? "the board has no area at all"
      : "the areas are \(Text.list(Array(names.prefix(8)))); the label and the path of a region name its area too"
    return Diagnostic(Rule.wrongPlanValue, message, at: holder.areaSpan ?? holder.span, help: help)
  }

  private func kind(of heap: HeapInstance, replacedBy model: String?) -> HeapKind {
    let own: HeapKind =
      switch (heap.type, heap.variant) {
      case (.cma, _): .cma()
      case (.chunk, .pageblockScan?): .chunk(.pageblockScan, chunkOrder: heap.chunkOrder ?? 4)
      case (.chunk, .halving?): .chunk(.halving, chunkOrder: heap.chunkOrder ?? 4)
      case (.chunk, .failfast?), (.chunk, nil): .chunk(.failfast, chunkOrder: heap.chunkOrder ?? 4)
      }
    return model.flatMap { own.replaced(byKindNamed: $0) } ?? own
  }

  /// Why the machine cannot be built, if it cannot.
  private static func refusal(of system: HeapSystemConfiguration, _ plan: PlanFile) -> Diagnostic? {
    do {
      _ = try HeapSystem(system)
      return nil
    } catch {
      if case .badPool(let name) = error, let heap = plan.heaps.first(where: { $0.name == name }) {
        return Diagnostic(
          Rule.wrongPlanValue, "the page allocator has no blocks of the order of pool `\(name)`",
          at: heap.span,
          help: "its orders are 0 to \(system.machine.geometry.maxOrder - 1)")
      }
      let place = plan.allBuffers.first?.span
      let message =
        switch error {
        case .machine(.tooManyPages):
          "the board's memory and areas hold more than \(PageMap.pagesMax) pages together"
        case .machine(.badArea(let name)): "area `\(name)` is empty or ends beyond the address space"
        case .machine, .duplicateHeap, .unknownArea, .badChunkOrder, .noMemory, .badPool:
          "the board's heaps cannot be modelled: \(error)"
        }
      return Diagnostic(Rule.oversizedHeaps, message, at: place)
    }
  }
}

/// What came of bringing a plan and a board together.
public struct PlanCompilation: Sendable {
  /// The plan with its heaps' names; nil where it cannot be run.
  public internal(set) var plan: AllocationPlan?
  /// The heaps of the board; nil where they cannot be run.
  public internal(set) var system: HeapSystemConfiguration?
  /// What stands beside the heaps; nil for an idle machine.
  public internal(set) var pressure: Pressure?
  /// The page frames that areas of another size may have beside their own.
  public internal(set) var room: [PageRange] = []
  /// Why it cannot be run; empty where it can.
  public internal(set) var diagnostics: [Diagnostic] = []
  /// The first buffer whose heap the kernel would not create; nil where the plan itself is wrong, or nothing is.
  public internal(set) var absence: HeapAbsence?

  /// A heap that a plan names and that the kernel would not create.
  public struct HeapAbsence: Hashable, Sendable {
    /// The name of the first buffer that needs it.
    public let buffer: String
    /// When it needs it.
    public let at: SimulationTime
    /// The heap as the plan names it.
    public let heap: String
    /// Why, in one sentence.
    public let why: String
  }

  mutating func add(_ refusal: HeapLookup.Refusal, of buffer: PlanFile.Buffer, groupStart: SimulationTime) {
    let span = buffer.heap?.span ?? buffer.span
    let time = groupStart.adding(buffer.time.start) ?? groupStart
    if refusal.rule.id == Rule.unregisteredHeap.id, absence.map({ time < $0.at }) ?? true {
      absence = HeapAbsence(
        buffer: "\(buffer.name)[0]", at: time, heap: buffer.heap?.text ?? "", why: refusal.message)
    }
    // A hundred buffers on one absent heap are one mistake.
    if let known = diagnostics.firstIndex(where: { $0.message == refusal.message }) {
      if diagnostics[known].related.count < 8 {
        diagnostics[known].related.append(RelatedPlace("also named here", at: span))
      }
      return
    }
    var finding = Diagnostic(refusal.rule, refusal.message, at: span, help: refusal.help)
    finding.node = refusal.node?.path
    finding.notes = refusal.notes
    if let place = refusal.node?.span { finding.related = [RelatedPlace("the node is here", at: place)] }
    if diagnostics.count < YAMLFindings.limit { diagnostics.append(finding) }
  }
}
