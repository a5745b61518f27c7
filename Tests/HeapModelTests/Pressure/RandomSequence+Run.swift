@testable import HeapModel

extension RandomSequence {
  /// Runs the steps; what is wrong after the first that breaks something, or nil.
  func firstViolation() throws -> String? {
    var run = try SequenceRun(system)
    for (number, step) in steps.enumerated() {
      run.take(step)
      if let first = run.violations.first { return "after step \(number) (\(step)): \(first)" }
    }
    return nil
  }

  /// The smallest sequence made of this one with which a check fails, and what it says; nil where all is well.
  func report(_ check: (RandomSequence) throws -> String?) throws -> String? {
    guard try check(self) != nil else { return nil }
    let smallest = try shrunk(check)
    return "\(smallest.steps) on \(system): \(try check(smallest) ?? "")"
  }

  /// A shorter sequence with which a check still fails: steps are left out, then made smaller.
  private func shrunk(_ check: (RandomSequence) throws -> String?) throws -> RandomSequence {
    var smallest = self
    var size = max(1, steps.count / 2)
    while size >= 1 {
      var start = 0
      while start < smallest.steps.count {
        var candidate = smallest
        candidate.steps.removeSubrange(start..<min(start + size, smallest.steps.count))
        if try check(candidate) != nil { smallest = candidate } else { start += size }
      }
      size /= 2
    }
    for place in smallest.steps.indices {
      while let step = smallest.steps[place].smaller {
        var candidate = smallest
        candidate.steps[place] = step
        guard try check(candidate) != nil else { break }
        smallest = candidate
      }
    }
    return smallest
  }
}

/// A sequence in progress: the machine, and what everyone on it holds.
struct SequenceRun {
  private(set) var system: HeapSystem
  private var random = SplitMix64(seed: 1)
  private var buffers: [(buffer: HeapBuffer, heap: Int)] = []
  private var ranges: [(range: PageRange, area: AreaIndex)] = []
  private var holders = RandomSequence.holders()
  private var started = 0
  private var moment = SimulationTime.zero

  init(_ configuration: HeapSystemConfiguration) throws { system = try HeapSystem(configuration) }

  private func area(_ number: Int) -> AreaIndex { AreaIndex(position: number % system.machine.areas.count) }

  /// Runs one step.
  mutating func take(_ step: SequenceStep) {
    switch step {
    case .allocate(let heap, let pages):
      let place = heap % system.heaps.count
      if case .success(let buffer) = system.allocate(UInt64(pages) * 4096, fromHeapAt: place).outcome {
        buffers.append((buffer, place))
      }
    case .range, .attempt: takeRange(step)
    case .release, .releaseFirst, .releaseRange: release(step)
    case .pin(let number, let offset):
      let area = area(number)
      system.withMachine { _ = $0.pin(offset: UInt64(offset), in: area) }
    case .unpin(let number, let offset):
      let area = area(number)
      system.withMachine { _ = $0.unpin(offset: UInt64(offset), in: area) }
    case .unpinAll(let number):
      let area = area(number)
      system.withMachine { $0.unpinAll(in: area) }
    case .lend, .giveBack, .giveBackAll, .change, .block, .reclaim, .advance:
      // Only memory is lent.
      if system.machine.lendsPages { lend(step) }
    }
  }

  private mutating func takeRange(_ step: SequenceStep) {
    switch step {
    case .range(let number, let pages, let order, let mode):
      let area = area(number)
      let answer = system.withMachine {
        $0.allocateRange(UInt64(pages), alignOrder: order, mode: RandomSequence.modes[mode], in: area)
      }
      if case .success(let range) = answer.outcome { ranges.append((range, area)) }
    case .attempt(let number, let start, let pages, let order, let mode):
      let area = area(number)
      guard
        let range = system.machine[area].nextClearRange(
          from: UInt64(start), count: UInt64(pages), alignOrder: order)
      else { return }
      let answer = system.withMachine { $0.attempt(range, mode: RandomSequence.modes[mode], in: area) }
      if case .claimed = answer { ranges.append((range, area)) }
    default: break
    }
  }

