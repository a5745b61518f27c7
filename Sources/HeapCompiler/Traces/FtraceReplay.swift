import Diagnostics
import HeapModel

/// A recording run again on another area or heap.
///
/// The model's machine is idle: nothing but the recorded requests is in the way. A request that the device refused is
/// asked again and given back at once, because nobody knows how long it would have stayed.
public struct FtraceReplay: Sendable {
  /// What is changed.
  public struct Choice: Hashable, Sendable {
    /// The page sizes of the kernel.
    public var geometry: MemoryGeometry
    /// What gives the pages; nil for ranges with the recorded alignment, as the device did it.
    public var kind: HeapKind?
    /// The length of the area in pages; nil for what the recording tells of it.
    public var areaPages: UInt64?

    /// Keeps the parts as they are.
    public init(geometry: MemoryGeometry, kind: HeapKind? = nil, areaPages: UInt64? = nil) {
      self.geometry = geometry
      self.kind = kind
      self.areaPages = areaPages
    }
  }

  /// What became of one request.
  public struct Outcome: Hashable, Sendable {
    /// The number in ``FtraceRecording/requests``.
    public let request: Int
    /// 0, or an error number.
    public let error: Int32
    /// The ranges that were tried.
    public let tries: UInt64
    /// The pages of the area that are given out behind it.
    public let usedPages: UInt64
  }

  /// The place of the area in ``FtraceRecording/areas``.
  public let area: Int
  /// What was changed.
  public let choice: Choice
  /// The trace that was run.
  public let trace: Trace
  /// What became of the requests of the area, those before the recording first.
  public let outcomes: [Outcome]
  /// The most pages that were given out at a time.
  public let peakPages: UInt64
  /// The request behind which they were; nil where none was given.
  public let peakRequest: Int?

  /// Why a recording cannot be run.
  public enum Failure: Error, Hashable, Sendable {
    /// Nothing shows how large the area is.
    case unknownSize
    /// The area is empty, or larger than the model takes.
    case badSize
    /// The chunk order is out of its range.
    case badChunkOrder
    /// The request of this number, or one before it, is more work than is done.
    case tooMuchWork(request: Int)
  }

  /// Runs the requests of one area.
  public init(_ recording: FtraceRecording, area: Int, _ choice: Choice) throws(Failure) {
    self.area = area
    self.choice = choice
    let configuration = try Self.configuration(recording, area: area, choice)
    let (operations, steps) = Self.operations(recording, area: area, choice)
    let machine = MachineConfiguration(geometry: choice.geometry, areas: [configuration])
    let heaps = choice.kind.map {
      HeapConfiguration(name: configuration.name, area: configuration.name, kind: $0)
    }
    trace = Trace(
      title: configuration.name,
      system: HeapSystemConfiguration(machine: machine, heaps: heaps.map { [$0] } ?? []),
      operations: operations)
    let answers: [TraceAnswer]
    do {
      answers = try TraceReplay.run(trace).answers
    } catch {
      throw Self.failure(error, steps)
    }
    let use = Use(answers, steps)
    outcomes = use.outcomes
    (peakPages, peakRequest) = (use.peakPages, use.peakRequest)
  }

  /// The area: from where its first known page lies, in steps of the alignment that the kernel demands of an area.
  ///
  /// - Source: Linux 6.1 include/linux/cma.h, CMA_MIN_ALIGNMENT_PAGES.
  private static func configuration(
    _ recording: FtraceRecording, area: Int, _ choice: Choice
  ) throws(Failure) -> AreaConfiguration {
    let known = recording.areas[area]
    let step = choice.geometry.pageblockPages
    let base = (known.seen?.frames.lowerBound ?? 0) / step * step
    let end = known.seen.map { ($0.frames.upperBound + step - 1) / step * step } ?? base
    var pages = end - base
    if let told = known.pages { pages = max(pages, told) }
    if let chosen = choice.areaPages { pages = chosen } else if pages == 0 { throw .unknownSize }
    guard pages > 0, pages <= PageMap.pagesMax else { throw .badSize }
    return AreaConfiguration(name: known.name, base: PageFrame(base), pages: pages)
  }

