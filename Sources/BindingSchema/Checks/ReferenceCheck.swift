import Diagnostics

/// Follows every `$ref` of a set of bindings.
struct ReferenceCheck {
  private let documents: [String: SchemaDocument]
  /// The bindings by the last part of their `$id`, to say where one may have gone.
  private let idsByName: [String: [String]]
  /// The `$id`s of files that cannot be used.
  private let unusable: Set<String>
  private var resolvers: [String: PointerResolver] = [:]
  /// How many more schemas of a binding are looked through for circles, by `$id`.
  private var stepsLeft: [String: Int] = [:]

  /// The most schemas of a binding that are looked through for circles, each as often as a reference leads to it or
  /// around it. Where there are more, some circles may not be found.
  private static let stepsMax = 50_000

  /// A check against bindings after the fixups.
  /// - Parameters:
  ///   - documents: the bindings that can be used.
  ///   - unusable: the `$id`s of those that cannot.
  init(_ documents: [SchemaDocument], unusable: Set<String>) {
    var known: [String: SchemaDocument] = [:]
    var names: [String: [String]] = [:]
    for document in documents {
      known[document.id] = document
      names[Self.name(of: document.id), default: []].append(document.id)
    }
    (self.documents, idsByName, self.unusable) = (known, names, unusable)
  }

  /// The last part of an `$id`.
  private static func name(of id: String) -> String {
    id.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String($0) } ?? id
  }

  // MARK: References to nothing

  /// What is wrong with a reference of a binding; nil where it leads to something.
  mutating func problem(of reference: SchemaValue, in document: SchemaDocument) -> BindingProblem? {
    guard let text = reference.string else { return nil }
    let shown = QuotedText.shown(text)
    let target = SchemaReference(text, base: document.id)
    guard let found = target.document == document.id ? document : documents[target.document] else {
      return BindingProblem(
        .unresolvedReference, "`\(shown)` leads to no binding", at: reference.mark,
        help: help(for: target.document),
        notes: [note(about: target.document)])
    }
    let fragment = text.utf8.split(
      separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false
    )
    .dropFirst().first
    let isPointer = fragment.map { $0.isEmpty || $0.first == UInt8(ascii: "/") } ?? true
    if isPointer, let value = self.target(target.steps, in: found), value.map != nil || value.bool != nil {
      return nil
    }
    return BindingProblem(
      .unresolvedReference, "`\(shown)` leads to nothing in `\(QuotedText.shown(found.id))`",
      at: reference.mark,
      help: "the part behind the `#` is the way through the keys of that binding, as `#/$defs/name`")
  }

  private mutating func target(_ steps: [String], in document: SchemaDocument) -> SchemaValue? {
    resolvers[document.id, default: PointerResolver(document.root)].target(steps)
  }

  private func note(about id: String) -> String {
    let shown = QuotedText.shown(id)
    return unusable.contains(id)
      ? "the binding `\(shown)` is there but cannot be used" : "no binding has the `$id` `\(shown)`"
  }

  /// The binding that was probably meant: one of that name elsewhere, or one of a similar name in the same folder.
  private func help(for id: String) -> String? {
    guard !unusable.contains(id) else { return nil }
    let name = Self.name(of: id)
    let folder = id.utf8.lastIndex(of: UInt8(ascii: "/")).map { id[...$0] } ?? ""
    var known = idsByName[name]?.first
    if known == nil {
      let names = documents.keys.filter { $0.hasPrefix(folder) }.map { String($0.dropFirst(folder.count)) }
      known = Text.closestMatch(to: name, in: names).map { folder + $0 }
    }
    return known.map { "did you mean `\(QuotedText.shown($0))`?" }
  }

  // MARK: Circles

  /// A schema to which some reference leads: its binding, and the references that apply to the same value, last first.
  private struct Target {
    let document: String
    var next: [(reference: SchemaValue, target: SchemaReference)] = []
  }

  /// The references that close a circle through schemas for the same value, by the `$id` of the binding.
  /// - Complexity: O(n) in the number of values that lie between a reference and the references behind it.
  mutating func circles(from references: [(document: SchemaDocument, reference: SchemaValue)])
    -> [String: [BindingProblem]]
  {
    var problems: [String: [BindingProblem]] = [:]
    var isDone: [SchemaReference: Bool] = [:]
    for (document, reference) in references {
      guard let text = reference.string else { continue }
      let start = SchemaReference(text, base: document.id)
      guard isDone[start] == nil, let first = open(start) else { continue }
      isDone[start] = false
      var stack = [(name: start, target: first)]
      while let last = stack.indices.last {
        let document = stack[last].target.document
        guard let (reference, next) = stack[last].target.next.popLast() else {
          isDone[stack.removeLast().name] = true
          continue
        }
        switch isDone[next] {
        case true?: break
        case false?: problems[document, default: []].append(Self.circle(reference))
        case nil:
          guard let opened = open(next) else { break }
          isDone[next] = false
          stack.append((next, opened))
        }
      }
    }
    return problems
  }

  private static func circle(_ reference: SchemaValue) -> BindingProblem {
    BindingProblem(
      .circularReference,
      "`\(QuotedText.shown(reference.string ?? ""))` leads back to itself for the same value",
      at: reference.mark,
      help: "refer to the schema from a property or a child, or take out one of the references")
  }

  private mutating func open(_ name: SchemaReference) -> Target? {
    guard let document = documents[name.document], let schema = target(name.steps, in: document) else {
      return nil
    }
    var target = Target(document: document.id)
    var left = stepsLeft[document.id] ?? Self.stepsMax
    Self.collect(schema, document.id, into: &target.next, &left)
    stepsLeft[document.id] = left
    target.next.reverse()
    return target
  }

  /// Adds the references that a schema applies to the value that it is itself applied to.
  private static func collect(
    _ schema: SchemaValue, _ id: String,
    into found: inout [(reference: SchemaValue, target: SchemaReference)],
    _ left: inout Int
  ) {
    left -= 1
    guard left > 0 else { return }
    for member in schema.map?.members ?? [] {
      switch member.key {
      case "$ref":
        guard let text = member.value.string else { continue }
        found.append((member.value, SchemaReference(text, base: id)))
      case "allOf", "anyOf", "oneOf":
        for branch in member.value.list ?? [] { collect(branch, id, into: &found, &left) }
      case "if", "then", "else", "not": collect(member.value, id, into: &found, &left)
      case "dependentSchemas":
        for branch in member.value.map?.members ?? [] { collect(branch.value, id, into: &found, &left) }
      default: break
      }
    }
  }
}
