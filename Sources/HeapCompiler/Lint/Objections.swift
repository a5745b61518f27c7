import Diagnostics

/// What bindings object to, beside what the rules have found: one mistake is reported once.
///
/// A rule says what the kernel will do, a binding only that something is not as it should be; where both mean the same,
/// the rule's finding stays, and names the bindings that agree with it.
struct Objections {
  private struct Place: Hashable {
    let node: String
    let property: String
  }

  private var findings: [Diagnostic]
  private var byPlace: [Place: Int] = [:]
  private var byNode: [String: [Int]] = [:]
  private let subsumed: [String: Set<String>]

  /// What the rules have found.
  init(_ findings: [Diagnostic], rules: [any LintRule.Type]) {
    self.findings = findings
    subsumed = Dictionary(
      rules.filter { !$0.subsumes.isEmpty }.map { ($0.rule.id.code, $0.subsumes) }, uniquingKeysWith: { $1 })
    for (index, finding) in findings.enumerated() {
      guard let node = finding.node else { continue }
      byNode[node, default: []].append(index)
      if let property = finding.property {
        let place = Place(node: node, property: property)
        byPlace[place] = byPlace[place] ?? index
      }
    }
  }

  /// All findings: those of the rules, then what the bindings have to add.
  /// - Complexity: O(*n*) in the number of findings.
  func joined(with objections: [Diagnostic]) -> [Diagnostic] {
    var joined = findings
    for objection in objections {
      guard let index = match(of: objection) else {
        joined.append(objection)
        continue
      }
      for schema in objection.schemas where !joined[index].schemas.contains(schema) {
        joined[index].schemas.append(schema)
      }
      // What is missing is known by its name.
      joined[index].property = joined[index].property ?? objection.property
    }
    return joined
  }

  /// The finding of a rule that means the same: about the same property, or about the node where the rule says so.
  private func match(of objection: Diagnostic) -> Int? {
    guard let node = objection.node else { return nil }
    if let property = objection.property, let index = byPlace[Place(node: node, property: property)] { return index }
    return byNode[node]?.first { subsumed[findings[$0].rule.code]?.contains(objection.rule.code) == true }
  }
}