  /// The operations, each with the step of the recording that it stands for; a release is of all that is left, or of
  /// the pages that it names.
  private static func operations(
    _ recording: FtraceRecording, area: Int, _ choice: Choice
  ) -> ([TraceOperation], [FtraceStep]) {
    var operations: [TraceOperation] = []
    var steps: [FtraceStep] = []
    var left: [Int: UInt64] = [:]
    func append(_ action: TraceAction, _ step: FtraceStep) {
      operations.append(TraceOperation(action))
      steps.append(step)
    }
    for step in recording.steps {
      switch step {
      case .request(let number):
        let request = recording.requests[number]
        guard request.area == area else { continue }
        append(action(for: request, number, recording.areas[area].name, choice), step)
        if request.isGiven {
          left[number] = request.pages
        } else {
          append(.free(id: Int64(number)), .release(request: number, pages: .max))
        }
      case .release(let number, let pages):
        guard let rest = left[number] else { continue }
        left[number] = rest > pages ? rest - pages : nil
        // What rounding to chunks added goes with the last pages.
        if rest > pages {
          append(.freePart(id: Int64(number), count: pages), step)
        } else {
          append(.free(id: Int64(number)), .release(request: number, pages: .max))
        }
      }
    }
    return (operations, steps)
  }

  private static func action(
    for request: FtraceRequest, _ number: Int, _ name: String, _ choice: Choice
  ) -> TraceAction {
    guard choice.kind != nil else {
      return .allocateRange(
        area: name, id: Int64(number), count: request.pages, alignOrder: request.alignOrder)
    }
    // A request has at most 2^48 pages of at most 2^16 bytes.
    let bytes = choice.geometry.bytes(ofPages: request.pages) ?? .max
    return .allocate(heap: name, id: Int64(number), bytes: bytes)
  }

  private static func failure(_ error: TraceError, _ steps: [FtraceStep]) -> Failure {
    switch error {
    case .tooMuchWork(let operation):
      switch steps[min(operation, steps.count - 1)] {
      case .request(let request), .release(let request, _): return .tooMuchWork(request: request)
      }
    case .system(.badChunkOrder): return .badChunkOrder
    case .system, .unknownHeap, .unknownArea, .identifierInUse: return .badSize
    }
  }
}

extension FtraceReplay {
  /// The requests that the device gave and this one refuses.
  public func lost(_ recording: FtraceRecording) -> [Outcome] {
    outcomes.filter { $0.error != 0 && recording.requests[$0.request].isGiven }
  }

  /// The requests that the device refused and this one gives.
  public func won(_ recording: FtraceRecording) -> [Outcome] {
    outcomes.filter { outcome in
      if outcome.error == 0, case .refused = recording.requests[outcome.request].answer {
        true
      } else {
        false
      }
    }
  }
}

extension FtraceRecording {
  /// The finding for an area that cannot be run, where the recording is at fault; nil where the choice is.
  public func finding(
    _ failure: FtraceReplay.Failure, area: Int, _ choice: FtraceReplay.Choice
  ) -> Diagnostic? {
    let name = areas[area].name
    let place = requests.first { $0.area == area }?.span
    let help = "say it with --area \(name)=SIZE"
    switch failure {
    case .unknownSize:
      return Diagnostic(
        Rule.incompleteFtrace.id, .error, "nothing in the recording shows how large area `\(name)` is",
        at: place,
        help: help)
    case .badSize where choice.areaPages == nil:
      return Diagnostic(
        Rule.absurdTraceNumber,
        "the ranges of area `\(name)` lie further apart than the \(PageMap.pagesMax) pages of the largest area",
        at: place, help: help)
    case .tooMuchWork(let request):
      return Diagnostic(
        Rule.unrunnableTrace, "the requests up to this one are more work than is done",
        at: requests[request].span, help: "leave some of them out")
    case .badSize, .badChunkOrder: return nil
    }
  }
}

/// Counts what the requests hold, as some heaps take pages past the area's bitmap.
private struct Use {
  private(set) var outcomes: [FtraceReplay.Outcome] = []
  private(set) var peakPages: UInt64 = 0
  private(set) var peakRequest: Int?
  private var held: [Int: UInt64] = [:]
  private var usedPages: UInt64 = 0

  init(_ answers: [TraceAnswer], _ steps: [FtraceStep]) {
    for (answer, step) in zip(answers, steps) {
      switch step {
      case .request(let request): add(answer, to: request)
      case .release(let request, let pages):
        let given = min(pages, held[request] ?? 0)
        guard answer.result == 0 else { continue }
        held[request, default: 0] -= given
        usedPages -= given
      }
    }
  }

  private mutating func add(_ answer: TraceAnswer, to request: Int) {
    let pages = (answer.pages ?? []).reduce(0) { $0 + $1.count }
    held[request] = pages
    usedPages += pages
    if usedPages > peakPages { (peakPages, peakRequest) = (usedPages, request) }
    outcomes.append(
      FtraceReplay.Outcome(
        request: request, error: answer.result ?? 0, tries: answer.attempts ?? answer.rangeCalls ?? 0,
        usedPages: usedPages))
  }
}
