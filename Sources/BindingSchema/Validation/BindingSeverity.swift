import Diagnostics

/// How bad it is that a tree does not follow a binding.
///
/// Bindings have no severities, and the kernel boots most boards that break them: a finding is a warning. It is an
/// error where this tool knows that the kernel misreads the data: in reserved memory, which the kernel reads before
/// any driver could complain, and in chunk heaps.
enum BindingSeverity {
  /// Parts of the `$id`s of bindings whose data the kernel reads at boot.
  private static let decisive = ["/schemas/reserved-memory/", "/schemas/dma-buf/"]
  private static let misread: Set<RuleID> = [
    Rule.missingProperty.id, Rule.wrongType.id, Rule.valueNotAllowed.id, Rule.wrongCount.id,
  ]

  /// The severity of a finding of `rule` that `schemas` object to.
  static func severity(of rule: RuleID, schemas: [String]) -> Severity {
    let isDecisive = schemas.contains { id in decisive.contains { id.utf8.hasRun($0) } }
    return isDecisive && misread.contains(rule) ? .error : .warning
  }
}
