@testable import HeapModel

/// One step of a random sequence of operations on a small board.
enum SequenceStep: CustomStringConvertible {
  case allocate(pages: UInt64)
  case allocateRange(pages: UInt64, order: Int)
  case release(Int)
  case lend(pages: Int, lot: Int, inArea: Bool)
  case giveBack(pages: Int, lot: Int)
  case hold(pages: Int)
  case pin(UInt64)
  case unpin(UInt64)

  var description: String {
    switch self {
    case .allocate(let pages): "allocate \(pages)"
    case .allocateRange(let pages, let order): "range \(pages) order \(order)"
    case .release(let place): "release \(place)"
    case .lend(let pages, let lot, let inArea): "lend \(pages) of \(lot)\(inArea ? " in the area" : "")"
    case .giveBack(let pages, let lot): "give back \(pages) of \(lot)"
    case .hold(let pages): "hold \(pages)"
    case .pin(let offset): "pin \(offset)"
    case .unpin(let offset): "unpin \(offset)"
    }
  }
}

/// A random sequence of operations, and the board on which it runs: both from a seed, with some of the features of a
/// board switched off.
struct RandomSequence {
  static let lots = [
    PageLot(.cleanFile, holder: "cache"), PageLot(.anonymous, holder: "process"),
    PageLot(.dirtyFile, holder: "writer"), PageLot(.writeback, holder: "writer"),
    PageLot(.unmovable, holder: "kernel"), PageLot(.sharedMemory, holder: "tmpfs"),
    PageLot(.metadata, holder: "ext4", reference: .journal),
    PageLot(.anonymous, holder: "process", reference: .short),
    PageLot(.cleanFile, holder: "pipe", reference: .short),
  ]

  let system: HeapSystemConfiguration
  var steps: [SequenceStep] = []

