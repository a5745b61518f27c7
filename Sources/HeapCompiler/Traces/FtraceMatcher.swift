import Diagnostics
import HeapModel

/// Joins starts, retries and finishes to requests, and releases to what they give back.
///
/// A task waits in `cma_alloc`, so that it has one request at a time, on whatever CPU; this is what joins a start to
/// its finish. Releases are joined by page frames.
struct FtraceMatcher {
  private struct Open {
    let event: FtraceEvent
    let place: Place
    var retries: UInt64 = 0
  }

  /// Where an event stands.
  struct Place {
    let line: Int
    let span: SourceSpan
  }

  private(set) var recording = FtraceRecording()
  /// Finishes that have no start.
  private(set) var headless: [Place] = []
  /// Ranges that were given out again before they were given back.
  private(set) var unreleased: [Place] = []
  private var areas: [String: Int] = [:]
  private var open: [UInt64: Open] = [:]
  private var live = LiveRanges()
  /// Releases that are still to be read, of ranges that were given out again before; the kernel traces a release behind
  /// it.
  private var owed: [PageRange: Int] = [:]
  /// What was given out before the recording, in the order of its releases.
  private var earlierRequests: [Int] = []

  /// The most requests of a recording.
  static let requestsMax = TraceDecoder.operationsMax

  /// Whether the recording has more requests or areas than are read.
  var isFull: Bool {
    recording.requests.count > Self.requestsMax || recording.areas.count > Int(TraceDecoder.areasMax)
  }

  /// A line that is no event of CMA.
  mutating func skip() { recording.skippedCount += 1 }

  /// The kernel lost events: releases that are missing are not coming any more.
  mutating func loseEvents() { owed = [:] }

  /// Takes the next event.
  mutating func add(_ event: FtraceEvent, at place: Place) {
    recording.eventCount += 1
    let area = area(named: event.area)
    switch event.kind {
    case .start:
      if let total = event.areaPages { recording.areas[area].pages = total }
      // 6.1 traces no finish of a request that is larger than the area.
      if let unanswered = open.removeValue(forKey: event.task) { finish(unanswered, with: .refused(nil)) }
      open[event.task] = Open(event: event, place: place)
    case .busyRetry: open[event.task]?.retries += 1
    case .finish:
      let start = open.removeValue(forKey: event.task)
      if start == nil { headless.append(place) }
      let answer = event.range.map { FtraceRequest.Answer.given($0) } ?? .refused(event.error)
      finish(Open(event: event, place: place, retries: start?.retries ?? 0), with: answer)
    case .release:
      guard let range = event.range else { return }
      release(range, in: area, event, at: place)
    }
  }

  /// The recording, when all lines are read.
  mutating func end() {
    let rest = open.values.sorted { $0.place.line < $1.place.line }
    open = [:]
    for unanswered in rest { finish(unanswered, with: .unknown) }
    recording.steps.insert(contentsOf: earlierRequests.map { .request($0) }, at: 0)
    findPeaks()
  }

  private mutating func findPeaks() {
    var held = [UInt64](repeating: 0, count: recording.areas.count)
    for step in recording.steps {
      switch step {
      case .request(let number):
        let request = recording.requests[number]
        if request.isGiven { held[request.area] += request.pages }
        recording.areas[request.area].peakPages = max(
          recording.areas[request.area].peakPages, held[request.area])
      case .release(let number, let pages): held[recording.requests[number].area] -= pages
      }
    }
  }

  private mutating func area(named name: String) -> Int {
    if let known = areas[name] { return known }
    areas[name] = recording.areas.count
    recording.areas.append(FtraceArea(name: name))
    return recording.areas.count - 1
  }

  private mutating func finish(_ request: Open, with answer: FtraceRequest.Answer) {
    let event = request.event
    let area = area(named: event.area)
    let number = recording.requests.count
    if case .given(let range) = answer {
      for entry in live.remove(range.frames) {
        unreleased.append(request.place)
        giveBack(entry)
        owed[PageRange(entry.frames), default: 0] += 1
      }
      hold(range, in: area, by: number)
    }
    recording.requests.append(
      FtraceRequest(
        area: area, task: event.task, time: event.time, line: request.place.line, pages: event.pages,
        alignOrder: event.alignOrder ?? 0, answer: answer, busyRetries: request.retries,
        span: request.place.span))
    recording.steps.append(.request(number))
  }

  private mutating func hold(_ range: PageRange, in area: Int, by request: Int) {
    live.insert(range.frames, request: request)
    widen(area, by: range)
  }

  private mutating func widen(_ area: Int, by range: PageRange) {
    let seen = recording.areas[area].seen?.frames ?? range.frames
    recording.areas[area].seen = PageRange(
      min(seen.lowerBound, range.frames.lowerBound)..<max(seen.upperBound, range.frames.upperBound))
  }

  private mutating func giveBack(_ entry: LiveRanges.Entry) {
    recording.steps.append(.release(request: entry.request, pages: UInt64(entry.frames.count)))
  }

  private mutating func release(_ range: PageRange, in area: Int, _ event: FtraceEvent, at place: Place) {
    if let times = owed[range] {
      owed[range] = times == 1 ? nil : times - 1
      return
    }
    var next = range.frames.lowerBound
    for entry in live.remove(range.frames) {
      if next < entry.frames.lowerBound {
        releaseEarlier(next..<entry.frames.lowerBound, in: area, event, at: place)
      }
      giveBack(entry)
      next = entry.frames.upperBound
    }
    if next < range.frames.upperBound {
      releaseEarlier(next..<range.frames.upperBound, in: area, event, at: place)
    }
  }

  /// Gives back what was there when the recording began.
  private mutating func releaseEarlier(
    _ frames: Range<UInt64>, in area: Int, _ event: FtraceEvent, at place: Place
  ) {
    let range = PageRange(frames)
    let number = recording.requests.count
    widen(area, by: range)
    recording.requests.append(
      FtraceRequest(
        area: area, task: event.task, time: nil, line: place.line, pages: range.count, alignOrder: 0,
        answer: .given(range), busyRetries: 0, span: place.span))
    earlierRequests.append(number)
    recording.steps.append(.release(request: number, pages: range.count))
  }
}
