import Diagnostics

/// One thing that is wrong with a tree, in the terms of the tree.
struct BindingFault {
  var rule: RuleID
  var node: Int32
  /// The number of the property or child that is wrong, missing or not expected; nil for the node as a whole.
  var subject: UInt32?
  /// What failed.
  var error: SchemaError
  /// The bindings that object, the decisive one first.
  var documents: [UInt32]
  /// How many alternatives the binding offers where this is what keeps the closest one from fitting.
  var alternatives = 0
  /// What keeps the closest alternative from fitting where that is in other nodes.
  var causes: [BindingFault] = []
  /// Names or values any of which would do.
  var choices: [String] = []
}

/// From keywords that do not hold to faults.
struct FaultFinder {
  let evaluator: SchemaEvaluator
  private var names: SpecialNames { evaluator.board.index.names }

  init(_ evaluator: SchemaEvaluator) { self.evaluator = evaluator }

  /// The faults behind an error that the binding `document` found: several only where the closest of some
  /// alternatives fails for several reasons.
  func faults(_ error: SchemaError, document: UInt32) -> [BindingFault] {
    switch error.opcode {
    case .anyOf, .oneOf:
      if error.matches > 0 { return [fault(Rule.ambiguousAlternative, error, document)] }
      return alternatives(error, document)
    default: return [plain(error, document)]
    }
  }

  private func fault(_ rule: Rule, _ error: SchemaError, _ document: UInt32) -> BindingFault {
    BindingFault(
      rule: rule.id, node: error.place.node, subject: error.place.member, error: error,
      documents: [document])
  }

  /// The fault of a keyword without branches.
  private func plain(_ error: SchemaError, _ document: UInt32) -> BindingFault {
    var fault = fault(rule(of: error), error, document)
    if let name = error.names.first { fault.subject = name }
    if fault.subject == names.nodeName { fault.subject = nil }
    return fault
  }

  private func rule(of error: SchemaError) -> Rule {
    let isName = error.place.member == names.nodeName
    switch error.opcode {
    case .never:
      if !error.place.element.isEmpty { return Rule.wrongCount }
      return error.instance.kind == .node ? Rule.unexpectedNode : Rule.forbiddenProperty
    case .type: return isUndocumented(error) ? Rule.undocumentedProperty : Rule.wrongType
    case .typeSize: return Rule.wrongType
    case .const, .enumeration, .enumeratedStrings: return isName ? Rule.misnamedNode : Rule.valueNotAllowed
    case .pattern: return isName ? Rule.misnamedNode : Rule.unmatchedText
    case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf: return Rule.numberOutOfRange
    case .minItems, .maxItems, .additionalItems, .itemList, .eachItem: return Rule.wrongCount
    case .uniqueItems: return Rule.repeatedValue
    case .contains: return error.matches > 0 ? Rule.wrongCount : Rule.missingValue
    case .members, .unevaluatedProperties:
      let member = error.names.first.flatMap { evaluator.board.member($0, of: error.instance.start) }
      return member?.kind == .node ? Rule.unexpectedNode : Rule.unexpectedProperty
    case .required: return Rule.missingProperty
    case .dependentRequired: return Rule.missingCompanion
    case .negation: return Rule.excludedCombination
    case .reference, .condition, .allOf, .anyOf, .oneOf, .dependentSchemas: return Rule.unmatchedAlternative
    }
  }

  /// Whether a value is of no known type because no binding gives its name one.
  private func isUndocumented(_ error: SchemaError) -> Bool {
    guard error.instance.kind == .bytes, let name = error.place.member,
      !evaluator.board.nodes[Int(error.place.node)].isAliases
    else { return false }
    return evaluator.board.index.facts(name).types.isEmpty
  }

  // MARK: Alternatives

