import Testing

@testable import HeapModel

@Suite struct TraceReplayTests {
  @Test(arguments: TraceFixture.names)
  func agreesWithTheKernel(name: String) throws {
    let trace = try TraceFixture.trace(named: name)
    let report = try TraceReplay.run(trace)
    #expect(report.firstDifference == nil)
    #expect(report.answers.count == trace.operations.count)
  }

  @Test func allFixturesAreRead() throws {
    #expect(TraceFixture.names.count == 141)
    let operations = try TraceFixture.names.map { try TraceFixture.trace(named: $0).operations.count }
    #expect(operations.reduce(0, +) == 5439)
  }

  /// The checker looks at every page, so the traces on small areas are enough.
  @Test func invariantsHoldAfterEveryOperation() throws {
    for name in TraceFixture.names {
      let trace = try TraceFixture.trace(named: name)
      guard trace.system.machine.areas.allSatisfy({ $0.pages <= 2048 }) else { continue }
      var replay = try TraceReplay(trace)
      while try replay.step() != nil {
        let violations = MachineInvariants.violations(of: replay.system.machine)
        #expect(violations.isEmpty, "\(name)")
      }
    }
  }

  private func trace(_ operations: [TraceOperation]) -> Trace {
    Trace(title: "t", system: .small(.failfast, chunkOrder: 1), operations: operations)
  }

  @Test func namesTheFirstDifference() throws {
    let report = try TraceReplay.run(
      trace([
        TraceOperation(.allocate(heap: "heap", id: 1, bytes: 4096), recorded: TraceAnswer(result: 0)),
        TraceOperation(.free(id: 1), recorded: TraceAnswer(used: 7)),
        TraceOperation(.pin(area: "area", offset: 0), recorded: TraceAnswer(result: -22)),
      ]))
    #expect(report.firstDifference?.operation == 1)
    #expect(report.firstDifference?.part.key == "used")
    #expect(report.firstDifference?.part.recorded == .number(7))
    #expect(report.firstDifference?.part.model == .number(0))
    #expect(!report.agrees)
  }

  @Test func aRecordedPartThatTheModelDoesNotHaveDiffers() throws {
    let report = try TraceReplay.run(
      trace([TraceOperation(.free(id: 9), recorded: TraceAnswer(result: -22, used: 0))]))
    #expect(report.firstDifference?.part.key == "used")
  }

  @Test func refusesWhatIsNotThere() throws {
    let heap = trace([TraceOperation(.allocate(heap: "no", id: 1, bytes: 1))])
    #expect(throws: TraceError.unknownHeap(operation: 0, heap: "no")) { try TraceReplay.run(heap) }
    let area = trace([TraceOperation(.pin(area: "no", offset: 1))])
    #expect(throws: TraceError.unknownArea(operation: 0, area: "no")) { try TraceReplay.run(area) }
    let twice = trace([
      TraceOperation(.allocate(heap: "heap", id: 1, bytes: 1)),
      TraceOperation(.allocateRange(area: "area", id: 1, count: 1, alignOrder: 0)),
    ])
    #expect(throws: TraceError.identifierInUse(operation: 1, id: 1)) { try TraceReplay.run(twice) }
  }

  @Test func hostileNumbersAreAnswered() throws {
    let report = try TraceReplay.run(
      trace([
        TraceOperation(.allocate(heap: "heap", id: 1, bytes: .max)),
        TraceOperation(.allocate(heap: "heap", id: .min, bytes: .max - 4095)),
        TraceOperation(.allocateRange(area: "area", id: 3, count: .max, alignOrder: .max)),
        TraceOperation(.allocateRange(area: "area", id: 4, count: 1, alignOrder: .min)),
        TraceOperation(.freePart(id: 4, count: .max)),
        TraceOperation(.pin(area: "area", offset: .max)),
        TraceOperation(.unpin(area: "area", offset: .max)),
        TraceOperation(.unpin(area: "area", offset: 5)),
        TraceOperation(.allocateRange(area: "area", id: 6, count: 1, alignOrder: 63)),
        TraceOperation(.free(id: 4)),
        TraceOperation(.free(id: 4)),
      ]))
    #expect(report.answers.map(\.result) == [-22, -12, -12, 0, -22, -22, -22, -22, -12, 0, -22])
  }
}