  private mutating func release(_ step: SequenceStep) {
    switch step {
    case .release(let number) where !buffers.isEmpty:
      let (buffer, heap) = buffers.remove(at: number % buffers.count)
      system.release(buffer, toHeapAt: heap)
    case .releaseFirst(let number, let pages) where !buffers.isEmpty:
      let place = number % buffers.count
      // A buffer of which nothing is left goes back as a whole.
      guard UInt64(pages) < buffers[place].buffer.pages.pages else { return }
      _ = system.release(
        first: UInt64(pages), of: &buffers[place].buffer, toHeapAt: buffers[place].heap)
    case .releaseRange(let number) where !ranges.isEmpty:
      let (range, area) = ranges.remove(at: number % ranges.count)
      system.withMachine { $0.release(range, to: area) }
    default: break
    }
  }

  private mutating func lend(_ step: SequenceStep) {
    var generator = random
    defer { random = generator }
    let lots = RandomSequence.lots
    switch step {
    case .lend(let pages, let lot, let place):
      // The kernel's own pages never lie in an area.
      let mayPrefer = place == .area && lots[lot].pageClass != .unmovable
      system.withMachine {
        _ = $0.lend(pages, for: lots[lot], isLongTerm: place == .outside, inArea: mayPrefer)
      }
    case .giveBack(let pages, let lot):
      system.withMachine { $0.giveBack(pages, of: lots[lot], random: &generator) }
    case .giveBackAll(let lot): system.withMachine { $0.giveBackAll(of: lots[lot].holder) }
    case .change(let pages, let from, let to):
      system.withMachine { _ = $0.change(pages, of: lots[from], to: lots[to], random: &generator) }
    case .block(let order):
      system.withMachine { machine in
        guard let number = machine.pages.lots.number(of: lots[4]) else { return }
        _ = machine.allocateBlock(order: order, for: PageRequest(.unmovable), lot: number)
      }
    case .reclaim(let pages): system.withMachine { _ = $0.reclaim(pages, isBackground: false) }
    case .advance(let milliseconds): advance(milliseconds, &generator)
    default: break
    }
  }

  private mutating func advance(_ milliseconds: Int, _ generator: inout SplitMix64) {
    moment = moment.adding(SimulationTime(microseconds: UInt64(milliseconds) * 1000)) ?? moment
    for place in 0..<started {
      var holder = holders[place]
      system.withMachine { holder.advance(to: moment, on: &$0, random: &generator) }
      holders[place] = holder
    }
    guard started < holders.count else { return }
    var holder = holders[started]
    system.withMachine { holder.start(on: &$0, random: &generator) }
    holders[started] = holder
    started += 1
  }

  /// What is wrong now.
  var violations: [String] {
    let owned = buffers.flatMap(\.buffer.pages.ranges) + ranges.map(\.range)
    return ZoneChecker.violations(of: system.machine, owned: owned) + bitmapViolations + usageViolations
  }

  /// A bitmap holds what was given out through it, and nothing else.
  private var bitmapViolations: [String] {
    system.machine.areas.indices.flatMap { position -> [String] in
      let area = system.machine.areas[position]
      var given = ranges.filter { $0.area.position == position }.map(\.range)
      for (buffer, heap) in buffers where system.heaps[heap].area?.position == position {
        if (system.heaps[heap] as? ChunkHeap)?.variant == PageblockScanStrategy().name { continue }
        given += buffer.pages.ranges
      }
      var violations: [String] = []
      for range in given where !range.frames.allSatisfy({ area.isUsed(PageFrame($0)) }) {
        violations.append("\(area.name): \(range) is given and clear in the bitmap")
      }
      if area.usedPages != given.reduce(0, { $0 + $1.count }) {
        violations.append("\(area.name): bits too many")
      }
      return violations
    }
  }

  /// What heaps say of their use.
  private var usageViolations: [String] {
    system.heaps.indices.compactMap { place in
      let own = buffers.filter { $0.heap == place }
      let pages = own.reduce(0) { $0 + $1.buffer.pages.pages }
      let usage = system.heaps[place].usage
      return usage.pages == pages && usage.buffers == UInt64(own.count)
        ? nil : "\(system.heaps[place].name): \(usage), and there are \(own.count) buffers of \(pages) pages"
    }
  }
}
