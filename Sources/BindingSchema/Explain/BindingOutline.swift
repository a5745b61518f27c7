import Diagnostics

/// What a binding asks for, as a table of properties.
///
/// Made from the binding as its author wrote it, before the fixups, so that it says what the file says.
public struct BindingOutline: Sendable {
  /// A property or a child node.
  public struct Row: Sendable {
    /// The name, or a pattern between slashes.
    public let name: String
    /// Whether the node must have it.
    public let isRequired: Bool
    /// The type, as the bindings name it; empty where another binding gives it.
    public let type: String
    /// Which values are allowed.
    public let values: String
    /// What it means, in one sentence; empty where the binding does not say.
    public let summary: String
    /// The `$id` of the common binding that describes it; nil for the binding itself.
    public let origin: String?
  }

  /// The `$id`.
  public let id: String
  /// The file's path as it was found.
  public let path: String
  /// The title; empty where there is none.
  public let title: String
  /// The description in one line; empty where there is none.
  public let summary: String
  /// The compatible strings for which it holds, each once, in the order of the file.
  public let compatibles: [String]
  /// The properties and child nodes: its own in the order of the file, then those of the common bindings that it takes
  /// in and that it leaves allowed.
  public let rows: [Row]
  /// Whether a node may have other properties than these.
  public let isOpen: Bool
  /// How many rules there are that hold only under a condition.
  public let conditionCount: Int

  /// How many common bindings are followed.
  private static let referencesMax = 64

  /// Reads a binding.
  ///
  /// - Parameters:
  ///   - id: its `$id` without the trailing `#`.
  ///   - path: of its file.
  ///   - root: the binding before the fixups.
  ///   - other: gives another binding by its `$id`.
  public init(id: String, path: String, root: SchemaValue, other: (String) -> SchemaValue?) {
    self.id = id
    self.path = path
    title = root["title"].map { PropertyDemand.text($0) } ?? ""
    summary = root["description"]?.string.map(PropertyDemand.firstSentence) ?? ""
    var names: [String] = []
    Self.collectTexts(root["properties"]?["compatible"], into: &names, depth: 0)
    compatibles = names
    isOpen = [root["additionalProperties"], root["unevaluatedProperties"]].allSatisfy { $0?.bool != false }
    conditionCount = Self.conditions(in: root)

    var reader = OutlineReader(required: Set(Self.required(root)))
    reader.read(root, origin: nil)
    // What only a common binding describes is not allowed then.
    reader.isComplete = root["additionalProperties"]?.bool == false
    var waiting = Self.references(in: root).map { SchemaReference($0, base: id).document }
    var seen: Set<String> = [id]
    while let next = waiting.first, seen.count < Self.referencesMax {
      waiting.removeFirst()
      guard seen.insert(next).inserted, let common = other(next) else { continue }
      reader.required.formUnion(Self.required(common))
      reader.read(common, origin: next)
      waiting += Self.references(in: common).map { SchemaReference($0, base: next).document }
    }
    rows = reader.rows
  }

  private static func required(_ schema: SchemaValue) -> [String] {
    (schema["required"]?.list ?? []).compactMap(\.string)
      + (schema["allOf"]?.list ?? []).flatMap { ($0["required"]?.list ?? []).compactMap(\.string) }
  }

  /// The whole documents that a binding takes in at its top.
  private static func references(in root: SchemaValue) -> [String] {
    ([root["$ref"]?.string] + (root["allOf"]?.list ?? []).map { $0["$ref"]?.string }).compactMap { $0 }
      .filter { !$0.contains("#/") }
  }

  private static func conditions(in root: SchemaValue) -> Int {
    (root["if"] == nil ? 0 : 1) + (root["allOf"]?.list ?? []).count { $0["if"] != nil }
  }

  /// Every string under a const or an enum.
  private static func collectTexts(_ value: SchemaValue?, into texts: inout [String], depth: Int) {
    guard let value, depth < 8 else { return }
    for member in value.map?.members ?? [] {
      switch member.key {
      case "const": if let text = member.value.string, !texts.contains(text) { texts.append(text) }
      case "enum":
        for text in (member.value.list ?? []).compactMap(\.string) where !texts.contains(text) {
          texts.append(text)
        }
      case "items", "oneOf", "anyOf", "allOf", "contains":
        for part in member.value.list ?? [member.value] { collectTexts(part, into: &texts, depth: depth + 1) }
      default: break
      }
    }
  }
}

/// Collects the rows of a table.
private struct OutlineReader {
  var required: Set<String>
  /// Whether rows are no longer added, but only completed.
  var isComplete = false
  private(set) var rows: [BindingOutline.Row] = []
  private var known: Set<String> = []

  init(required: Set<String>) { self.required = required }

  /// Adds what a binding describes and no binding before it.
  mutating func read(_ schema: SchemaValue, origin: String?) {
    add(schema["properties"], isPattern: false, origin)
    add(schema["patternProperties"], isPattern: true, origin)
    // A binding may ask for what it leaves to another one to describe.
    for name in (schema["required"]?.list ?? []).compactMap(\.string) where origin == nil {
      if schema["properties"]?[name] == nil { add(name, SchemaValue(.bool(true)), origin) }
    }
  }

  private mutating func add(_ members: SchemaValue?, isPattern: Bool, _ origin: String?) {
    for member in members?.map?.members ?? [] where member.key.first != "$" {
      add(isPattern ? "/\(member.key)/" : member.key, member.value, origin)
    }
  }

  private mutating func add(_ name: String, _ schema: SchemaValue, _ origin: String?) {
    let demand = PropertyDemand(schema)
    let summary = schema["description"]?.string.map(PropertyDemand.firstSentence) ?? ""
    if known.contains(name) { return complete(name, demand, summary) }
    if isComplete { return }
    known.insert(name)
    rows.append(
      BindingOutline.Row(
        name: name, isRequired: required.contains(name), type: demand.type,
        values: [demand.valueText, demand.reference.isEmpty ? "" : "as \(demand.reference)"]
          .filter { !$0.isEmpty }.joined(separator: "; "),
        summary: summary, origin: origin))
  }

  /// Takes from a common binding what the one before it leaves open.
  private mutating func complete(_ name: String, _ demand: PropertyDemand, _ summary: String) {
    guard let index = rows.firstIndex(where: { $0.name == name }) else { return }
    let row = rows[index]
    rows[index] = BindingOutline.Row(
      name: name, isRequired: row.isRequired || required.contains(name),
      type: row.type.isEmpty ? demand.type : row.type,
      values: row.values.isEmpty ? demand.valueText : row.values,
      summary: row.summary.isEmpty ? summary : row.summary, origin: row.origin)
  }
}
