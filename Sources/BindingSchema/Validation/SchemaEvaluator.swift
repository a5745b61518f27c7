/// Holds instances of one board against schemas of an image.
///
/// ``holds(_:_:_:)`` only answers yes or no, ends at the first failure and allocates nothing;
/// ``collect(_:_:_:_:into:)`` is asked only where it says no. Both follow json-schema 2019-09 as the Python package
/// `jsonschema` reads it.
final class SchemaEvaluator {
  /// Schemas inside each other beyond which everything holds; bindings that refer to themselves end here.
  static let depthMax = 160
  /// Schemas looked at for one node beyond which everything holds, so that no binding can cost more than this.
  static let stepsMax = 4_000_000

  /// Schemas looked at for a whole board, after which its other nodes are not checked.
  static let boardStepsMax = 1 << 28

  let board: InstanceTree
  let view: ImageView
  let memo: PatternMemo
  /// The node that has `$nodename`: a child that is held against its parent's binding has none.
  var topNode: Int32 = 0
  /// A member of the top node that is not seen; none outside of a `select`.
  var hiddenName = ImageLayout.none
  var steps = 0
  /// Schemas looked at for the nodes before.
  var earlierSteps = 0
  private var marks: [UInt8] = []

  init(board: InstanceTree, memo: PatternMemo) {
    self.board = board
    view = board.index.view
    self.memo = memo
  }

  /// Whether the budget of the node is used up, so that what was found is not all.
  var isExhausted: Bool { steps > Self.stepsMax }

  /// Whether a schema holds for an instance.
  func holds(_ schema: UInt32, _ x: Instance, _ depth: Int) -> Bool {
    if schema == ImageLayout.anything { return true }
    steps &+= 1
    if depth > Self.depthMax || steps > Self.stepsMax { return true }
    var keyword = schema &+ UInt32(ImageLayout.schemaHeaderWords)
    for _ in 0..<min(view[schema &+ 2], 64) {
      let head = view[keyword]
      guard let opcode = Opcode(rawValue: head & 0xFF) else { return true }
      if x.kind == .opaque { return opcode != .never }
      if !holds(opcode, keyword, x, schema, depth &+ 1) { return false }
      keyword = keyword &+ head >> 8
    }
    return true
  }

  /// Whether a keyword holds.
  func holds(_ opcode: Opcode, _ keyword: UInt32, _ x: Instance, _ schema: UInt32, _ depth: Int) -> Bool {
    let at = keyword &+ UInt32(ImageLayout.keywordHeaderWords)
    switch opcode {
    case .never: return false
    case .reference: return holds(view[at], x, depth)
    case .condition: return holds(holds(view[at], x, depth) ? view[at &+ 1] : view[at &+ 2], x, depth)
    case .negation: return !holds(view[at], x, depth)
    case .allOf:
      for branch in 0..<view.count(at) where !holds(view[at &+ 1 &+ branch], x, depth) { return false }
      return true
    case .anyOf:
      for branch in 0..<view.count(at) where holds(view[at &+ 1 &+ branch], x, depth) { return true }
      return false
    case .oneOf:
      var matches = 0
      for branch in 0..<view.count(at) where holds(view[at &+ 1 &+ branch], x, depth) {
        matches += 1
        if matches > 1 { return false }
      }
      return matches == 1
    case .required, .members, .dependentRequired, .dependentSchemas, .unevaluatedProperties:
      return x.kind != .node || holdsForNode(opcode, at, x, schema, depth)
    case .minItems, .maxItems, .uniqueItems, .itemList, .eachItem, .additionalItems, .contains:
      return !x.isList || holdsForList(opcode, at, x, depth)
    default: return holdsForValue(opcode, at, x)
    }
  }

