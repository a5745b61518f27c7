import ArgumentParser
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// Lints files one after the other, and counts what is not among their findings.
struct LintSession {
  /// What is counted beside the findings.
  struct Tally {
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
  }

  /// The counts so far.
  private(set) var tally = Tally()
  /// What a new baseline holds.
  private(set) var recorded = Baseline()
  /// Warnings that count as errors.
  private(set) var strictWarnings = 0
  private let command: Lint
  private var known: Baseline
  /// The configurations that were read, by their paths.
  private var configurations: [String: ConfigurationReading] = [:]

  /// Prepares for the files of a command.
  ///
  /// - Throws: `ExitCode` 2 where the baseline cannot be read.
  init(_ command: Lint) throws {
    self.command = command
    known = command.updateBaseline ? Baseline() : try Self.baseline(command.baseline)
  }

  /// The findings of every file that can be read, in the order given; that one cannot be read has been said then.
  ///
  /// - Throws: `ExitCode` 2 where no kernel can be had as the options ask.
  mutating func lint(_ files: [String]) throws -> [FileFindings] {
    var inputs: [FileFindings] = []
    var linted: [Linted] = []
    for file in files {
      let configuration = try configuration(for: file, &inputs)
      if let result = try lint(file, configuration) { linted.append(result) }
    }
    for result in Self.withoutParts(linted) {
      let file = result.file
      var report = result.report
      tally.allowed += report.allowedCount
      tally.notChecked += report.notCheckedCount
      tally.dropped += report.droppedCount
      if command.updateBaseline {
        for finding in report.findings.sorted { recorded.record(finding, file: file) }
      } else {
        tally.known += report.findings.removeAll { known.hides($0, file: file) }
      }
      if result.isStrict { strictWarnings += report.findings.counts.warnings }
      inputs.append(
        FileFindings(
          file: file == "-" ? FileFindings.standardInput : file, findings: report.findings,
          sources: report.sources))
    }
    return inputs
  }

  /// What holds for a file; what is wrong with a configuration becomes an input of its own, before the first file for
  /// which it holds.
  private mutating func configuration(
    for file: String, _ inputs: inout [FileFindings]
  ) throws -> ProjectConfiguration {
    guard !command.options.noConfig, let path = ProjectConfiguration.path(for: file) else {
      return ProjectConfiguration()
    }
    if let known = configurations[path] { return known.configuration }
    guard let reading = try command.options.configuration(for: file) else { return ProjectConfiguration() }
    configurations[path] = reading
    if !reading.diagnostics.isEmpty {
      var findings = DiagnosticList()
      findings.add(contentsOf: reading.diagnostics)
      inputs.append(FileFindings(file: path, findings: findings, sources: reading.sources))
    }
    return reading.configuration
  }

  /// What came of one file.
  private struct Linted {
    var file: String
    var report: LintReport
    var isStrict: Bool
    /// The files that it is made of.
    var dependencies: [String]
  }

  /// The rule that a file breaks which has no `/dts-v1/;`: it is a part of boards and none itself.
  private static let missingTag = "DTH007"

  /// The results without those of files that are no boards and of which others are made: whoever names a board and
  /// what it includes, so that both are fixed, wants the board judged.
  private static func withoutParts(_ all: [Linted]) -> [Linted] {
    let isPart = all.map { $0.report.findings.sorted.contains { $0.rule.code == missingTag } }
    guard isPart.contains(true) else { return all }
    var included: Set<String> = []
    for (result, isPart) in zip(all, isPart) where !isPart {
      included.formUnion(result.dependencies.compactMap(FileSystem.identity))
    }
    return zip(all, isPart).filter { result, isPart in
      !isPart || FileSystem.identity(of: result.file).map { !included.contains($0) } ?? true
    }.map(\.0)
  }

  /// Lints a file; nil where it cannot be read.
  private mutating func lint(_ file: String, _ configuration: ProjectConfiguration) throws -> Linted? {
    let options = command.options.with(configuration)
    guard let loaded = try? Reading.load(file, options.source.loadOptions) else {
      tally.unreadable += 1
      return nil
    }
    var linting = Linter.Options(profile: try Self.profile(of: loaded, file, options))
    linting.overrides = options.overrides
    linting.disabled = configuration.disabledRules.union(command.disable.map(\.code))
    return Linted(
      file: file, report: Linter.lint(loaded, linting), isStrict: command.strict || configuration.isStrict,
      dependencies: loaded.dependencies)
  }

  /// The kernel; nil for a board of an architecture that has no profile, where --arch does not say otherwise.
  private static func profile(
    of loaded: LoadResult, _ file: String, _ options: BoardOptions
  ) throws -> KernelProfile? {
    guard let tree = loaded.tree else { return nil }
    if options.arch == nil, case .other = BoardArchitecture(of: tree) { return nil }
    return try options.profile(for: tree, path: file, kernel: options.kernels.first)
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
