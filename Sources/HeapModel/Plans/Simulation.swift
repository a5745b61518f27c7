/// Runs a plan on a system of heaps, event by event.
///
/// The same plan, system, pressure and seed give the same report.
///
/// Events are in the order of time; at one moment buffers are given back before others are asked for, and equal events
/// are in the order of writing. A refused buffer stays refused, and the run goes on.
public struct Simulation: Sendable {
  /// The plan.
  public let plan: AllocationPlan
  /// The system it runs on.
  public let system: HeapSystemConfiguration
  /// What stands beside the heaps; nil for an idle machine.
  public let pressure: Pressure?
  /// The page frames that areas of another size may have beside their own, when one is looked for; nil for any.
  public let room: [PageRange]?
  let start: HeapSystem
  let timeline: PlanTimeline
  /// What all runs begin with.
  private let prepared: PreparedStart

  /// The most work of a run, in ranges tried and the like; a run that needs more is ended.
  public static let workMax = WorkMeter.workMax

  /// Checks a plan against a system.
  ///
  /// - Parameters:
  ///   - plan: what is allocated.
  ///   - system: the machine and its heaps.
  ///   - pressure: what stands beside the heaps; nil for an idle machine.
  ///   - room: the page frames that areas of another size may have beside their own; nil for the memory of `pressure`,
  ///     or any.
  /// - Throws: ``PlanError``: the first thing that is wrong.
  public init(
    plan: AllocationPlan, system: HeapSystemConfiguration, pressure: Pressure? = nil, room: [PageRange]? = nil
  ) throws(PlanError) {
    var system = system
    if let pressure { system.machine.memory = pressure.memory }
    self.plan = plan
    self.system = system
    self.pressure = pressure
    self.room = room ?? pressure?.memory.ranges
    do {
      start = try HeapSystem(system)
    } catch {
      throw .system(error)
    }
    timeline = try PlanTimeline(plan, heaps: system.heaps)
    prepared = PreparedStart(start, pressure).prepared()
  }

  /// Runs the plan.
  ///
  /// - Parameters:
  ///   - seed: of what is random; on an idle machine nothing is.
  ///   - isDetailed: whether to look for changes that make a plan fit that does not, each of which is a run, and to
  ///     record what the areas are used for.
  ///   - work: the most work of the run, and of all tries together, in ranges tried and the like.
  /// - Returns: what became of every buffer and heap.
  /// - Complexity: one heap allocation and at most one release a buffer, times the tries of ``SizeAdvisor``.
  public func run(
    seed: UInt64 = 1, isDetailed: Bool = true, work: UInt64 = Simulation.workMax
  ) -> SimulationReport {
    let meter = WorkMeter(start, limit: work)
    var run = SimulationRun(
      timeline: timeline, start: prepared, meter: meter, seed: seed, isRecording: isDetailed)
    while run.step() {}
    guard isDetailed, let failure = run.failure else { return run.report(advice: []) }
    var advisor = SizeAdvisor(
      timeline: timeline, system: system, pressure: pressure, room: room, seed: seed, work: work)
    // A plan that is too long to be run is not run again and again.
    guard run.isComplete else { return run.report(advice: []) }
    let changes = advisor.changes(onHeapAt: failure.instance.heap)
    return run.report(advice: changes, isSearchComplete: !advisor.isExhausted)
  }

  /// Runs the plan for statistics: much less is kept than of ``run(seed:isDetailed:work:)``.
  ///
  /// - Parameter seed: of what is random.
  public func outcome(seed: UInt64) -> RunOutcome {
    var run = SimulationRun(timeline: timeline, start: prepared, seed: seed, keepsReports: false)
    while run.step() {}
    return run.outcome
  }
}
