import Testing

@testable import HeapModel

/// The recorded traces on a machine that has memory round its areas and a page allocator under them.
@Suite struct BuddyTraceTests {
  /// The same trace on a board whose areas lie in memory, with nothing lent out.
  static func onABoard(_ trace: Trace, cpus: Int = 0) -> Trace {
    var trace = trace
    let ends = trace.system.machine.areas.flatMap { [$0.base.number, $0.base.number + $0.pages] }
    let first = (ends.min() ?? 0) & ~0xfff
    let end = ((ends.max() ?? 0) + 0x1fff) & ~0xfff
    trace.system.machine.memory = MemoryConfiguration(ranges: [PageRange(first..<end)], cpus: cpus)
    return trace
  }

  @Test(arguments: TraceFixture.names)
  func agreesWithTheKernelOnABoard(name: String) throws {
    let trace = Self.onABoard(try TraceFixture.trace(named: name))
    var replay = try TraceReplay(trace)
    for operation in trace.operations {
      let answer = try #require(try replay.step())
      #expect(answer.firstDifference(fromRecorded: operation.recorded) == nil)
    }
    // The checker looks at every page.
    guard replay.system.machine.pages.pageCount <= 1 << 14 else { return }
    #expect(ZoneChecker.violations(of: replay.system.machine).isEmpty)
  }
}
