import TestSupport
import Testing

@testable import HeapModel

@Suite struct CMAAreaTests {
  /// Random allocations, partial releases and pins against the reference, page by page.
  @Test(arguments: 0..<40)
  func agreesWithTheReference(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let base = UInt64.random(in: 0..<4096, using: &random)
    let count = UInt64.random(in: 1...400, using: &random)
    var machine = try Machine(.small(base: base, pages: count))
    let area = try #require(machine.area(named: "area"))
    var reference = ReferenceArea(base: Int(base), count: Int(count))
    var live: [PageRange] = []
    for _ in 0..<120 {
      switch Int.random(in: 0..<6, using: &random) {
      case 0...2:
        let length = UInt64.random(in: 0...(count / 3 + 2), using: &random)
        let order = Int.random(in: 0...6, using: &random)
        let answer = machine.allocateRange(length, alignOrder: order, mode: .normal, in: area)
        let expected = reference.allocate(Int(length), alignOrder: order)
        #expect(answer.attempts == expected.attempts)
        let range = try? answer.outcome.get()
        #expect(range?.first.number == expected.index.map { base + UInt64($0) })
        if let range { live.append(range) }
      case 3 where !live.isEmpty:
        let range = live.remove(at: Int.random(in: 0..<live.count, using: &random))
        let cut = UInt64.random(in: range.frames.lowerBound...range.frames.upperBound, using: &random)
        machine.release(PageRange(range.frames.lowerBound..<cut), to: area)
        reference.free((range.frames.lowerBound..<cut).map { Int($0 - base) })
        if cut < range.frames.upperBound { live.append(PageRange(cut..<range.frames.upperBound)) }
      default:
        let offset = Int.random(in: 0..<Int(count), using: &random)
        let isPinned = reference.pinned[offset]
        let error =
          isPinned
          ? machine.unpin(offset: UInt64(offset), in: area) : machine.pin(offset: UInt64(offset), in: area)
        #expect(error == (reference.used[offset] ? .busy : nil))
        if error == nil { reference.pinned[offset] = !isPinned }
      }
      #expect(MachineInvariants.violations(of: machine).isEmpty)
      #expect(machine.pages.longestFreeRun(in: machine[area].pages).count <= machine[area].longestClearRun)
    }
  }

  @Test func refusesAtOnceWhatCannotFit() throws {
    var machine = try Machine(.small(pages: 256))
    let area = try #require(machine.area(named: "area"))
    for count: UInt64 in [0, 257, .max] {
      let answer = machine.allocateRange(count, alignOrder: 0, mode: .hard, in: area)
      #expect(answer.attempts == 0)
      #expect(answer.callerError == .noMemory)
      guard case .failure(let refusal) = answer.outcome else {
        Issue.record("\(count) pages were given")
        continue
      }
      #expect(refusal.error == .noMemory)
    }
  }

  @Test func namesThePagesInTheWay() throws {
    var machine = try Machine(.small(base: 4096, pages: 256, pins: [100, 128, 130]))
    let area = try #require(machine.area(named: "area"))
    let answer = machine.allocateRange(200, alignOrder: 0, mode: .normal, in: area)
    guard case .failure(let refusal) = answer.outcome else {
      Issue.record("a range over a pin was given")
      return
    }
    #expect(refusal.error == .busy)
    #expect(refusal.lastBusy?.first == PageFrame(4096 + 100))
    #expect(refusal.lastBusy?.last == PageFrame(4096 + 130))
    #expect(answer.attempts == 57)
  }

  /// 134 million tries in one call, counted and not made one by one.
  @Test(.endsInTime) func manyAttemptsInAHugeAreaAreQuick() throws {
    let pages: UInt64 = 1 << 28
    var machine = try Machine(.small(base: 0, pages: pages, pins: [pages / 2]))
    let area = try #require(machine.area(named: "area"))
    let answer = machine.allocateRange(pages / 2 + 1, alignOrder: 0, mode: .normal, in: area)
    #expect(answer.attempts == pages / 2)
    #expect(answer.callerError == .noMemory)
    let start = ContinuousClock.now
    for _ in 0..<1000 { _ = machine.allocateRange(pages / 2 + 1, alignOrder: 0, mode: .normal, in: area) }
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func checksWhatAMachineIsMadeOf() throws {
    #expect(throws: MachineError.badArea("area")) { try Machine(.small(pages: 0)) }
    #expect(throws: MachineError.badArea("area")) { try Machine(.small(base: .max, pages: 1)) }
    #expect(throws: MachineError.badArea("area")) { try Machine(.small(base: 1 << 52, pages: 1)) }
    #expect(throws: MachineError.tooManyPages) { try Machine(.small(base: 0, pages: 1 << 30)) }
    #expect(throws: MachineError.badPin(area: "area", offset: 256)) { try Machine(.small(pins: [256])) }
    #expect(throws: MachineError.badPin(area: "area", offset: 3)) { try Machine(.small(pins: [3, 3])) }
    var stacked = MachineConfiguration.small(base: 0, pages: 1 << 27)
    stacked.areas += [1, 2].map { AreaConfiguration(name: "\($0)", base: PageFrame(0), pages: 1 << 27) }
    #expect(throws: MachineError.tooManyPages) { try Machine(stacked) }
    var twice = MachineConfiguration.small()
    twice.areas += twice.areas
    #expect(throws: MachineError.duplicateArea("area")) { try Machine(twice) }
    #expect(MemoryGeometry(pageSizeBytes: 4095, pageblockOrder: 9, maxOrder: 11) == nil)
    #expect(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: -1, maxOrder: 11) == nil)
    #expect(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 25, maxOrder: 11) == nil)
  }

  @Test func areasThatOverlapShareTheirPages() throws {
    var configuration = MachineConfiguration.small(base: 4096, pages: 256)
    configuration.areas.append(AreaConfiguration(name: "over", base: PageFrame(4224), pages: 256))
    var machine = try Machine(configuration)
    let first = try #require(machine.area(named: "area"))
    let second = try #require(machine.area(named: "over"))
    _ = machine.allocateRange(256, alignOrder: 0, mode: .normal, in: first)
    let answer = machine.allocateRange(64, alignOrder: 0, mode: .normal, in: second)
    #expect(try answer.outcome.get().first == PageFrame(4352))
    #expect(answer.attempts == 129)
  }
}
