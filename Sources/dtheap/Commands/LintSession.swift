import ArgumentParser
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// Lints files, several at the same time, and counts what is not among their findings.
struct LintSession {
  /// What is counted beside the findings.
  struct Tally {
    /// Files that were looked at.
    var files = 0
    /// Findings of each severity.
    var counts = SeverityCounts()
    /// Findings that the baseline hides.
    var known = 0
    /// Findings that comments allow.
    var allowed = 0
    /// Checks that were not made because another had failed.
    var notChecked = 0
    /// Findings beyond the limits.
    var dropped = 0
    /// Files that cannot be read.
    var unreadable = 0
    /// Warnings that count as errors.
    var strictWarnings = 0
  }

  /// What came of one file.
  private enum Outcome: Sendable {
    case report(LintReport, dependencies: [String])
    case unreadable(Refusal)
    case refused(any Error)
  }

  /// The counts so far.
  private(set) var tally = Tally()
  /// What a new baseline holds.
  private(set) var recorded = Baseline()
  private let command: Lint
  private var known: Baseline

  /// Prepares for the files of a command.
  ///
  /// - Throws: ``Refusal`` where the baseline cannot be read.
  init(_ command: Lint) throws {
    self.command = command
    known = command.updateBaseline ? Baseline() : try Self.baseline(command.baseline)
  }

  /// Calls `use` with the findings of every file that can be read, in the order given, after what is wrong with
  /// configurations and bindings; why a file cannot be read is said in its turn.
  ///
  /// - Throws: ``Refusal`` where no kernel can be had as the options ask.
  mutating func lint(_ files: [String], use: (FileFindings) -> Void) throws {
    let plan = try LintPlan(command, files)
    for input in plan.objections {
      tally.counts += input.findings.counts
      use(input)
    }
    let progress = LintProgress(fileCount: files.count)
    var parts = LintParts()
    try OrderedWork.run(
      count: plan.tasks.count, jobs: command.jobs ?? OrderedWork.processorCount,
      worker: {
        let validators = plan.validators()
        return { Self.outcome(of: plan.tasks[$0], validators) }
      },
      use: { index, outcome in
        progress.update(done: index + 1)
        for result in parts.pass(try result(of: outcome, plan.tasks[index])) { use(take(result)) }
      })
    progress.end()
    for result in parts.rest() { use(take(result)) }
  }

  /// Lints one file; called on any thread.
  private static func outcome(of task: LintPlan.Task, _ validators: LintPlan.Validators) -> Outcome {
    let loaded: LoadResult
    do {
      loaded = try Reading.load(task.file, task.options.source.loadOptions)
    } catch let refusal as Refusal {
      return .unreadable(refusal)
    } catch {
      return .refused(error)
    }
    do {
      var linting = Linter.Options(profile: try profile(of: loaded, task))
      linting.overrides = task.options.overrides
      linting.disabled = task.disabled
      return .report(
        Linter.lint(loaded, linting, bindings: validators[task.bindings]), dependencies: loaded.dependencies)
    } catch {
      return .refused(error)
    }
  }

  /// What came of a file; nil where it cannot be read, which is said then.
  private mutating func result(of outcome: Outcome, _ task: LintPlan.Task) throws -> LintParts.Result? {
    switch outcome {
    case .report(let report, let dependencies):
      return LintParts.Result(task: task, report: report, dependencies: dependencies)
    case .refused(let error): throw error
    case .unreadable(let refusal):
      Reading.fail(refusal.message)
      tally.unreadable += 1
      return nil
    }
  }

  /// Counts what came of a file, and takes away what the baseline hides.
  private mutating func take(_ result: LintParts.Result) -> FileFindings {
    let task = result.task
    var report = result.report
    if command.updateBaseline {
      for finding in report.findings.sorted { recorded.record(finding, file: task.file) }
    } else {
      tally.known += report.findings.removeAll { known.hides($0, file: task.file) }
    }
    tally.files += 1
    tally.counts += report.findings.counts
    tally.allowed += report.allowedCount
    tally.notChecked += report.notCheckedCount
    tally.dropped += report.droppedCount
    if task.isStrict { tally.strictWarnings += report.findings.counts.warnings }
    return FileFindings(file: task.name, findings: report.findings, sources: report.sources)
  }

  /// The kernel; nil for a board of an architecture that has no profile, where --arch does not say otherwise.
  private static func profile(of loaded: LoadResult, _ task: LintPlan.Task) throws -> KernelProfile? {
    guard let tree = loaded.tree else { return nil }
    if task.options.arch == nil, case .other = BoardArchitecture(of: tree) { return nil }
    return try task.options.profile(for: tree, path: task.file, kernel: task.options.kernels.first)
  }

  private static func baseline(_ path: String?) throws -> Baseline {
    guard let path else { return Baseline() }
    do {
      let bytes = try FileSystem.read(path, bytesMax: 64 << 20).get()
      return try Baseline(parsing: String(decoding: bytes, as: UTF8.self))
    } catch let problem as Baseline.Problem {
      throw Reading.refusal("\(path):\(problem.line): this is no record of a baseline")
    } catch {
      throw Reading.refusal("cannot read `\(path)`: \(error)")
    }
  }
}
