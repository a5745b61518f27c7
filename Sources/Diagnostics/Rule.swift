/// What is known of a rule beside the code that checks it: the page that `dtheap explain` prints.
public struct Rule: Sendable {
  /// Its code and name.
  public let id: RuleID
  /// The severity unless something raises or lowers it.
  public let severity: Severity
  /// The release that brought it.
  public let since: String
  /// One line: what is wrong.
  public let summary: String
  /// What happens because of it.
  public let rationale: String
  /// A source that has the fault.
  public let badExample: String
  /// The same source without it.
  public let goodExample: String
  /// Where the fact comes from: a kernel function and version, a section of a specification.
  public let references: [String]

  /// Declares a rule.
  public init(
    _ code: String, _ name: String, _ severity: Severity, since: String = "0.1.0", summary: String,
    rationale: String, badExample: String, goodExample: String, references: [String]
  ) {
    self.id = RuleID(code, name)
    self.severity = severity
    self.since = since
    self.summary = summary
    self.rationale = rationale
    self.badExample = badExample
    self.goodExample = goodExample
    self.references = references
  }
}