  private func holdsForValue(_ opcode: Opcode, _ at: UInt32, _ x: Instance) -> Bool {
    switch opcode {
    case .type: return !x.types.isDisjoint(with: JSONTypes(rawValue: view[at]))
    case .const: return equals(x, at).isEqual
    case .enumeration:
      var place = at &+ 1
      for _ in 0..<view.count(at) {
        let (isEqual, next) = equals(x, place)
        if isEqual { return true }
        guard next > place else { break }
        place = next
      }
      return false
    case .enumeratedStrings:
      guard x.kind == .string else { return false }
      return view.search(board.rows[Int(x.start)].string, from: at &+ 1, count: view[at], width: 1) != nil
    case .pattern:
      guard x.kind == .string else { return true }
      return RegularExpression.search(view.program(at: view[at], count: view[at &+ 1]), in: board.text(x))
    case .typeSize: return view[at] == (x.kind == .integer ? UInt32(x.width) * 8 : 32)
    case .minimum: return x.kind != .integer || order(board.integer(x), at) >= 0
    case .maximum: return x.kind != .integer || order(board.integer(x), at) <= 0
    case .exclusiveMinimum: return x.kind != .integer || order(board.integer(x), at) > 0
    case .exclusiveMaximum: return x.kind != .integer || order(board.integer(x), at) < 0
    case .multipleOf: return x.kind != .integer || isMultiple(board.integer(x), at)
    default: return true
    }
  }

  private func holdsForList(_ opcode: Opcode, _ at: UInt32, _ x: Instance, _ depth: Int) -> Bool {
    switch opcode {
    case .minItems: return x.count >= Int32(clamping: view[at])
    case .maxItems: return x.count <= Int32(clamping: view[at])
    case .uniqueItems: return repeatedElement(of: x) == nil
    case .itemList:
      for index in 0..<min(view[at], UInt32(x.count)) {
        let item = view[at &+ 1 &+ index]
        if !holds(item, board.element(Int32(index), of: x), depth) { return false }
      }
      return true
    case .eachItem:
      if view[at] == ImageLayout.anything { return true }
      for index in 0..<x.count where !holds(view[at], board.element(index, of: x), depth) { return false }
      return true
    case .additionalItems:
      var index = Int32(clamping: view[at &+ 1])
      while index < x.count {
        if !holds(view[at], board.element(index, of: x), depth) { return false }
        index += 1
      }
      return true
    default:
      let matches = containedCount(at, x, depth)
      return matches >= view[at &+ 1] && matches <= view[at &+ 2]
    }
  }

  /// How many elements a `contains` holds for; no more are counted than matter.
  func containedCount(_ at: UInt32, _ x: Instance, _ depth: Int) -> UInt32 {
    var matches: UInt32 = 0
    for index in 0..<x.count where holds(view[at], board.element(index, of: x), depth) {
      matches += 1
      if matches >= view[at &+ 1], view[at &+ 2] == .max { break }
    }
    return matches
  }

  // MARK: Nodes

  /// The member of a node by name, `$nodename` only for the node itself.
  @inline(__always)
  func member(_ name: UInt32, of node: Int32) -> InstanceMember? {
    guard let member = board.member(name, of: node), isSeen(member, node) else { return nil }
    return member
  }

  /// Whether a schema sees a member of a node.
  @inline(__always)
  private func isSeen(_ member: InstanceMember, _ node: Int32) -> Bool {
    node == topNode ? member.name != hiddenName : member.kind != .nodeName
  }

  /// The places of a node's members.
  @inline(__always)
  func memberRange(_ node: Int32) -> Range<Int> {
    let record = board.nodes[Int(node)]
    return Int(record.firstMember)..<Int(record.firstMember &+ record.memberCount)
  }

  private func holdsForNode(
    _ opcode: Opcode, _ at: UInt32, _ x: Instance, _ schema: UInt32, _ depth: Int
  ) -> Bool {
    switch opcode {
    case .required:
      for index in 0..<view.count(at) where member(view[at &+ 1 &+ index], of: x.start) == nil {
        return false
      }
      return true
    case .members: return membersHold(at, x.start, depth)
    case .dependentRequired: return missingCompanion(at, x.start) == nil
    case .dependentSchemas:
      for index in 0..<view.count(at) where member(view[at &+ 1 &+ 2 &* index], of: x.start) != nil {
        if !holds(view[at &+ 2 &+ 2 &* index], x, depth) { return false }
      }
      return true
    default: return hasNothingUnevaluated(at, schema, x.start, depth)
    }
  }