  init(_ kind: HeapKind, policy: LendingPolicyKind, seed: UInt64, length: Int) {
    var random = SplitMix64(seed: seed)
    let blockOrder = Int.random(in: 2...5, using: &random)
    guard let geometry = MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: blockOrder, maxOrder: 7) else {
      preconditionFailure("geometry")
    }
    let block: UInt64 = 1 << UInt64(blockOrder)
    let pages = UInt64.random(in: 1...6, using: &random) * block
    let base = 512 + UInt64.random(in: 0...4, using: &random) * block
    let memory = MemoryConfiguration(
      ranges: [PageRange(384..<384 + UInt64.random(in: 300...900, using: &random))],
      cpus: Int.random(in: 0...1, using: &random), policy: policy,
      swapPages: Bool.random(using: &random) ? 200 : 0,
      swapKind: Bool.random(using: &random) ? .zram : .disk)
    system = HeapSystemConfiguration(
      machine: MachineConfiguration(
        geometry: geometry,
        areas: [AreaConfiguration(name: "area", base: PageFrame(base), pages: pages)], memory: memory),
      heaps: [HeapConfiguration(name: "heap", area: "area", kind: kind)])
    let weights = (0..<8).map { _ in Int.random(in: 0...3, using: &random) }
    let choices = weights.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) } + [0, 3]
    for _ in 0..<length {
      steps.append(Self.step(choices.randomElement(using: &random) ?? 0, pages: pages, random: &random))
    }
  }

  private static func step(_ choice: Int, pages: UInt64, random: inout SplitMix64) -> SequenceStep {
    let lot = Int.random(in: 0..<lots.count, using: &random)
    switch choice {
    case 0: return .allocate(pages: UInt64.random(in: 1...pages, using: &random))
    case 1:
      return .allocateRange(
        pages: UInt64.random(in: 1...pages, using: &random), order: Int.random(in: 0...5, using: &random))
    case 2: return .release(Int.random(in: 0..<8, using: &random))
    case 3:
      return .lend(
        pages: Int.random(in: 1...200, using: &random), lot: lot, inArea: Bool.random(using: &random))
    case 4: return .giveBack(pages: Int.random(in: 1...200, using: &random), lot: lot)
    case 5: return .hold(pages: Int.random(in: 1...4, using: &random))
    case 6: return .pin(UInt64.random(in: 0..<pages, using: &random))
    default: return .unpin(UInt64.random(in: 0..<pages, using: &random))
    }
  }

  /// Runs the steps; what is wrong after the first that breaks something.
  func firstViolation() throws -> String? {
    var system = try HeapSystem(system)
    var random = SplitMix64(seed: 1)
    var buffers: [HeapBuffer] = []
    var ranges: [PageRange] = []
    for (number, step) in steps.enumerated() {
      run(step, on: &system, &buffers, &ranges, &random)
      let violations =
        ZoneChecker.violations(of: system.machine)
        + ownershipViolations(buffers.flatMap(\.pages.ranges) + ranges, on: system.machine)
      if let first = violations.first { return "after step \(number) (\(step)): \(first)" }
    }
    return nil
  }

  private func run(
    _ step: SequenceStep, on system: inout HeapSystem, _ buffers: inout [HeapBuffer],
    _ ranges: inout [PageRange], _ random: inout SplitMix64
  ) {
    let area = AreaIndex(position: 0)
    var generator = random
    switch step {
    case .allocate(let pages):
      if case .success(let buffer) = system.allocate(pages * 4096, fromHeapAt: 0).outcome {
        buffers.append(buffer)
      }
    case .allocateRange(let pages, let order):
      let answer = system.withMachine {
        $0.allocateRange(pages, alignOrder: order, mode: .normal, in: area)
      }
      if case .success(let range) = answer.outcome { ranges.append(range) }
    case .release(let place):
      if place % 2 == 0, !buffers.isEmpty {
        system.release(buffers.remove(at: place % buffers.count), toHeapAt: 0)
      } else if !ranges.isEmpty {
        let range = ranges.remove(at: place % ranges.count)
        system.withMachine { $0.release(range, to: area) }
      }
    case .lend(let pages, let lot, let inArea):
      // The kernel's own pages never lie in an area.
      let mayPrefer = inArea && Self.lots[lot].pageClass != .unmovable
      system.withMachine { _ = $0.lend(pages, for: Self.lots[lot], inArea: mayPrefer) }
    case .giveBack(let pages, let lot):
      system.withMachine { $0.giveBack(pages, of: Self.lots[lot], random: &generator) }
    case .hold(let pages):
      system.withMachine {
        _ = $0.change(pages, of: Self.lots[1], to: Self.lots[7], random: &generator)
      }
    case .pin(let offset): system.withMachine { _ = $0.pin(offset: offset, in: area) }
    case .unpin(let offset): system.withMachine { _ = $0.unpin(offset: offset, in: area) }
    }
    random = generator
  }

  /// No page twice, none free or lent that a buffer holds.
  private func ownershipViolations(_ ranges: [PageRange], on machine: Machine) -> [String] {
    var violations: [String] = []
    var owned: Set<UInt64> = []
    for frame in ranges.flatMap(\.frames) {
      if !owned.insert(frame).inserted { violations.append("frame \(frame) is given twice") }
      if machine.pages.isFree(PageFrame(frame)) { violations.append("frame \(frame) is given and free") }
      if machine.pages.lot(of: PageFrame(frame)) != nil {
        violations.append("frame \(frame) is given and lent")
      }
    }
    return violations
  }

  /// A shorter sequence that still breaks something: steps are left out while that does not heal it.
  func shrunk() throws -> RandomSequence {
    var smallest = self
    var size = max(1, steps.count / 2)
    while size >= 1 {
      var start = 0
      while start < smallest.steps.count {
        var candidate = smallest
        candidate.steps.removeSubrange(start..<min(start + size, smallest.steps.count))
        if try candidate.firstViolation() != nil { smallest = candidate } else { start += size }
      }
      size /= 2
    }
    return smallest
  }
}
