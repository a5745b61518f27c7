/// A plan in progress on a system of its own.
struct SimulationRun {
  /// The first buffer that was refused.
  struct Failure {
    let instance: BufferInstance
    let explanation: FailureExplanation
  }

  private let timeline: PlanTimeline
  private var system: HeapSystem
  private(set) var failure: Failure?
  private var next = 0
  private var live: [HeapBuffer?]
  /// In the order of the requests; nothing where no report is asked for.
  private var reports: [BufferReport] = []
  /// The place of each of ``reports`` in the order of writing.
  private var reported: [Int] = []
  private let keepsReports: Bool
  private var latencies: [SimulationTime] = []
  private var peaks: [HeapPeak]
  private(set) var meter: WorkMeter
  private var holders: [any Holder]
  /// The moment up to which the holders have come.
  private var moment = SimulationTime.zero
  private let cost: CostModel?
  private var random: SplitMix64
  private var recorder: AreaRecorder?

  /// - Parameters:
  ///   - timeline: what to run.
  ///   - start: a system for which the timeline was made.
  ///   - meter: what is left of the work of several runs; nil for a run with all of it.
  ///   - seed: of what is random.
  ///   - keepsReports: whether ``report(advice:)`` will be asked for.
  ///   - isRecording: whether to write down what the areas are used for.
  init(
    timeline: PlanTimeline, start: PreparedStart, meter: WorkMeter? = nil, seed: UInt64 = 1,
    keepsReports: Bool = true, isRecording: Bool = false
  ) {
    self.timeline = timeline
    random = SplitMix64(seed: seed)
    var start = start
    start.startAll(random: &random)
    system = start.system
    holders = start.holders
    cost = start.cost
    self.meter = meter ?? WorkMeter(system)
    self.meter.charge(system.machine.work)
    self.meter.charge(system.machine.background)
    self.meter.chargeTries(system.machine.triesMade)
    self.meter.chargeBlocks(start.workerBlocks)
    self.keepsReports = keepsReports
    let count = timeline.instances.count
    live = [HeapBuffer?](repeating: nil, count: count)
    if keepsReports { reports.reserveCapacity(count) }
    peaks = [HeapPeak](repeating: HeapPeak(), count: system.heaps.count)
    if isRecording { recorder = AreaRecorder(timeline, on: system) }
  }

  /// Brings every holder to a moment, and charges what that made the machine do.
  private mutating func advanceHolders(to time: SimulationTime) {
    guard !holders.isEmpty else { return }
    let before = (system.machine.work, system.machine.background, system.machine.triesMade)
    for place in holders.indices {
      var random = random
      var holder = holders[place]
      system.withMachine { holder.advance(to: time, on: &$0, random: &random) }
      holders[place] = holder
      self.random = random
    }
    meter.charge(system.machine.work.since(before.0))
    meter.charge(system.machine.background.since(before.1))
    meter.chargeTries(system.machine.triesMade - before.2)
  }

  /// Lets the threads of heaps do what they were woken for.
  private mutating func runWorkers() {
    guard system.hasWorkers else { return }
    let before = system.machine.background
    meter.chargeBlocks(system.runWorkers())
    meter.charge(system.machine.background.since(before))
  }

  /// Runs one event.
  ///
  /// - Returns: whether there was one, and work was left for it.
  mutating func step() -> Bool {
    guard next < timeline.events.count, !meter.isExhausted else {
      record()
      return false
    }
    let (time, event) = timeline.events[next]
    next += 1
    if time > moment {
      record()
      moment = time
      runWorkers()
      advanceHolders(to: time)
    }
    switch event {
    case .allocate(let number): allocate(number)
    case .free(let number): free(number)
    }
    return true
  }

  /// Writes down what the areas are used for, where that is wanted of this moment.
  private mutating func record() {
    let isRefusal = failure?.instance.start == moment
    recorder?.record(moment, isRefusal: isRefusal, of: system.machine)
  }

  /// Whether every event has been run.
  var isComplete: Bool { next == timeline.events.count }

  private mutating func allocate(_ number: Int) {
    let instance = timeline.instances[number]
    settlePeaks(besides: instance.heap, on: system.heaps[instance.heap].area)
    let tries = system.machine.triesMade
    let answer = system.allocate(instance.size.bytes, fromHeapAt: instance.heap)
    meter.charge(answer, onHeapAt: instance.heap)
    meter.chargeTries(system.machine.triesMade - tries)
    if cost != nil { meter.charge(answer.effort.work) }
    let error: KernelError?
    switch answer.outcome {
    case .success(let buffer):
      error = nil
      live[number] = buffer
      if keepsReports {
        let pages = system.heaps[instance.heap].usage.pages
        peaks[instance.heap].grow(to: pages, wasting: waste(of: buffer), at: instance.start)
      }
    case .failure(let refusal):
      error = refusal.error
      if failure == nil {
        let explanation = FailureExplanation(
          of: instance, refusal: refusal, effort: answer.effort, on: system)
        failure = Failure(instance: instance, explanation: explanation)
      }
    }
    let latency = cost?.time(answer.effort.work)
    if error == nil, let latency { latencies.append(latency) }
    guard keepsReports else { return }
    reported.append(number)
    reports.append(
      report(instance, buffer: live[number], error: error, latency: latency, effort: answer.effort))
  }

