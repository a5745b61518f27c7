import BindingSchema
import DTParse
import Diagnostics
import HeapModel

/// Runs the rules over a tree.
public enum Linter {
  /// What a run is told beside the tree.
  public struct Options: Sendable {
    /// The kernel; nil to judge the structure alone, as on an architecture without a profile.
    public var profile: KernelProfile?
    /// What the user says instead of the tree.
    public var overrides = BoardCompiler.Overrides()
    /// Codes of rules whose findings are left out.
    public var disabled: Set<String> = []

    /// Rules for a kernel.
    public init(profile: KernelProfile?) { self.profile = profile }
  }

  /// Joins the findings of the front end with those of the rules, without those that a comment or an option allows.
  ///
  /// Where the text could not be read as devicetree source, what follows from it is not reported. An overlay alone is
  /// not held against bindings: its nodes are parts of others.
  ///
  /// - Parameters:
  ///   - loaded: the tree and what the front end found.
  ///   - options: what the run is told.
  ///   - bindings: what the tree is held against; nil for the rules alone.
  public static func lint(
    _ loaded: LoadResult, _ options: Options, bindings: BindingValidator? = nil
  ) -> LintReport {
    var report = LintReport(sources: loaded.sources)
    report.droppedCount = loaded.droppedCount
    report.findings.add(contentsOf: loaded.diagnostics)
    let isReadable = !loaded.diagnostics.contains { $0.severity == .error && $0.rule.code < "DTH010" }
    if let tree = loaded.tree, isReadable {
      let sink = run(LintContext(tree, profile: options.profile, overrides: options.overrides))
      // A rule that is left out cannot speak for a binding.
      let spoken = sink.entries.map(\.finding).filter { !options.disabled.contains($0.rule.code) }
      let found = Objections(spoken, rules: RuleRegistry.lintRules)
      let objections = tree.isPlugin ? [] : bindings?.validate(tree) ?? []
      report.findings.add(contentsOf: inOrder(found.joined(with: objections), tree))
      report.droppedCount += sink.droppedCount
      report.notCheckedCount = sink.notCheckedCount
    }
    let suppressions = Suppressions(loaded.sources)
    report.allowedCount = report.findings.removeAll { suppressions.allow($0) }
    report.findings.removeAll { options.disabled.contains($0.rule.code) }
    return report
  }

  /// All rules over one tree, prerequisites first.
  static func run(_ context: LintContext) -> LintSink {
    var sink = LintSink()
    for rule in RuleRegistry.runOrder {
      sink.begin(rule)
      rule.check(context, into: &sink)
    }
    return sink
  }

  /// The findings as they came; those of a blob in tree order, because they have no place.
  private static func inOrder(_ findings: [Diagnostic], _ tree: Devicetree) -> [Diagnostic] {
    guard findings.contains(where: { $0.span == nil }) else { return findings }
    var rank: [String: Int] = [:]
    tree.root.forEachDescendant { rank[$0.path] = rank.count }
    return findings.enumerated().sorted { first, second in
      let (a, b) = (first.element, second.element)
      return (rank[a.node ?? "/"] ?? 0, a.rule.code, first.offset)
        < (rank[b.node ?? "/"] ?? 0, b.rule.code, second.offset)
    }.map { entry in
      var finding = entry.element
      if finding.span == nil { finding.file = tree.inputName }
      return finding
    }
  }
}

/// What came of a run.
public struct LintReport: Sendable {
  /// The files that findings point into.
  public let sources: SourceMap
  /// The findings: by file of inclusion, offset and rule; in a blob in tree order.
  public var findings = DiagnosticList()
  /// How many more findings there were than are kept.
  public var droppedCount = 0
  /// How many findings a comment in the source allows.
  public var allowedCount = 0
  /// How often a rule was not run on a node because one of its prerequisites had failed there.
  public var notCheckedCount = 0

  /// A report without findings.
  public init(sources: SourceMap) { self.sources = sources }
}