  /// The first property that another one needs and that is not there.
  func missingCompanion(_ at: UInt32, _ node: Int32) -> (property: UInt32, missing: UInt32)? {
    var place = at &+ 1
    for _ in 0..<view.count(at) {
      let count = view.count(place &+ 1)
      if member(view[place], of: node) != nil {
        for index in 0..<count where member(view[place &+ 2 &+ index], of: node) == nil {
          return (view[place], view[place &+ 2 &+ index])
        }
      }
      place = place &+ 2 &+ count
    }
    return nil
  }

  private func membersHold(_ at: UInt32, _ node: Int32, _ depth: Int) -> Bool {
    let table = MemberTable(view, at)
    if table.patternCount == 0, table.others == ImageLayout.none {
      // Only names: the shorter list is gone through, the longer one searched.
      if Int(table.propertyCount) < Int(board.nodes[Int(node)].memberCount) {
        for index in 0..<table.propertyCount {
          let entry = table.properties &+ index &* UInt32(ImageLayout.propertyWords)
          guard view[entry &+ 1] != ImageLayout.anything, let member = member(view[entry], of: node) else {
            continue
          }
          if !holds(view[entry &+ 1], member, depth) { return false }
        }
        return true
      }
    }
    for place in memberRange(node) {
      let member = board.members[place]
      if !isSeen(member, node) { continue }
      var isKnown = false
      if let entry = table.property(member.name, view) {
        isKnown = true
        if !holds(view[entry &+ 1], member, depth) { return false }
      }
      if table.patternCount > 0 {
        for match in matches(table, member.name) {
          isKnown = true
          if !holds(view[memo.pool[match] &+ 2], member, depth) { return false }
        }
      }
      if !isKnown, table.others != ImageLayout.none, !holds(table.others, member, depth) { return false }
    }
    return true
  }

  /// The entries of a table whose expressions match a name, as places in the memo's pool.
  @inline(__always)
  func matches(_ table: MemberTable, _ name: UInt32) -> Range<Int> {
    memo.matches(table: table.patterns, count: table.patternCount, name: name, board.index)
  }

  /// Whether a schema holds for a member: for some reading of a property's value.
  func holds(_ schema: UInt32, _ member: InstanceMember, _ depth: Int) -> Bool {
    if schema == ImageLayout.anything { return true }
    switch member.kind {
    case .node: return holds(schema, Instance(kind: .node, start: member.index), depth)
    case .nodeName: return holds(schema, Instance(kind: .strings, start: member.index, count: 1), depth)
    case .property:
      var reading = board.reading(of: member.index)
      while reading >= 0 {
        let entry = board.readings[Int(reading)]
        if holds(schema, entry.instance, depth) { return true }
        reading = entry.next
      }
      return false
    }
  }

  // MARK: unevaluatedProperties

  private func hasNothingUnevaluated(_ at: UInt32, _ schema: UInt32, _ node: Int32, _ depth: Int) -> Bool {
    if view[at] == ImageLayout.anything { return true }
    return withMarks(of: node) { base in
      mark(schema, node, base, isLenient: false, depth)
      for place in memberRange(node) where marks[base + place - Int(board.nodes[Int(node)].firstMember)] == 0
      {
        let member = board.members[place]
        if member.kind == .nodeName, node != topNode { continue }
        if !holds(view[at], member, depth) { return false }
      }
      return true
    }
  }

  /// The members of a node that a schema with `unevaluatedProperties` evaluates nowhere and does not let pass.
  ///
  /// If `isLenient`, members that branches evaluate count as evaluated although the branch failed: what fails in the
  /// branch is reported by itself, and that its members are unknown then is the consequence.
  func unevaluated(
    _ at: UInt32, _ schema: UInt32, _ node: Int32, isLenient: Bool, _ depth: Int
  ) -> [InstanceMember] {
    withMarks(of: node) { base in
      mark(schema, node, base, isLenient: isLenient, depth)
      return memberRange(node).compactMap { place in
        let member = board.members[place]
        if member.kind == .nodeName, node != topNode { return nil }
        let isMarked = marks[base + place - Int(board.nodes[Int(node)].firstMember)] != 0
        return isMarked || holds(view[at], member, depth) ? nil : member
      }
    }
  }

  private func withMarks<R>(of node: Int32, _ body: (_ base: Int) -> R) -> R {
    let base = marks.count
    marks.append(contentsOf: repeatElement(0, count: Int(board.nodes[Int(node)].memberCount)))
    defer { marks.removeSubrange(base...) }
    return body(base)
  }

