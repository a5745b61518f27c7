/// Collecting what does not hold.
extension SchemaEvaluator {
  /// Adds everything that does not hold of a schema.
  func collect(
    _ schema: UInt32, _ x: Instance, _ place: SchemaError.Place, _ depth: Int,
    into errors: inout [SchemaError]
  ) {
    if schema == ImageLayout.anything || depth > Self.depthMax || steps > Self.stepsMax { return }
    if errors.count >= Self.errorsMax || holds(schema, x, depth) { return }
    var keyword = schema &+ UInt32(ImageLayout.schemaHeaderWords)
    for _ in 0..<min(view[schema &+ 2], 64) {
      let head = view[keyword]
      guard let opcode = Opcode(rawValue: head & 0xFF) else { return }
      if !holds(opcode, keyword, x, schema, depth &+ 1) {
        collectKeyword(opcode, keyword, x, schema, place, depth &+ 1, into: &errors)
      }
      keyword = keyword &+ head >> 8
    }
  }

  /// Errors of one schema beyond which no more are collected.
  static let errorsMax = 2000

  private func collectKeyword(
    _ opcode: Opcode, _ keyword: UInt32, _ x: Instance, _ schema: UInt32, _ place: SchemaError.Place,
    _ depth: Int, into errors: inout [SchemaError]
  ) {
    let at = keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    var error = SchemaError(
      opcode: opcode, schema: schema, keyword: keyword, line: view[keyword &+ 1], place: place, instance: x)
    switch opcode {
    case .reference: collect(view[at], x, place, depth, into: &errors)
    case .condition:
      let branch = holds(view[at], x, depth) ? view[at &+ 1] : view[at &+ 2]
      collect(branch, x, place, depth, into: &errors)
    case .allOf:
      for index in 0..<view.count(at) { collect(view[at &+ 1 &+ index], x, place, depth, into: &errors) }
    case .anyOf, .oneOf:
      for index in 0..<view.count(at) {
        var branch: [SchemaError] = []
        collect(view[at &+ 1 &+ index], x, place, depth, into: &branch)
        if branch.isEmpty { error.matches += 1 } else { error.branches.append(branch) }
      }
      if error.matches > 0 { error.branches = [] }
      errors.append(error)
    case .required:
      for index in 0..<view.count(at) where member(view[at &+ 1 &+ index], of: x.start) == nil {
        error.names = [view[at &+ 1 &+ index]]
        errors.append(error)
      }
    case .dependentRequired:
      if let (property, missing) = missingCompanion(at, x.start) {
        error.names = [missing, property]
        errors.append(error)
      }
    case .dependentSchemas:
      for index in 0..<view.count(at) where member(view[at &+ 1 &+ 2 &* index], of: x.start) != nil {
        collect(view[at &+ 2 &+ 2 &* index], x, place, depth, into: &errors)
      }
    case .members: collectMembers(at, error, depth, into: &errors)
    case .unevaluatedProperties:
      let causes = Set(unevaluated(at, schema, x.start, isLenient: true, depth).map(\.name))
      for member in unevaluated(at, schema, x.start, isLenient: false, depth) {
        error.names = [member.name]
        error.isConsequence = !causes.contains(member.name)
        errors.append(error)
      }
    case .itemList, .eachItem, .additionalItems: collectItems(error, at, depth, into: &errors)
    case .contains:
      error.matches = Int(containedCount(at, x, depth))
      errors.append(error)
    default: errors.append(error)
    }
  }

  private func collectItems(
    _ error: SchemaError, _ at: UInt32, _ depth: Int, into errors: inout [SchemaError]
  ) {
    let list = error.instance
    func collect(_ schema: UInt32, _ index: Int32) {
      var place = error.place
      place.element.append(index)
      self.collect(schema, board.element(index, of: list), place, depth, into: &errors)
    }
    switch error.opcode {
    case .itemList:
      for index in 0..<min(view[at], UInt32(list.count)) { collect(view[at &+ 1 &+ index], Int32(index)) }
    case .eachItem: for index in 0..<list.count { collect(view[at], index) }
    default:
      var isForbidden = false
      forEachKeyword(of: view[at]) { opcode, _ in isForbidden = isForbidden || opcode == .never }
      if isForbidden { return errors.append(error) }
      var index = Int32(clamping: view[at &+ 1])
      while index < list.count {
        collect(view[at], index)
        index += 1
      }
    }
  }

