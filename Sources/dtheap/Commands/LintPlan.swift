import BindingSchema
import Diagnostics
import HeapCompiler
import Rendering

/// What a run of lint does: its files with what holds for each, and the bindings for all.
struct LintPlan: Sendable {
  /// One file.
  struct Task: Sendable {
    /// The file as named on the command line.
    let file: String
    /// The options, those of its configuration among them.
    let options: BoardOptions
    /// Codes of rules that are left out.
    let disabled: Set<String>
    /// Whether warnings count as errors.
    let isStrict: Bool
    /// Which of the sets of bindings it is held against.
    let bindings: Int

    /// What the file is called in a report.
    var name: String { file == "-" ? FileFindings.standardInput : file }
  }

  /// The validators of one thread, one for each set of bindings.
  typealias Validators = [BindingValidator]

  /// The files, in the order given.
  private(set) var tasks: [Task] = []
  /// What is wrong with configurations and bindings.
  private(set) var objections: [FileFindings] = []
  private var sets: [ReadyBindings] = []

  /// Reads the configurations and the bindings.
  ///
  /// - Throws: ``Refusal`` where a configuration cannot be read.
  init(_ command: Lint, _ files: [String]) throws {
    var configurations: [String: ProjectConfiguration] = [:]
    var setIndex: [[String]: Int] = [:]
    for file in files {
      let configuration = try configuration(for: file, command, &configurations)
      let index: Int
      if let known = setIndex[configuration.bindings] {
        index = known
      } else {
        index = sets.count
        setIndex[configuration.bindings] = index
        add(
          try command.bindings.load(configuration.bindings),
          of: command.bindings.directories + configuration.bindings)
      }
      tasks.append(
        Task(
          file: file, options: command.options.with(configuration),
          disabled: configuration.disabledRules.union(command.disable.map(\.code)),
          isStrict: command.strict || configuration.isStrict, bindings: index))
    }
  }

  /// Validators for a thread of its own.
  func validators() -> Validators { sets.map { BindingValidator($0.compiled) } }

  private mutating func add(_ bindings: ReadyBindings, of directories: [String]) {
    sets.append(bindings)
    guard let first = directories.first, !bindings.findings.isEmpty else { return }
    var findings = DiagnosticList()
    for var finding in bindings.findings {
      // The boards are checked without the binding: that is no reason to refuse them.
      finding.severity = min(finding.severity, .warning)
      findings.add(finding)
    }
    objections.append(
      FileFindings(file: first, findings: findings, sources: bindings.sources, isInput: false))
  }

  /// What holds for a file, by the path of its configuration, which is read once.
  private mutating func configuration(
    for file: String, _ command: Lint, _ known: inout [String: ProjectConfiguration]
  ) throws -> ProjectConfiguration {
    guard !command.options.noConfig, let path = ProjectConfiguration.path(for: file) else {
      return ProjectConfiguration()
    }
    if let known = known[path] { return known }
    guard let reading = try command.options.configuration(for: file) else { return ProjectConfiguration() }
    known[path] = reading.configuration
    if !reading.diagnostics.isEmpty {
      var findings = DiagnosticList()
      findings.add(contentsOf: reading.diagnostics)
      objections.append(
        FileFindings(file: path, findings: findings, sources: reading.sources, isInput: false))
    }
    return reading.configuration
  }
}
