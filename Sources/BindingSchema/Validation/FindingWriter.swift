import DTParse
import Diagnostics

/// Writes faults as findings: the words, the places and the bindings.
struct FindingWriter {
  let evaluator: SchemaEvaluator
  let bindings: CompiledBindings
  let finder: FaultFinder
  var board: InstanceTree { evaluator.board }

  init(_ evaluator: SchemaEvaluator, _ bindings: CompiledBindings, _ finder: FaultFinder) {
    self.evaluator = evaluator
    self.bindings = bindings
    self.finder = finder
  }

  /// The finding of a fault.
  func finding(_ fault: BindingFault) -> Diagnostic {
    let node = board.sources[Int(fault.node)]
    let schemas = fault.documents.map { bindings.document($0).id }
    let words = words(fault)
    var finding = Diagnostic(
      fault.rule, BindingSeverity.severity(of: fault.rule, schemas: schemas), words.message,
      at: node.span, node: node.path, property: property(of: fault),
      help: words.help)
    finding.schemas = schemas
    if board.tree.isBlob { finding.file = board.tree.inputName }
    finding.notes = [origin(fault)] + fault.causes.map { "the closest form fails: \(self.words($0).message)" }
    if let subject = fault.subject, let member = board.member(subject, of: fault.node) {
      place(&finding, member, isName: isAboutName(fault.rule))
    }
    return finding
  }

  /// The property that is meant; the name of the node is one for bindings, and scripts look for it there.
  private func property(of fault: BindingFault) -> String? {
    fault.rule == Rule.misnamedNode.id ? "$nodename" : fault.subject.map { board.index.string($0) }
  }

  /// Whether the name of a property is what is wrong, not its value.
  private func isAboutName(_ rule: RuleID) -> Bool {
    [Rule.unexpectedProperty.id, Rule.forbiddenProperty.id, Rule.undocumentedProperty.id].contains(rule)
  }

  private func place(_ finding: inout Diagnostic, _ member: InstanceMember, isName: Bool) {
    switch member.kind {
    case .nodeName: break
    case .node: finding.span = board.sources[Int(member.index)].span ?? finding.span
    case .property:
      let property = board.propertySources[Int(member.index)]
      finding.span = (isName ? property.span : property.valueSpan) ?? finding.span
      finding.related = property.places.dropFirst().prefix(4).map { place in
        RelatedPlace("also defined here", at: place.name)
      }
    }
  }

  /// Where the binding asks for it.
  private func origin(_ fault: BindingFault) -> String {
    let document = bindings.document(evaluator.view[fault.error.schema])
    let start = document.id.utf8.firstRun("/schemas/")?.upperBound ?? document.id.startIndex
    let name = document.id[start...]
    let line = fault.error.line == 0 ? "" : ":\(fault.error.line)"
    let alternatives =
      fault.alternatives > 1 ? ", the closest of \(fault.alternatives) alternatives" : ""
    return "asked for by \(name)\(line)\(alternatives)"
  }

  /// The finding that a node was not checked to the end.
  func unfinished(_ node: Int32) -> Diagnostic {
    let source = board.sources[Int(node)]
    var finding = Diagnostic(
      Rule.unfinishedValidation.id, .warning,
      "the bindings ask for too many checks of this node and those before it, so not all were made",
      at: source.span, node: source.path)
    if board.tree.isBlob { finding.file = board.tree.inputName }
    return finding
  }
}
