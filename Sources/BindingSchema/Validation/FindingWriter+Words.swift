import Diagnostics

/// The messages.
extension FindingWriter {
  /// What a finding says, and what it advises.
  func words(_ fault: BindingFault) -> (message: String, help: String?) {
    let error = fault.error
    switch fault.rule {
    case Rule.unexpectedProperty.id: return unexpected(fault)
    case Rule.unexpectedNode.id: return unexpectedNode(fault)
    case Rule.missingProperty.id: return missing(fault)
    case Rule.missingCompanion.id:
      let other = error.names.count > 1 ? board.index.string(error.names[1]) : ""
      let wanted = name(fault.subject)
      return ("`\(other)` needs `\(wanted)` beside it", "add `\(wanted)`, or remove `\(other)`")
    case Rule.undocumentedProperty.id:
      return ("no binding describes `\(name(fault.subject))`", suggestion(for: fault))
    case Rule.forbiddenProperty.id:
      return (
        "`\(name(fault.subject))` is not allowed for this kind of node",
        "remove `\(name(fault.subject))`"
      )
    case Rule.ambiguousAlternative.id:
      return ambiguous(error)
    case Rule.unmatchedAlternative.id:
      return (
        "\(thing(error)) fits none of \(Text.count(error.branches.count, "form")) that are allowed", nil
      )
    case Rule.excludedCombination.id: return excluded(error)
    case Rule.misnamedNode.id: return misnamed(fault)
    default: return valueWords(fault)
    }
  }

  private func name(_ id: UInt32?) -> String { id.map { board.index.string($0) } ?? "" }

  /// What an error is about: the node, a property, or a part of its value.
  func thing(_ error: SchemaError) -> String {
    guard let member = error.place.member else { return "the node" }
    let property = "`\(board.index.string(member))`"
    switch error.place.element.count {
    case 0: return property
    case 1: return "entry \(error.place.element[0] + 1) of \(property)"
    default: return "cell \(error.place.element[1] + 1) of entry \(error.place.element[0] + 1) of \(property)"
    }
  }

  private func unexpectedNode(_ fault: BindingFault) -> (String, String?) {
    let child = name(fault.subject)
    if fault.error.opcode == .never { return ("the binding forbids the child `\(child)` of this node", nil) }
    return ("the binding knows no child `\(child)` of this node", nil)
  }

  private func unexpected(_ fault: BindingFault) -> (String, String?) {
    ("the binding knows no property `\(name(fault.subject))`", suggestion(for: fault))
  }

  /// The known property that was probably meant.
  private func suggestion(for fault: BindingFault) -> String? {
    guard let subject = fault.subject else { return nil }
    var candidates: Set<UInt32> = []
    for document in fault.documents {
      addNames(of: evaluator.view.root(ofDocument: document), to: &candidates, depth: 0)
    }
    addNames(of: fault.error.schema, to: &candidates, depth: 0)
    let absent = candidates.filter { board.member($0, of: fault.node) == nil }
    let known = absent.map { board.index.string($0) }.sorted()
    return Text.closestMatch(to: board.index.string(subject), in: known).map { "did you mean `\($0)`?" }
  }

  /// Adds the names of properties that a schema and those that it takes in mention.
  private func addNames(of schema: UInt32, to names: inout Set<UInt32>, depth: Int) {
    if depth > 12 || names.count > 4000 { return }
    var inner: [UInt32] = []
    evaluator.forEachKeyword(of: schema) { opcode, at in
      let view = evaluator.view
      switch opcode {
      case .members:
        let table = MemberTable(view, at)
        for index in 0..<min(table.propertyCount, 4000) {
          names.insert(view[table.properties &+ index &* UInt32(ImageLayout.propertyWords)])
        }
      case .reference: inner.append(view[at])
      case .allOf, .anyOf, .oneOf: inner += (0..<min(view[at], 256)).map { view[at &+ 1 &+ $0] }
      case .condition: inner += [view[at &+ 1], view[at &+ 2]]
      default: break
      }
    }
    for schema in inner { addNames(of: schema, to: &names, depth: depth + 1) }
  }

  private func missing(_ fault: BindingFault) -> (String, String?) {
    if fault.choices.count > 1 {
      let list = Text.list(fault.choices, conjunction: "or")
      return ("one of \(list) is required and missing", "add \(list)")
    }
    let missing = name(fault.subject ?? fault.error.names.first)
    // Only the name of a node has a unit address.
    let kind = missing.utf8.contains(UInt8(ascii: "@")) ? "child" : "property"
    return ("the required \(kind) `\(missing)` is missing", "add `\(missing)`")
  }

  /// What the branches that hold require is what excludes each other.
  private func ambiguous(_ error: SchemaError) -> (String, String?) {
    let view = evaluator.view
    let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    var names: [String] = []
    for branch in 0..<min(view[at], 64) {
      let schema = view[at &+ 1 &+ branch]
      guard evaluator.holds(schema, error.instance, 0) else { continue }
      evaluator.forEachKeyword(of: schema) { opcode, place in
        guard opcode == .required else { return }
        names += (0..<min(view[place], 64)).map { board.index.string(view[place &+ 1 &+ $0]) }
      }
    }
    if names.count < 2 {
      return ("\(thing(error)) fits \(error.matches) forms of which only one is allowed", nil)
    }
    return ("\(Text.list(names)) exclude each other", "keep only one of \(Text.list(names))")
  }

  private func excluded(_ error: SchemaError) -> (String, String?) {
    let at = error.keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    var names: [String] = []
    evaluator.forEachKeyword(of: evaluator.view[at]) { opcode, place in
      guard opcode == .required else { return }
      names += (0..<min(evaluator.view[place], 64)).map {
        board.index.string(evaluator.view[place &+ 1 &+ $0])
      }
    }
    if names.isEmpty { return ("\(thing(error)) is what the binding excludes", nil) }
    let list = Text.list(names)
    return (
      "\(list) \(names.count == 1 ? "is" : "together are") not allowed here",
      "remove \(Text.list(names, conjunction: "or"))"
    )
  }

  private func misnamed(_ fault: BindingFault) -> (String, String?) {
    let own = board.sources[Int(fault.node)].name
    let wanted = listed(choices(fault))
    if fault.error.opcode == .pattern {
      return ("the name `\(own)` does not match `\(pattern(fault.error))`", nil)
    }
    return ("the name is `\(own)`; \(wanted) is wanted", nil)
  }

  private func pattern(_ error: SchemaError) -> String {
    evaluator.view.string(evaluator.view[error.keyword &+ UInt32(ImageLayout.keywordHeaderWords) &+ 2])
  }

  /// The values that are allowed.
  func choices(_ fault: BindingFault) -> [String] {
    fault.choices.isEmpty ? finder.allowed(fault.error) : fault.choices
  }

  /// Values any of which would do, as a list that stays readable.
  func listed(_ values: [String]) -> String {
    if values.count <= 8 { return Text.list(values, conjunction: "or") }
    return values.prefix(6).map { "`\($0)`" }.joined(separator: ", ")
      + " or one of \(values.count - 6) others"
  }
}