  private mutating func free(_ number: Int) {
    guard let buffer = live[number] else { return }
    let heap = timeline.instances[number].heap
    settlePeaks(besides: nil, on: system.heaps[heap].area)
    system.release(buffer, toHeapAt: heap)
    meter.chargeRelease(of: buffer.pages, toHeapAt: heap)
    if keepsReports { peaks[heap].shrink(sparing: waste(of: buffer)) }
    live[number] = nil
  }

  /// Looks at an area before it changes, for the heaps that have just reached a peak on it.
  private mutating func settlePeaks(besides heap: Int?, on area: AreaIndex?) {
    guard keepsReports else { return }
    for other in peaks.indices where peaks[other].isUnsettled && other != heap {
      guard system.heaps[other].area == area else { continue }
      if system.machine.pages.holdsLent {
        meter.chargeLook(
          atPages: area.map { system.machine[$0].pages.count } ?? system.machine.pages.span.count)
      }
      peaks[other].settle(longestFreeRun: system.machine.longestRun(in: area))
    }
  }

  private func bytes(_ pages: UInt64) -> UInt64 {
    system.machine.geometry.bytes(ofPages: pages) ?? UInt64.max
  }

  private func waste(of buffer: HeapBuffer) -> UInt64 { bytes(buffer.pages.pages) - buffer.requestedBytes }

  private func report(
    _ instance: BufferInstance, buffer: HeapBuffer?, error: KernelError?, latency: SimulationTime?,
    effort: HeapEffort
  ) -> BufferReport {
    let heap = system.heaps[instance.heap]
    let pages = buffer?.pages.pages ?? 0
    let ranges = (buffer?.pages.ranges ?? []).map { range in
      AddressRange(base: bytes(range.first.number), size: bytes(range.count))
    }
    return BufferReport(
      name: instance.name, heap: heap.name, requested: instance.size, allocated: ByteCount(bytes(pages)),
      at: instance.start, until: instance.end, error: error,
      chunks: buffer.map { heap.chunks(of: $0) } ?? 0,
      ranges: ranges, latency: latency, effort: effort)
  }

  /// The reports in the order of writing.
  private var reportsInOrder: [BufferReport] {
    // Most plans ask for their buffers in the order of writing: their reports are not copied.
    if zip(reported, reported.dropFirst()).allSatisfy(<) { return reports }
    return reports.indices.sorted { reported[$0] < reported[$1] }.map { reports[$0] }
  }

  /// What the events so far came to.
  var outcome: RunOutcome {
    RunOutcome(fits: failure == nil && isComplete, failed: failure?.instance.name, latencies: latencies)
  }

  /// The report of the events so far.
  ///
  /// - Parameters:
  ///   - advice: for the failure.
  ///   - isSearchComplete: whether nothing that could help was left out.
  /// - Returns: what became of every buffer that was asked for, and of every heap.
  mutating func report(
    advice: [VerifiedChange], isSearchComplete: Bool = true
  ) -> SimulationReport {
    for heap in system.heaps { settlePeaks(besides: nil, on: heap.area) }
    let heaps = zip(system.heaps, peaks).map { heap, peak in
      HeapReport(
        name: heap.name,
        size: ByteCount(
          bytes(heap.area.map { system.machine[$0].pages.count } ?? system.machine.pagesOutsideAreas)),
        peak: ByteCount(bytes(peak.pages)), peakAt: peak.at,
        largestFree: ByteCount(bytes(peak.longestFreeRun)),
        wasted: ByteCount(peak.wasted),
        pool: heap.poolReport(on: system.machine))
    }
    let failed = failure.map { failure in
      FailureReport(
        buffer: failure.instance.name, at: failure.instance.start, cause: failure.explanation.cause,
        why: failure.explanation.why, wouldFitWith: advice,
        isSearchComplete: isSearchComplete)
    }
    return SimulationReport(
      buffers: reportsInOrder, heaps: heaps, failure: failed, isComplete: isComplete,
      areas: recorder?.histories ?? [])
  }
}

/// The highest use of one heap.
///
/// What it left free is looked up only when the area is about to change.
private struct HeapPeak {
  private(set) var pages: UInt64 = 0
  private(set) var at = SimulationTime.zero
  private(set) var wasted: UInt64 = 0
  private(set) var longestFreeRun: UInt64 = 0
  private(set) var isUnsettled = true
  private var wastedNow: UInt64 = 0

  mutating func grow(to pages: UInt64, wasting waste: UInt64, at time: SimulationTime) {
    wastedNow += waste
    guard pages > self.pages else { return }
    self.pages = pages
    at = time
    wasted = wastedNow
    isUnsettled = true
  }

  mutating func shrink(sparing waste: UInt64) { wastedNow -= waste }

  mutating func settle(longestFreeRun: UInt64) {
    self.longestFreeRun = longestFreeRun
    isUnsettled = false
  }
}
