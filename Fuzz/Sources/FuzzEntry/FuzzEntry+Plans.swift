import DTParse
import Diagnostics
import HeapCompiler
import HeapModel

extension FuzzEntry {
  /// The most buffers, operations and pages that a target runs, so that one input stays a matter of milliseconds.
  private static let stepsMax = 2000
  private static let pagesMax: UInt64 = 1 << 16
  /// The most work of a run of a plan: what a plan under pressure does beside its buffers has to be counted too.
  private static let workMax: UInt64 = 1 << 17

  /// Reads a plan and runs it on a small board; what the run says must hold, and its trace must replay.
  public static func readPlan(_ bytes: [UInt8]) {
    let reading = PlanFile.read(bytes: bytes, name: "fuzz.yaml")
    locate(reading.diagnostics, in: reading.sources)
    guard let file = reading.plan else {
      precondition(!reading.diagnostics.isEmpty, "a plan is refused without a reason")
      return
    }
    let compiled = PlanCompiler(map: planMap, tree: planBoard).compile(file)
    locate(compiled.diagnostics, in: reading.sources)
    guard compiled.diagnostics.isEmpty, let plan = compiled.plan, let system = compiled.system,
      steps(of: plan) <= stepsMax,
      let simulation = try? Simulation(plan: plan, system: system, pressure: compiled.pressure)
    else { return }
    let report = simulation.run(work: workMax)
    precondition(simulation.run(work: workMax) == report, "the second run is another")
    checkPlaces(report)
    guard report.isComplete, compiled.pressure == nil else { return }
    let trace = simulation.trace(titled: "fuzz")
    replay(trace)
    let text = TraceFile.text(of: trace, source: "fuzz")
    let again = TraceFile.read(bytes: Array(text.utf8), name: "fuzz.json")
    precondition(again.trace?.trace == trace, "a trace that was written is read as another")
  }

  /// Reads a trace; one that is accepted is written again and must be the same, and a small one is run twice.
  public static func readTrace(_ bytes: [UInt8]) {
    let reading = TraceFile.read(bytes: bytes, name: "fuzz.json")
    locate(reading.diagnostics, in: reading.sources)
    guard let file = reading.trace else {
      precondition(!reading.diagnostics.isEmpty, "a trace is refused without a reason")
      return
    }
    let text = TraceFile.text(of: file.trace, source: "fuzz")
    let again = TraceFile.read(bytes: Array(text.utf8), name: "fuzz.json")
    precondition(again.trace?.trace == file.trace, "a trace that was written is read as another")
    let areas = file.trace.system.machine.areas
    guard areas.allSatisfy({ $0.pages <= pagesMax }), areas.count <= 16,
      file.trace.operations.count <= stepsMax / 10
    else { return }
    do {
      let report = try TraceReplay.run(file.trace)
      precondition((try? TraceReplay.run(file.trace)) == report, "the second run is another")
    } catch {
      locate([file.finding(error)], in: reading.sources)
    }
  }

  /// Reads a recording of ftrace, and runs small ones on every kind of heap.
  public static func readFtrace(_ bytes: [UInt8]) {
    let reading = FtraceFile.read(bytes: bytes, name: "fuzz.txt")
    locate(reading.diagnostics, in: reading.sources)
    guard let recording = reading.recording else {
      precondition(!reading.diagnostics.isEmpty, "a recording is refused without a reason")
      return
    }
    guard let geometry = MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11),
      recording.steps.count <= stepsMax / 10, recording.areas.count <= 4
    else { return }
    for area in recording.areas.indices {
      let requests = recording.requests.indices.filter { recording.requests[$0].area == area }
      let extent = recording.areas[area].seen.map { $0.count } ?? 4096
      guard extent <= pagesMax else { continue }
      for kind in [nil, HeapKind.cma()] + HeapKind.cma().alternatives(chunkOrder: 3).map(Optional.some) {
        let choice = FtraceReplay.Choice(geometry: geometry, kind: kind, areaPages: extent)
        guard let replay = try? FtraceReplay(recording, area: area, choice) else { continue }
        precondition(
          replay.outcomes.map(\.request).sorted() == requests, "a request has no outcome, or several")
        precondition(replay.peakPages <= extent, "more is given out than there is")
        precondition(
          replay.outcomes.allSatisfy { $0.usedPages <= replay.peakPages }, "the peak is not the most")
      }
    }
  }

  // MARK: What has to hold

  /// Every finding points into its file.
  private static func locate(_ findings: [Diagnostic], in sources: SourceMap) {
    for finding in findings { if let span = finding.span { _ = sources.location(of: span) } }
  }

  private static func replay(_ trace: Trace) {
    guard let report = try? TraceReplay.run(trace) else { fatalError("what was recorded cannot be run") }
    precondition(report.agrees, "what was recorded does not replay")
  }

  /// No two buffers of one time lie on each other.
  private static func checkPlaces(_ report: SimulationReport) {
    guard report.buffers.count <= 200 else { return }
    for (index, a) in report.buffers.enumerated() where a.error == nil {
      for b in report.buffers[(index + 1)...] where b.error == nil {
        let isTogether = (b.until.map { a.at < $0 } ?? true) && (a.until.map { b.at < $0 } ?? true)
        guard isTogether else { continue }
        for first in a.ranges {
          for second in b.ranges {
            let isApart =
              first.base.value + first.size.bytes <= second.base.value
              || second.base.value + second.size.bytes <= first.base.value
            precondition(isApart, "two buffers lie on each other")
          }
        }
      }
    }
  }

  /// The buffers that a plan comes to at most.
  private static func steps(of plan: AllocationPlan) -> Int {
    func times(_ time: PlannedTime) -> Int { min(time.repetition?.times ?? 1, stepsMax + 1) }
    func steps(_ buffer: PlannedBuffer) -> Int { min(buffer.count, stepsMax + 1) * times(buffer.time) }
    let single = plan.buffers.reduce(0) { $0 + steps($1) }
    return plan.groups.reduce(single) { sum, group in
      sum + group.buffers.reduce(0) { $0 + steps($1) } * times(group.time)
    }
  }

  private static let planBoard: Devicetree = {
    guard let result = try? DevicetreeLoader.load(bytes: Array(planSource.utf8), path: "plan.dts"),
      let tree = result.tree, !result.hasErrors
    else { fatalError("the board for plans is wrong") }
    return tree
  }()

  private static let planMap = MemoryMap(booting: BoardCompiler.lower(planBoard), with: .linux612Arm64)

  /// Small areas of different kinds, so that plans fill them.
  private static let planSource = """
    /dts-v1/;
    / {
      #address-cells = <1>;
      #size-cells = <1>;
      memory@40000000 { device_type = "memory"; reg = <0x58000000 0x10000000>; };
      reserved-memory {
        #address-cells = <1>;
        #size-cells = <1>;
        ranges;
        linux,cma { compatible = "shared-dma-pool"; reusable; linux,cma-default; reg = <0x60000000 0x1000000>; };
        video: frames@64000000 {
          compatible = "linux,dma-heap-chunk"; reg = <0x64000000 0x2000000>; chunk-order = <4>;
        };
      };
    };
    """
}
