import ArgumentParser
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// `dtheap lint`: what is wrong with devicetrees.
struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report what is wrong with boards and overlays.",
    discussion: """
      Says what the kernel will do with each fault and what to write instead. A board of an architecture without a \
      kernel profile gets the rules about structure alone. A comment `/* dtheap:allow DTH230 reason */` on the line or \
      the line above silences a rule there. The exit status is 1 where there is an error.

      Example: dtheap lint --kernel 6.1 --strict board.dts
      """)

  @OptionGroup var options: BoardOptions

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  @Flag(help: "Let warnings count as errors in the exit status.")
  var strict = false

  @Option(help: ArgumentHelp("Leave out a rule, by code or name; repeatable.", valueName: "rule"))
  var disable: [RuleArgument] = []

  @Option(help: ArgumentHelp("Hide the findings that FILE records.", valueName: "file"))
  var baseline: String?

  @Flag(help: "Record the findings in the file that --baseline names, in place of hiding them.")
  var updateBaseline = false

  @Argument(
    help: ArgumentHelp("A .dts, a .dtb, an overlay alone, or `-` for standard input.", valueName: "file"))
  var files: [String]

  /// What findings are written as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  func validate() throws {
    try options.requireOneKernel()
    if updateBaseline, baseline == nil { throw ValidationError("--update-baseline needs --baseline") }
  }

  func run() throws {
    var known = try readBaseline()
    var recorded = Baseline()
    var inputs: [FileFindings] = []
    var tally = Tally()
    for file in files {
      guard var report = try report(on: file, &tally) else { continue }
      if updateBaseline {
        for finding in report.findings.sorted { recorded.record(finding, file: file) }
      } else {
        tally.known += report.findings.removeAll { known.hides($0, file: file) }
      }
      inputs.append(
        FileFindings(
          file: file == "-" ? "<stdin>" : file, findings: report.findings, sources: report.sources))
    }
    if updateBaseline, let baseline { try Reading.write(Array(recorded.text.utf8), to: baseline) }
    write(inputs, tally)
    if tally.unreadable > 0 { throw ExitCode(2) }
    let counts = inputs.reduce(into: SeverityCounts()) { $0 += $1.findings.counts }
    if !updateBaseline, counts.errors > 0 || strict && counts.warnings > 0 { throw ExitCode(1) }
  }

  /// What is counted beside the findings.
  private struct Tally {
    var known = 0
    var allowed = 0
    var notChecked = 0
    var dropped = 0
    var unreadable = 0
  }

  /// The findings of a file; nil where it cannot be read, which has been said then.
  private func report(on file: String, _ tally: inout Tally) throws -> LintReport? {
    guard let loaded = try? Reading.load(file, options.source.loadOptions) else {
      tally.unreadable += 1
      return nil
    }
    var linting = Linter.Options(profile: try profile(of: loaded, file))
    linting.overrides = options.overrides
    linting.disabled = Set(disable.map(\.code))
    let report = Linter.lint(loaded, linting)
    tally.allowed += report.allowedCount
    tally.notChecked += report.notCheckedCount
    tally.dropped += report.droppedCount
    return report
  }

  /// The kernel; nil for a board of an architecture that has no profile, where --arch does not say otherwise.
  private func profile(of loaded: LoadResult, _ file: String) throws -> KernelProfile? {
    guard let tree = loaded.tree else { return nil }
    if options.arch == nil, case .other = BoardArchitecture(of: tree) { return nil }
    return try options.profile(for: tree, path: file, kernel: options.kernels.first)
  }

  private func readBaseline() throws -> Baseline {
    guard let baseline, !updateBaseline else { return Baseline() }
    do {
      let bytes = try FileSystem.read(baseline, bytesMax: 64 << 20).get()
      return try Baseline(parsing: String(decoding: bytes, as: UTF8.self))
    } catch let problem as Baseline.Problem {
      throw Reading.refusal("\(baseline):\(problem.line): this is no record of a baseline")
    } catch {
      throw Reading.refusal("cannot read `\(baseline)`: \(error)")
    }
  }

  private func write(_ inputs: [FileFindings], _ tally: Tally) {
    switch format {
    case .json: Console.print(FindingsJSON.document(inputs))
    case .text:
      for input in inputs {
        let renderer = TextRenderer(
          sources: input.sources, file: input.file, hasColor: options.color.isOnForOutput)
        Console.print(renderer.render(input.findings))
      }
      Console.print(summary(inputs, tally) + "\n")
    }
  }

  private func summary(_ inputs: [FileFindings], _ tally: Tally) -> String {
    let counts = inputs.reduce(into: SeverityCounts()) { $0 += $1.findings.counts }
    var parts = ["\(TextRenderer.summary(counts)) in \(Text.count(inputs.count, "file"))"]
    if updateBaseline { parts.append("recorded") }
    if tally.known > 0 { parts.append("\(tally.known) hidden by the baseline") }
    if tally.allowed > 0 { parts.append("\(tally.allowed) allowed by comments") }
    if tally.dropped > 0 { parts.append("\(tally.dropped) beyond the limit") }
    if tally.notChecked > 0 {
      parts.append("\(Text.count(tally.notChecked, "check")) not made because of an earlier finding")
    }
    return parts.joined(separator: "; ")
  }
}

/// A rule on the command line, by code or name.
struct RuleArgument: ExpressibleByArgument {
  let code: String

  init?(argument: String) {
    guard let rule = RuleRegistry.rule(argument) else { return nil }
    code = rule.id.code
  }
}
