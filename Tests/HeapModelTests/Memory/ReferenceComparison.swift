@testable import HeapModel

extension RandomSequence {
  /// Runs the steps on a machine and on the reference; the first difference, or nil.
  ///
  /// Idle boards have a reference of their own, ``ReferenceArea``; steps that the reference does not know are passed
  /// over.
  func firstDifference() throws -> String? {
    guard let memory = system.machine.memory, ReferenceMachine.knows(memory) else { return nil }
    var comparison = try ReferenceComparison(system.machine, memory: memory)
    for (number, step) in steps.enumerated() {
      comparison.take(step)
      if let difference = comparison.difference { return "after step \(number) (\(step)): \(difference)" }
    }
    return nil
  }
}

/// A machine and its reference, which are told the same.
private struct ReferenceComparison {
  private var machine: Machine
  private var reference: ReferenceMachine
  private let areas: [PageRange]
  private let isGuaranteed: Bool
  private var ranges: [(range: PageRange, area: Int)] = []
  private var answers: [String] = []

  init(_ configuration: MachineConfiguration, memory: MemoryConfiguration) throws {
    machine = try Machine(configuration)
    reference = ReferenceMachine(configuration, memory: memory, agesMax: 2 * machine.pages.pageCount)
    areas = machine.areas.map(\.pages)
    isGuaranteed = memory.policy == .guaranteed
  }

  mutating func take(_ step: SequenceStep) {
    answers = []
    let lots = RandomSequence.lots
    switch step {
    case .allocate(let heap, let pages):
      let order = min(MemoryGeometry.order(holdingPages: UInt64(pages)), 8)
      allocate(pages, order, .normal, heap % areas.count)
    case .range(let area, let pages, let order, let mode):
      allocate(pages, order, RandomSequence.modes[mode], area % areas.count)
    case .releaseRange(let number) where !ranges.isEmpty:
      let (range, area) = ranges.remove(at: number % ranges.count)
      release(range, area)
    case .releaseFirst(let number, let pages) where !ranges.isEmpty:
      let (range, area) = ranges.remove(at: number % ranges.count)
      let cut = range.frames.lowerBound + min(range.count, UInt64(pages))
      release(PageRange(range.frames.lowerBound..<cut), area)
      if cut < range.frames.upperBound { ranges.append((PageRange(cut..<range.frames.upperBound), area)) }
    case .lend(let pages, let lot, let place):
      // The kernel's own pages never lie in an area, and a guaranteed one is lent to nobody.
      let inArea = place == .area && lots[lot].pageClass != .unmovable && !isGuaranteed
      // More than there is would push itself out.
      let pages = min(pages, machine.pages.pageCount)
      let runs = machine.lend(pages, for: lots[lot], isLongTerm: place == .outside, inArea: inArea)
      let expected = reference.lend(pages, for: lots[lot], isLongTerm: place == .outside, inArea: inArea)
      compare(runs.flatMap { Array($0) }.map { frame($0) }, expected, "pages lent")
    case .giveBack(let pages, let lot):
      guard let run = run(of: lots[lot], limit: pages), let number = machine.pages.lots.number(of: lots[lot])
      else { return }
      machine.freePages(run, of: number)
      reference.giveBack(frame(run.lowerBound)..<frame(run.lowerBound) + run.count)
    case .change(let pages, let from, let to):
      guard let run = run(of: lots[from], limit: pages) else { return }
      machine.change(run, of: lots[from], to: lots[to])
      reference.change(frame(run.lowerBound)..<frame(run.lowerBound) + run.count, to: lots[to])
    case .pin(let number, let offset): pin(number % areas.count, offset, isPin: true)
    case .unpin(let number, let offset): pin(number % areas.count, offset, isPin: false)
    case .reclaim(let pages):
      compare(machine.reclaim(pages, isBackground: false), reference.reclaim(pages), "reclaimed")
    default: break
    }
  }

  private func frame(_ page: Int) -> Int { Int(machine.pages.frame(of: page).number) }

  /// The first pages of a lot that lie behind each other.
  private mutating func run(of lot: PageLot, limit: Int) -> Range<Int>? {
    guard let number = machine.pages.lots.number(of: lot) else { return nil }
    return machine.pages.lots.nextRun(of: number, from: 0, limit: limit)
  }

  private mutating func compare<Value: Equatable>(_ value: Value, _ expected: Value, _ what: String) {
    if value != expected { answers.append("\(what): \(value), the reference says \(expected)") }
  }

  private mutating func allocate(_ pages: Int, _ order: Int, _ mode: any RangeMode, _ area: Int) {
    let answer = machine.allocateRange(
      UInt64(pages), alignOrder: order, mode: mode, in: AreaIndex(position: area))
    let expected = reference.allocateRange(pages, alignOrder: order, mode: mode, in: area)
    compare(Int(answer.attempts), expected.attempts, "attempts")
    switch answer.outcome {
    case .success(let range):
      compare(Int(range.first.number), expected.first, "first frame")
      ranges.append((range, area))
    case .failure(let refusal): compare(refusal.error, expected.error, "error")
    }
  }

  private mutating func release(_ range: PageRange, _ area: Int) {
    machine.release(range, to: AreaIndex(position: area))
    reference.release(Int(range.frames.lowerBound)..<Int(range.frames.upperBound), to: area)
  }

  private mutating func pin(_ area: Int, _ offset: Int, isPin: Bool) {
    guard offset < areas[area].count else { return }
    let page = Int(areas[area].frames.lowerBound) + offset
    let index = AreaIndex(position: area)
    let error =
      isPin
      ? machine.pin(offset: UInt64(offset), in: index) : machine.unpin(offset: UInt64(offset), in: index)
    compare(error == nil, isPin ? reference.pin(page) : reference.unpin(page), "pinned or not")
  }

  /// The first thing in which the two are not the same.
  var difference: String? {
    if let answer = answers.first { return answer }
    let zone = machine.zone
    let work = (Int(machine.work.pagesDropped), Int(machine.work.pagesMigrated))
    guard work == (reference.dropped, reference.migrated) else {
      return "dropped and moved \(work), the reference \((reference.dropped, reference.migrated))"
    }
    for type in MigrateType.allCases {
      for order in 0...reference.buddy.orderMax {
        let blocks = zone.buddy.lists.blocks(type, order: order).map { frame($0) }
        let expected = reference.buddy.lists[Int(type.rawValue)][order]
        if blocks != expected {
          return "list of \(type), order \(order): \(blocks), the reference has \(expected)"
        }
      }
    }
    for (lists, expected) in [(zone.perCPU, reference.cached), (zone.areaLists, reference.cachedOfAreas)] {
      let cached = lists.pages.map { frame($0) }
      if cached != expected { return "per-CPU list \(cached), the reference has \(expected)" }
    }
    for extent in machine.pages.extentPages {
      for page in extent where !isSame(page, reference.pages[frame(page)]) {
        return "frame \(frame(page)): the reference has \(reference.pages[frame(page)])"
      }
    }
    return nil
  }

  private func isSame(_ page: Int, _ expected: ReferenceMachine.Page) -> Bool {
    let number = machine.pages.lots[page]
    switch expected {
    case .absent: return false
    case .free: return !machine.pages.taken[page]
    // The list itself was compared.
    case .cached, .given: return machine.pages.taken[page] && number == .none && !machine.pages.pinned[page]
    case .pinned: return machine.pages.pinned[page]
    case .lent(let lot): return number != .none && machine.pages.lots[number] == lot
    }
  }
}
