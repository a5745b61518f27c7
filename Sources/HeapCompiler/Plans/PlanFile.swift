import DTParse
import Diagnostics
import HeapModel

/// A plan as its author wrote it, with the places of its parts; heaps are named and not yet looked up.
public struct PlanFile: Sendable {
  /// Buffers on their own, in the order of writing.
  public let buffers: [Buffer]
  /// Buffers that come and go together, in the order of writing.
  public let groups: [Group]
  /// Heaps of all memory that the plan brings, in the order of writing.
  public let heaps: [MemoryHeap]
  /// What the author expects of a run; nil where nothing is said.
  public let expectation: Expectation?
  /// What stands beside the heaps; nil for an idle machine.
  public let pressure: PressureFile?

  /// A buffer of a plan.
  public struct Buffer: Sendable {
    /// The name, unique in the plan.
    public let name: String
    /// The place of the name.
    public let span: SourceSpan
    /// The length of each, in bytes, from 1.
    public let size: ByteCount
    /// How many are allocated at the start of each occurrence, from 1.
    public let count: Int
    /// What the plan says of the heap; nil where it says nothing.
    public let heap: HeapReference?
    /// When they are there.
    public let time: PlannedTime
  }

  /// A heap's name, the label of a node, or a node's path, as the plan has it.
  public struct HeapReference: Sendable {
    /// The text.
    public let text: String
    /// Its place.
    public let span: SourceSpan
  }

  /// A heap that takes its pages from all memory, and so needs no node in the tree.
  public struct MemoryHeap: Sendable {
    /// The name, unique in the plan.
    public let name: String
    /// The place of the name, or of the model.
    public let span: SourceSpan
    /// What it is; one without an area.
    public let kind: HeapKind
  }

  /// Buffers that come and go together.
  public struct Group: Sendable {
    /// The name, for people.
    public let name: String
    /// When it is there.
    public let time: PlannedTime
    /// The members; their times count from the group's start.
    public let buffers: [Buffer]
  }

  /// What the author expects.
  public struct Expectation: Sendable {
    /// Whether the plan fits; nil where nothing is said of it.
    public var fits: Bool?
    /// The part of the runs that succeed at least, from 0 to 1.
    public var successRate: Double?
    /// How long allocations take at most.
    public var latencies: [LatencyLimit] = []
    /// The place of `latency`; nil where nothing is said of it.
    public var latencySpan: SourceSpan?
    /// The place of the expectation.
    public let span: SourceSpan

    /// The percentiles of the time that allocations take, as plans and reports name them.
    public static let percentiles: [(name: String, part: Double)] = [
      ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999), ("max", 1),
    ]
  }

  /// The time within which a part of all allocations is done.
  public struct LatencyLimit: Hashable, Sendable {
    /// The percentile's name.
    public let name: String
    /// The part, from 0 to 1.
    public let part: Double
    /// The time.
    public let atMost: SimulationTime
  }

  /// Every buffer with the times of its group left out, in the order of a report.
  public var allBuffers: [Buffer] { buffers + groups.flatMap(\.buffers) }

  /// Reads a plan.
  ///
  /// - Parameters:
  ///   - path: of the file; `-` for standard input.
  ///   - sources: files that come before it in the result's.
  /// - Returns: the plan, unless something is wrong with it, and what was found.
  /// - Throws: `LoadFailure` where the file cannot be had; what is wrong inside is among the findings.
  public static func read(path: String, after sources: SourceMap = SourceMap()) throws(LoadFailure)
    -> PlanReading
  {
    let name = path == "-" ? "<stdin>" : path
    switch FileSystem.read(path, bytesMax: YAMLReader.bytesMax) {
    case .success(let bytes): return read(bytes: bytes, name: name, after: sources)
    case .failure(.tooLarge):
      let finding = YAMLReader.oversize(name: name, PlanDecoder.dialect)
      return PlanReading(plan: nil, sources: sources, diagnostics: [finding], droppedCount: 0)
    case .failure(let failure): throw LoadFailure(path: path, reason: failure.description)
    }
  }

  /// Reads a plan from bytes in memory.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - name: of the file, for findings.
  ///   - sources: files that come before it in the result's.
  /// - Returns: the plan, unless something is wrong with it, and what was found.
  public static func read(bytes: [UInt8], name: String, after sources: SourceMap = SourceMap()) -> PlanReading
  {
    var sources = sources
    let file = sources.add(SourceFile(name: name, bytes: bytes))
    switch YAMLReader.read(bytes, file: file, as: PlanDecoder.dialect) {
    case .failure(let refusal):
      return PlanReading(plan: nil, sources: sources, diagnostics: [refusal.finding], droppedCount: 0)
    case .success(let value):
      var decoder = PlanDecoder()
      let plan = decoder.plan(value)
      let findings = decoder.findings
      return PlanReading(
        plan: findings.diagnostics.isEmpty ? plan : nil, sources: sources,
        diagnostics: findings.sorted, droppedCount: findings.droppedCount)
    }
  }
}

/// What came of reading a plan.
public struct PlanReading: Sendable {
  /// The plan; nil where something is wrong with it.
  public let plan: PlanFile?
  /// The files that findings point into, the plan last unless it is too large to be read.
  public let sources: SourceMap
  /// What was found, by place.
  public let diagnostics: [Diagnostic]
  /// How many more findings there were than are kept.
  public let droppedCount: Int
}