  private func alternatives(_ error: SchemaError, _ document: UInt32) -> [BindingFault] {
    let branches = error.branches.filter { !$0.isEmpty }
    if let merged = missingAnyOf(error, branches, document) { return [merged] }
    if let merged = valueAnyOf(error, branches, document) { return [merged] }
    if let merged = typeAnyOf(error, branches, document) { return [merged] }
    guard let closest = branches.min(by: { evaluator.distance($0) < evaluator.distance($1) }) else {
      return [fault(Rule.unmatchedAlternative, error, document)]
    }
    let found = closest.flatMap { faults($0, document: document) }
    if found.count > 2 || found.contains(where: { $0.node != error.place.node }) {
      var unmatched = fault(Rule.unmatchedAlternative, error, document)
      unmatched.causes = Array(found.prefix(3))
      return [unmatched]
    }
    return found.map { fault in
      var fault = fault
      fault.alternatives = max(fault.alternatives, branches.count)
      return fault
    }
  }

  /// Every branch asks for one more property.
  private func missingAnyOf(
    _ error: SchemaError, _ branches: [[SchemaError]], _ document: UInt32
  ) -> BindingFault? {
    guard branches.count > 1,
      branches.allSatisfy({ $0.count == 1 && $0[0].opcode == .required && $0[0].place.member == nil })
    else { return nil }
    var merged = fault(Rule.missingProperty, error, document)
    merged.error.opcode = .required
    merged.choices = unique(branches.flatMap { $0[0].names.map { evaluator.board.index.string($0) } })
    if merged.choices.count == 1 { merged.subject = branches[0][0].names.first }
    return merged
  }

  /// Every branch lists values for the same thing.
  private func valueAnyOf(
    _ error: SchemaError, _ branches: [[SchemaError]], _ document: UInt32
  ) -> BindingFault? {
    let values: Set<Opcode> = [.const, .enumeration, .enumeratedStrings]
    guard branches.count > 1, let first = branches.first?.first,
      branches.allSatisfy({ branch in
        branch.count == 1 && values.contains(branch[0].opcode)
          && branch[0].place.element == first.place.element && branch[0].place.member == first.place.member
          && branch[0].place.node == first.place.node
      })
    else { return nil }
    var merged = plain(first, document)
    merged.choices = unique(branches.flatMap { allowed($0[0]) })
    return merged
  }

  /// Every branch wants another type.
  private func typeAnyOf(
    _ error: SchemaError, _ branches: [[SchemaError]], _ document: UInt32
  ) -> BindingFault? {
    let isType = branches.allSatisfy { branch in
      branch.contains { $0.opcode == .type && $0.place.element.count == error.place.element.count }
    }
    guard isType, let first = branches.first?.first(where: { $0.opcode == .type }) else { return nil }
    var merged = plain(first, document)
    merged.choices = unique(
      branches.flatMap { branch in branch.filter { $0.opcode == .type }.flatMap { allowed($0) } })
    return merged
  }

  private func unique(_ list: [String]) -> [String] {
    var known: Set<String> = []
    return list.filter { known.insert($0).inserted }
  }

  /// The values or types that a keyword lists.
  func allowed(_ error: SchemaError) -> [String] {
    let view = evaluator.view
    let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    switch error.opcode {
    case .type: return JSONTypes(rawValue: view[at]).words
    case .enumeratedStrings:
      return (0..<min(view[at], 1 << 16)).map { view.string(view[at &+ 1 &+ $0]) }.sorted()
    case .const: return [constant(at).text]
    case .enumeration:
      var place = at &+ 1
      return (0..<min(view[at], 1 << 12)).map { _ in
        let (text, next) = constant(place)
        place = next
        return text
      }
    default: return []
    }
  }

  /// A constant in words, and where the next one begins.
  private func constant(_ place: UInt32, nesting: Int = 0) -> (text: String, next: UInt32) {
    let view = evaluator.view
    let value = place &+ 1
    switch ConstantKind(rawValue: view[place]) {
    case .bool: return (view[value] == 1 ? "no value" : "false", value &+ 1)
    case .number:
      let next = value &+ UInt32(ImageLayout.numberWords)
      return (evaluator.integer(at: value).map { "\($0)" } ?? "\(evaluator.double(at: value))", next)
    case .string: return (view.string(view[value]), value &+ 1)
    case .list:
      var next = value &+ 1
      guard nesting < 8 else { return ("…", next) }
      var parts: [String] = []
      for _ in 0..<min(view[value], 256) {
        let (text, end) = constant(next, nesting: nesting + 1)
        parts.append(text)
        next = end
      }
      return ("<" + parts.joined(separator: " ") + ">", next)
    case .null, nil: return ("null", value)
    }
  }
}