  /// Calls `body` for each keyword of a schema with the place of its operands.
  func forEachKeyword(of schema: UInt32, _ body: (Opcode, UInt32) -> Void) {
    guard schema != ImageLayout.anything, schema != ImageLayout.none else { return }
    var keyword = schema &+ UInt32(ImageLayout.schemaHeaderWords)
    for _ in 0..<min(view[schema &+ 2], 64) {
      let head = view[keyword]
      guard let opcode = Opcode(rawValue: head & 0xFF) else { return }
      body(opcode, keyword &+ UInt32(ImageLayout.keywordHeaderWords))
      keyword = keyword &+ head >> 8
    }
  }

  private func isNever(_ schema: UInt32) -> Bool {
    var result = false
    forEachKeyword(of: schema) { opcode, _ in result = result || opcode == .never }
    return result
  }

  private func collectMembers(
    _ at: UInt32, _ error: SchemaError, _ depth: Int, into errors: inout [SchemaError]
  ) {
    let node = error.instance.start
    let table = MemberTable(view, at)
    for member in board.members[memberRange(node)].sorted(by: { $0.placeInTree < $1.placeInTree }) {
      if member.kind == .nodeName, node != topNode { continue }
      var isKnown = false
      if let entry = table.property(member.name, view) {
        isKnown = true
        collect(view[entry &+ 1], member, of: node, depth, into: &errors)
      }
      if table.patternCount > 0 {
        for match in matches(table, member.name) {
          isKnown = true
          collect(view[memo.pool[match] &+ 2], member, of: node, depth, into: &errors)
        }
      }
      guard !isKnown, table.others != ImageLayout.none else { continue }
      if isNever(table.others) {
        var extra = error
        extra.line = table.othersLine
        extra.names = [member.name]
        errors.append(extra)
      } else {
        collect(table.others, member, of: node, depth, into: &errors)
      }
    }
  }

  /// Adds what does not hold for a member: of a value with several readings what is wrong with the closest one.
  private func collect(
    _ schema: UInt32, _ member: InstanceMember, of node: Int32, _ depth: Int, into errors: inout [SchemaError]
  ) {
    if holds(schema, member, depth) { return }
    var place = SchemaError.Place(node: node, member: member.name)
    switch member.kind {
    case .node:
      let child = Instance(kind: .node, start: member.index)
      if !isNever(schema) { place = SchemaError.Place(node: member.index) }
      collect(schema, child, place, depth, into: &errors)
    case .nodeName:
      collect(
        schema, Instance(kind: .strings, start: member.index, count: 1), place, depth, into: &errors)
    case .property:
      var best: [SchemaError]?
      var reading = board.reading(of: member.index)
      while reading >= 0 {
        let entry = board.readings[Int(reading)]
        var found: [SchemaError] = []
        collect(schema, entry.instance, place, depth, into: &found)
        if best.map({ distance(found) < distance($0) }) ?? true { best = found }
        reading = entry.next
      }
      errors += best ?? []
    }
  }

  /// How far an instance is from what a schema asks for: the less, the likelier it was meant.
  func distance(_ errors: [SchemaError]) -> Int {
    errors.reduce(0) { sum, error in
      let nearest = error.branches.map { distance($0) }.min()
      let own =
        switch error.opcode {
        case .type: 40
        case .const, .enumeratedStrings, .enumeration, .pattern:
          error.place.member == board.index.names.compatible ? 100 : 12
        case .contains: error.place.member == board.index.names.compatible ? 100 : 10
        case .required, .dependentRequired: 8
        case .never, .members, .unevaluatedProperties: 6
        default: 4
        }
      // An error deep inside means that all the rest around it fitted.
      return min(sum + max(1, (nearest ?? own) - 2 * error.place.element.count), 1_000_000)
    }
  }
}
