import ArgumentParser
import Diagnostics
import HeapCompiler
import Rendering

/// `dtheap lint`: what is wrong with devicetrees.
struct Lint: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Report what is wrong with boards and overlays.",
    discussion: """
      Says what the kernel will do with each fault and what to write instead. A board of an architecture without a \
      kernel profile gets the rules about structure alone. A comment `/* dtheap:allow DTH230 reason */` on the line or \
      the line above silences a rule there. The exit status is 1 where there is an error.

      A `.dtheap.yml` in the file's folder, or else in the nearest one above, says what holds for its boards: see \
      Documentation/configuration.md. What the command line says wins.

      Example: dtheap lint --kernel 6.1 --strict board.dts
      """)

  @OptionGroup var options: BoardOptions

  @OptionGroup var bindings: BindingOptions

  @Option(
    help: ArgumentHelp(
      "text, json, sarif (SARIF 2.1.0) or github (annotations of a workflow).", valueName: "format"))
  var format = LintOutput.Format.text

  @Flag(help: "Let warnings count as errors in the exit status.")
  var strict = false

  @Option(help: ArgumentHelp("Leave out a rule, by code or name; repeatable.", valueName: "rule"))
  var disable: [RuleArgument] = []

  @Option(help: ArgumentHelp("Hide the findings that FILE records.", valueName: "file"))
  var baseline: String?

  @Flag(help: "Record the findings in the file that --baseline names, in place of hiding them.")
  var updateBaseline = false

  @Option(
    help: ArgumentHelp(
      "How many files to check at the same time. Default: one for each processor.", valueName: "n"))
  var jobs: Int?

  @Flag(
    help: "Write the cures that have one right answer into the named sources, and report what is left.")
  var fix = false

  @Flag(help: "Print what --fix would change, for `patch -p0`, and change nothing.")
  var dryRun = false

  @Argument(
    help: ArgumentHelp("A .dts, a .dtb, an overlay alone, or `-` for standard input.", valueName: "file"))
  var files: [String]

  func validate() throws {
    try options.requireOneKernel()
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs takes 1 to 1024, not \(jobs)") }
    if updateBaseline, baseline == nil { throw ValidationError("--update-baseline needs --baseline") }
    if dryRun, !fix { throw ValidationError("--dry-run needs --fix") }
    if fix, updateBaseline { throw ValidationError("--fix and --update-baseline are two runs") }
    if fix, files.contains("-") { throw ValidationError("standard input cannot be fixed in place") }
  }

  func run() throws {
    var session = try LintSession(self)
    var output = LintOutput(format, hasColor: options.color.isOnForOutput)
    if fix {
      var fixing = LintFixing(in: files)
      try session.lint(files) { fixing.add($0) }
      output.remark = fixing.summary(isDryRun: dryRun)
      if dryRun {
        try Reading.write(fixing.difference, to: "-")
        Console.printError(output.summary(session.tally) + "\n")
        return try finish(session.tally)
      }
      try fixing.write()
      session = try LintSession(self)
    }
    try session.lint(files) { output.add($0) }
    if updateBaseline, let baseline {
      output.remark = "recorded"
      try Reading.write(Array(session.recorded.text.utf8), to: baseline)
    }
    output.finish(session.tally)
    try finish(session.tally)
  }

  /// Ends the command with the status that the findings ask for.
  private func finish(_ tally: LintSession.Tally) throws {
    if tally.unreadable > 0 { throw ExitCode(2) }
    if !updateBaseline, tally.counts.errors > 0 || tally.strictWarnings > 0 { throw ExitCode(1) }
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
