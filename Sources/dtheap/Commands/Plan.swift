import ArgumentParser
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// `dtheap plan`: places the buffers of a plan in the heaps of a board.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say whether the buffers of a plan fit into a board's heaps.",
    discussion: """
      Reads and maps the board first. Of a plan that does not fit it tells the first buffer that is refused, when and \
      why, and changes with which the plan fits, each of which was tried. The exit status is 0 where the plan fits, or \
      where the answer is the one that it expects, and 1 otherwise.

      Example: dtheap plan examples/boards/media-soc.dts examples/plans/8k-hdr-playback.yaml
      """)

  @OptionGroup var options: BoardOptions

  @Option(
    help: ArgumentHelp("text, json, svg (a picture) or html (a page with a slider).", valueName: "format"))
  var format = PlanFormat.text

  @Option(help: ArgumentHelp("The seed of what is random; on an idle machine nothing is.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Run the plan so often, each time with a seed of its own.", valueName: "n"))
  var runs = 1

  @Option(help: ArgumentHelp("Runs at a time; by default as many as there are CPUs.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Run every heap as another: \(PlanCompiler.heapModels.joined(separator: ", ")).", valueName: "name"))
  var heapModel: String?

  @Option(help: ArgumentHelp("Write the run as a trace, for `dtheap replay`.", valueName: "trace"))
  var record: String?

  @Argument(help: ArgumentHelp("A .dts, a .dtb, or `-` for standard input.", valueName: "board"))
  var board: String

  @Argument(help: ArgumentHelp("The plan.", valueName: "plan.yaml"))
  var plan: String

  /// The most runs of one command.
  private static let runsMax = 1_000_000

  func validate() throws {
    try options.requireOneKernel()
    if let heapModel, !PlanCompiler.heapModels.contains(heapModel) {
      throw ValidationError(
        "there is no heap model `\(heapModel)`; there are \(PlanCompiler.heapModels.joined(separator: ", "))")
    }
    guard (1...Self.runsMax).contains(runs) else {
      throw ValidationError("--runs is from 1 to \(Self.runsMax)")
    }
    guard jobs.map({ (1...1024).contains($0) }) ?? true else {
      throw ValidationError("--jobs is from 1 to 1024")
    }
    if board == "-", plan == "-" {
      throw ValidationError("board and plan cannot both come from standard input")
    }
    if record == "-", format != .text {
      throw ValidationError("the trace and the \(format.name) cannot both go to standard output")
    }
  }

  func run() throws {
    let booted = try options.boot(board, kernel: options.kernels.first)
    if booted.loaded.hasErrors { throw ExitCode(1) }
    let plan = try readPlan(after: booted.tree.sources)
    let compiled = PlanCompiler(map: booted.map, tree: booted.tree).compile(plan.file, heapModel: heapModel)
    Reading.printFindings(compiled.diagnostics, in: plan.sources)
    if compiled.absence != nil { printRules(of: booted, about: compiled.diagnostics) }
    let simulation = try simulation(compiled)
    let outcome = try outcome(compiled, simulation)
    let statistics =
      runs > 1 ? try simulation.map { try ParallelRuns(runs: runs, seed: seed, jobs: jobs).run($0) } : nil
    let verdict = PlanVerdict(
      board: booted.name, name: self.plan, plan: plan.file, map: booted.map, seed: seed, outcome: outcome,
      statistics: statistics)
    switch format {
    case .text: Console.print(PlanText(verdict, hasColor: options.color.isOnForOutput).text)
    case .json: Console.print(PlanDocument.text(verdict))
    case .svg: Console.print(PlanSVG(verdict).text)
    case .html: Console.print(PlanPage(verdict).text)
    }
    if !verdict.isAsExpected { throw ExitCode(1) }
  }

  /// Prints what the rules say of the nodes for which there is no heap.
  private func printRules(of booted: BootedBoard, about refusals: [Diagnostic]) {
    var linting = Linter.Options(profile: booted.profile)
    linting.overrides = booted.overrides
    let report = Linter.lint(booted.loaded, linting)
    let nodes = Set(refusals.compactMap(\.node))
    let findings = report.findings.sorted.filter { finding in
      finding.severity != .note && finding.node.map(nodes.contains) == true
    }
    Reading.printFindings(findings, in: report.sources)
  }

  private func readPlan(after sources: SourceMap) throws -> (file: PlanFile, sources: SourceMap) {
    let reading: PlanReading
    do {
      reading = try PlanFile.read(path: plan, after: sources)
    } catch {
      throw Reading.refusal(error.description)
    }
    Reading.printFindings(reading.diagnostics, in: reading.sources)
    if reading.droppedCount > 0 { Reading.fail("\(reading.droppedCount) more findings") }
    guard let file = reading.plan else { throw ExitCode(2) }
    return (file, reading.sources)
  }

  /// The plan on the board; nil where a heap is absent.
  private func simulation(_ compiled: PlanCompilation) throws -> Simulation? {
    if compiled.absence != nil { return nil }
    guard let plan = compiled.plan, let system = compiled.system, compiled.diagnostics.isEmpty else {
      throw ExitCode(2)
    }
    do {
      return try Simulation(
        plan: plan, system: system, pressure: compiled.pressure, room: compiled.room)
    } catch {
      throw Reading.refusal("the plan cannot be run: \(error)")
    }
  }

  /// Runs the plan, unless the board does not let it.
  private func outcome(
    _ compiled: PlanCompilation, _ simulation: Simulation?
  ) throws -> PlanVerdict.Outcome {
    if let absence = compiled.absence { return .absentHeap(absence) }
    guard let simulation else { throw ExitCode(2) }
    if record != nil, let heap = simulation.system.heaps.first(where: { !$0.kind.hasArea }) {
      throw Reading.refusal("heap `\(heap.name)` cannot be recorded: a trace has areas and no other memory")
    }
    if record != nil, simulation.pressure != nil {
      throw Reading.refusal(
        "a run under pressure cannot be recorded: a trace has no holders beside its heaps")
    }
    let report = simulation.run(seed: seed)
    if !report.isComplete, report.failure == nil {
      throw Reading.refusal(
        "\(self.plan): the run was ended after \(report.buffers.count) buffers, all given: the plan takes more work "
          + "than one run may; give it fewer repetitions, or less that comes and goes beside its heaps")
    }
    if let record {
      guard report.isComplete else { throw Reading.refusal("the run was ended early and is not recorded") }
      let name = { (path: String) in path.split(separator: "/").last.map(String.init) ?? path }
      let trace = simulation.trace(titled: "\(name(self.plan)) on \(name(board))")
      let text = TraceFile.text(of: trace, source: "dtheap plan --record")
      try Reading.write(Array(text.utf8), to: record)
    }
    return .ran(report, simulation.system)
  }
}

/// How a verdict is written.
enum PlanFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, svg, html

  /// The name for a message.
  var name: String {
    switch self {
    case .text: "text"
    case .json: "JSON"
    case .svg: "picture"
    case .html: "page"
    }
  }
}
