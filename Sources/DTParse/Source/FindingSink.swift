import Diagnostics

/// Takes findings while an input is read: the first ones whole, the rest as a count.
struct FindingSink {
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var droppedCount = 0
  private(set) var errorCount = 0
  private let limit: Int
  /// Whether a part of the source could not be read: what it would have defined is not missed one by one.
  var lacksText = false

  init(limit: Int) { self.limit = limit }

  mutating func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { errorCount += 1 }
    if let last = diagnostics.last, last.rule == diagnostic.rule, last.span != nil,
      last.span == diagnostic.span
    {
      return
    }
    guard diagnostics.count < limit || diagnostic.severity == .error && !hasError else {
      droppedCount += 1
      return
    }
    diagnostics.append(diagnostic)
  }

  /// Whether a finding of a rule would only be counted; if so, it is counted.
  ///
  /// Asked before help and related places are looked for, so that those cost nothing once nobody will see them.
  mutating func isFull(counting rule: Rule) -> Bool {
    guard diagnostics.count >= limit, rule.severity != .error || hasError else { return false }
    if rule.severity == .error { errorCount += 1 }
    droppedCount += 1
    return true
  }

  /// Whether an error is among the findings that are kept.
  private var hasError: Bool { diagnostics.contains { $0.severity == .error } }

  mutating func report(
    _ rule: Rule, _ message: String, at span: SourceSpan?, node: String? = nil, property: String? = nil,
    label: String? = nil, related: [RelatedPlace] = [], notes: [String] = [], help: String? = nil
  ) {
    if lacksText, [Rule.unresolvedReference.id, Rule.missingVersionTag.id].contains(rule.id) { return }
    var diagnostic = Diagnostic(
      rule.id, rule.severity, message, at: span, node: node, property: property, help: help)
    diagnostic.label = label
    diagnostic.related = related
    diagnostic.notes = notes
    report(diagnostic)
  }
}