  /// Marks the members that a schema evaluates (jsonschema, `find_evaluated_property_keys_by_schema` of 2019-09).
  private func mark(_ schema: UInt32, _ node: Int32, _ base: Int, isLenient: Bool, _ depth: Int) {
    if schema == ImageLayout.anything || depth > Self.depthMax || steps > Self.stepsMax { return }
    steps &+= 1
    var keyword = schema &+ UInt32(ImageLayout.schemaHeaderWords)
    for _ in 0..<min(view[schema &+ 2], 64) {
      let head = view[keyword]
      guard let opcode = Opcode(rawValue: head & 0xFF) else { return }
      let at = keyword &+ UInt32(ImageLayout.keywordHeaderWords)
      markKeyword(opcode, at, node, base, isLenient, depth &+ 1)
      keyword = keyword &+ head >> 8
    }
  }

  private func markKeyword(
    _ opcode: Opcode, _ at: UInt32, _ node: Int32, _ base: Int, _ isLenient: Bool, _ depth: Int
  ) {
    let x = Instance(kind: .node, start: node)
    switch opcode {
    case .reference: mark(view[at], node, base, isLenient: isLenient, depth)
    case .members: markMembers(at, node, base)
    case .unevaluatedProperties: if view[at &+ 1] == 1 { markAll(node, base) }
    case .dependentSchemas:
      for index in 0..<view.count(at) where member(view[at &+ 1 &+ 2 &* index], of: node) != nil {
        mark(view[at &+ 2 &+ 2 &* index], node, base, isLenient: isLenient, depth)
      }
    case .allOf, .anyOf, .oneOf:
      var isAny = isLenient && opcode == .allOf
      if isLenient, opcode != .allOf {
        isAny = !(0..<view.count(at)).contains { holds(view[at &+ 1 &+ $0], x, depth) }
      }
      for index in 0..<view.count(at) where isAny || holds(view[at &+ 1 &+ index], x, depth) {
        mark(view[at &+ 1 &+ index], node, base, isLenient: isLenient, depth)
      }
    case .condition:
      if holds(view[at], x, depth) {
        mark(view[at], node, base, isLenient: isLenient, depth)
        mark(view[at &+ 1], node, base, isLenient: isLenient, depth)
      } else {
        mark(view[at &+ 2], node, base, isLenient: isLenient, depth)
      }
    default: break
    }
  }

  private func markAll(_ node: Int32, _ base: Int) {
    for index in 0..<Int(board.nodes[Int(node)].memberCount) { marks[base + index] = 1 }
  }

  private func markMembers(_ at: UInt32, _ node: Int32, _ base: Int) {
    let table = MemberTable(view, at)
    if table.othersIsTrue { return markAll(node, base) }
    let first = Int(board.nodes[Int(node)].firstMember)
    for place in memberRange(node) where marks[base + place - first] == 0 {
      let name = board.members[place].name
      if table.property(name, view) != nil || (table.patternCount > 0 && !matches(table, name).isEmpty) {
        marks[base + place - first] = 1
      }
    }
  }
}

/// The operands of `members`: the tables of names and expressions, and what holds for the rest.
struct MemberTable {
  let propertyCount: UInt32
  let patternCount: UInt32
  /// The schema of the rest; ``ImageLayout/none`` where nothing is said.
  let others: UInt32
  let othersLine: UInt32
  /// Whether the rest is let pass by the word `true`.
  let othersIsTrue: Bool
  /// Where the table of names begins.
  let properties: UInt32
  /// Where the table of expressions begins.
  var patterns: UInt32 { properties &+ propertyCount &* UInt32(ImageLayout.propertyWords) }

  @inline(__always)
  init(_ view: ImageView, _ at: UInt32) {
    propertyCount = view[at]
    patternCount = view[at &+ 1]
    others = view[at &+ 2]
    othersLine = view[at &+ 3]
    othersIsTrue = view[at &+ 4] == 1
    properties = at &+ 5
  }

  /// The entry of a name.
  @inline(__always)
  func property(_ name: UInt32, _ view: ImageView) -> UInt32? {
    view.search(name, from: properties, count: propertyCount, width: UInt32(ImageLayout.propertyWords))
  }
}
