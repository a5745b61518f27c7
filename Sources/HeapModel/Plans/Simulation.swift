/// Runs a plan on a system of heaps, event by event.
///
/// The same plan and system give the same report.
///
/// Events are in the order of time; at one moment buffers are given back before others are asked for, and equal events
/// are in the order of writing. A refused buffer stays refused, and the run goes on.
public struct Simulation: Sendable {
  /// The plan.
  public let plan: AllocationPlan
  /// The system it runs on.
  public let system: HeapSystemConfiguration
  let start: HeapSystem
  let timeline: PlanTimeline

  /// The most work of a run, in ranges tried and the like; a run that needs more is ended.
  public static let workMax = WorkMeter.workMax

  /// Checks a plan against a system.
  ///
  /// - Throws: ``PlanError``: the first thing that is wrong.
  public init(plan: AllocationPlan, system: HeapSystemConfiguration) throws(PlanError) {
    self.plan = plan
    self.system = system
    do {
      start = try HeapSystem(system)
    } catch {
      throw .system(error)
    }
    timeline = try PlanTimeline(plan, heaps: system.heaps)
  }

  /// Runs the plan.
  ///
  /// - Parameter advising: whether to look for changes that make a plan fit that does not; each try is a run.
  /// - Returns: what became of every buffer and heap.
  /// - Complexity: one heap allocation and at most one release a buffer, times the tries of ``SizeAdvisor``.
  public func run(advising: Bool = true) -> SimulationReport {
    var run = SimulationRun(timeline: timeline, system: start)
    while run.step() {}
    guard advising, let failure = run.failure else { return run.report(advice: []) }
    var advisor = SizeAdvisor(timeline: timeline, system: system)
    // A plan that is too long to be run is not run again and again.
    guard run.isComplete else { return run.report(advice: []) }
    return run.report(advice: advisor.changes(onHeapAt: failure.instance.heap))
  }
}
