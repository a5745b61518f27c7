import DTParse
import Diagnostics

/// The faults of one board, on their way to findings.
struct ValidationReport {
  private let evaluator: SchemaEvaluator
  private let bindings: CompiledBindings
  private let finder: FaultFinder
  private var faults: [BindingFault] = []
  private var places: [Key: Int] = [:]
  private var exhausted: [Int32] = []

  /// Faults of one board beyond which no more are kept.
  static let faultsMax = 10_000

  /// What makes two faults the same.
  private struct Key: Hashable {
    let rule: RuleID
    let node: Int32
    let subject: UInt32?
  }

  init(evaluator: SchemaEvaluator, bindings: CompiledBindings) {
    self.evaluator = evaluator
    self.bindings = bindings
    finder = FaultFinder(evaluator)
  }

  /// Takes up what a binding found; the same fault is kept once, with all bindings that object.
  mutating func add(_ error: SchemaError, document: UInt32) {
    for fault in finder.faults(error, document: document) where faults.count < Self.faultsMax {
      let key = Key(rule: fault.rule, node: fault.node, subject: fault.subject)
      if let known = places[key] {
        if faults[known].error.isConsequence, !fault.error.isConsequence {
          faults[known].error = fault.error
          faults[known].documents.insert(document, at: 0)
        }
        if !faults[known].documents.contains(document) { faults[known].documents.append(document) }
        continue
      }
      places[key] = faults.count
      faults.append(fault)
    }
  }

  /// Takes up that a node could not be checked to the end.
  mutating func addExhausted(_ node: Int32) { exhausted.append(node) }

  /// The findings, by node in the order of the tree, then by property as they stand in the node.
  func findings() -> [Diagnostic] {
    let explained = Set(faults.filter { !$0.error.isConsequence }.map(\.node))
    let kept = faults.filter { fault in
      !isCovered(fault) && !(fault.error.isConsequence && explained.contains(fault.node))
    }
    let ordered = kept.enumerated().sorted { a, b in
      key(a.element, a.offset) < key(b.element, b.offset)
    }
    let writer = FindingWriter(evaluator, bindings, finder)
    return ordered.map { writer.finding($0.element) } + exhausted.map { writer.unfinished($0) }
  }

  private func key(_ fault: BindingFault, _ offset: Int) -> (Int32, Int, String, Int) {
    var place = -1
    if let subject = fault.subject, let member = evaluator.board.member(subject, of: fault.node) {
      place = member.placeInTree
    }
    return (fault.node, place, fault.rule.code, offset)
  }

  /// Whether another fault says the same with more reason: that a property is described nowhere is the lesser half
  /// of its not being expected.
  private func isCovered(_ fault: BindingFault) -> Bool {
    guard fault.rule == Rule.undocumentedProperty.id else { return false }
    return places[Key(rule: Rule.unexpectedProperty.id, node: fault.node, subject: fault.subject)] != nil
  }
}
