import Testing

@testable import HeapModel

@Suite struct SystemHeapTests {
  private func system(areaPages: UInt64 = 0, pages: UInt64 = 8192) throws -> HeapSystem {
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let memory = MemoryConfiguration(ranges: [PageRange(0x10000..<0x10000 + pages)])
    let area = AreaConfiguration(name: "area", base: PageFrame(0x10800), pages: areaPages)
    return try HeapSystem(
      HeapSystemConfiguration(
        machine: MachineConfiguration(geometry: geometry, areas: areaPages > 0 ? [area] : [], memory: memory),
        heaps: [HeapConfiguration(name: "system", area: nil, kind: .system)]))
  }

  /// The orders of the blocks that a buffer is made of, as far as its merged ranges show them.
  @Test func takesTheLargestBlocksThatFit() throws {
    var system = try system()
    let answer = system.allocate((256 + 16 + 3) * 4096, fromHeapAt: 0)
    #expect(try answer.outcome.get().pages.pages == 275)
    // One of order 8, one of order 4, three single ones.
    #expect(answer.effort.attempts == 5)
    #expect(answer.effort.work[.zeroPage] == 275)
    #expect(answer.effort.work[.allocatePage] == 5)
    let small = system.allocate(1, fromHeapAt: 0)
    #expect(try small.outcome.get().pages.pages == 1)
  }

  /// A block of one order is never followed by a larger one.
  @Test func fallsToSmallerOrdersForGood() throws {
    var system = try system()
    let lot = PageLot(.unmovable, holder: "kernel")
    system.withMachine { machine in
      let runs = machine.lend(7600, for: lot)
      // Free runs of 16 pages between those that stay.
      for run in runs {
        for page in stride(from: run.lowerBound, to: run.upperBound - 16, by: 20) {
          machine.freePages(page..<page + 16, of: machine.pages.lots[page])
        }
      }
      machine.drainLists()
    }
    let answer = system.allocate(1024 * 4096, fromHeapAt: 0)
    let buffer = try answer.outcome.get()
    #expect(buffer.pages.pages == 1024)
    #expect(answer.effort.attempts > 8)
    #expect(system.heaps[0].chunks(of: buffer) == UInt64(buffer.pages.ranges.count))
    #expect(PoolChecker.ownership([buffer], on: system.machine) == [])
    #expect(PoolChecker.unexplained(on: system.machine) == 1024)
    #expect(ZoneChecker.violations(of: system.machine) == [])
  }

  @Test func freeMemoryOfAreasDoesNotHelp() throws {
    var system = try system(areaPages: 4096)
    #expect(system.machine.freePages == 8192)
    guard case .failure(let refusal) = system.allocate(4200 * 4096, fromHeapAt: 0).outcome else {
      Issue.record("it was given")
      return
    }
    #expect(refusal.error == .noMemory)
    // All of it was given back.
    #expect(PoolChecker.unexplained(on: system.machine) == 0)
    #expect(ZoneChecker.violations(of: system.machine) == [])
    let instance = BufferInstance(
      name: "a[0]", heap: 0, size: ByteCount(4200 * 4096), start: .zero, end: nil)
    let explanation = FailureExplanation(of: instance, refusal: refusal, effort: HeapEffort(), on: system)
    #expect(explanation.cause == .memoryFull)
    #expect(
      explanation.why.contains("32 MiB are free, but 16 MiB of them belong to contiguous areas"),
      "\(explanation.why)")
  }

  @Test func dropsCleanPagesAndRefusesMoreThanAllMemory() throws {
    var system = try system()
    system.withMachine { _ = $0.lend(8000, for: PageLot(.cleanFile, holder: "cache")) }
    let buffer = try system.allocate(6000 * 4096, fromHeapAt: 0).outcome.get()
    #expect(ZoneChecker.violations(of: system.machine) == [])
    system.release(buffer, toHeapAt: 0)
    #expect(system.heaps[0].usage == HeapUsage())
    for (bytes, error) in [(UInt64(0), KernelError.invalidArgument), (8193 * 4096, .noMemory)] {
      let answer = system.allocate(bytes, fromHeapAt: 0)
      guard case .failure(let refusal) = answer.outcome else {
        Issue.record("\(bytes) bytes were given")
        continue
      }
      #expect(refusal.error == error && answer.effort.work == MemoryWork())
    }
  }

  @Test func givesPartsBack() throws {
    var system = try system()
    let free = system.machine.freePages
    var buffer = try system.allocate(1000 * 4096, fromHeapAt: 0).outcome.get()
    #expect(system.release(first: 333, of: &buffer, toHeapAt: 0) == nil)
    #expect(PoolChecker.ownership([buffer], on: system.machine) == [])
    #expect(PoolChecker.unexplained(on: system.machine) == 667)
    system.release(buffer, toHeapAt: 0)
    system.withMachine { _ = $0.drainLists() }
    #expect(system.machine.freePages == free)
    #expect(ZoneChecker.violations(of: system.machine) == [])
  }
}
