/// The keywords of bindings and what their values must be.
///
/// - Source: json-schema 2019-09, the meta-schemas of its vocabularies; dt-schema 2026.9, dtschema/schema.py and
///   meta-schemas/keywords.yaml for those that only bindings have.
enum Keyword {
  /// What the value of a keyword must be.
  enum Shape {
    /// A schema.
    case schema
    /// A list of schemas, not empty.
    case schemas
    /// A schema or a list of them.
    case items
    /// A map of schemas.
    case schemaMap
    /// A map of lists of names or schemas.
    case dependencies
    /// A map of lists of names.
    case nameListMap
    /// A list of different names.
    case nameList
    /// The name of a type, or a list of different ones.
    case type
    case text
    /// An `$id`: text without a fragment.
    case identifier
    /// An `$anchor`: a name.
    case anchor
    case bool
    case boolMap
    case number
    /// A number above 0.
    case positiveNumber
    /// An integer from 0.
    case count
    case list
    case anything
  }

  /// The shape of every keyword.
  static let shapes: [String: Shape] = {
    var shapes: [String: Shape] = [:]
    func add(_ shape: Shape, _ names: String...) { for name in names { shapes[name] = shape } }
    add(
      .schema, "additionalItems", "unevaluatedItems", "contains", "additionalProperties",
      "unevaluatedProperties",
      "propertyNames", "if", "then", "else", "not", "contentSchema", "select")
    add(.schemas, "allOf", "anyOf", "oneOf")
    add(.items, "items")
    add(.schemaMap, "$defs", "definitions", "properties", "patternProperties", "dependentSchemas")
    add(.dependencies, "dependencies")
    add(.nameListMap, "dependentRequired")
    add(.nameList, "required")
    add(.type, "type")
    add(
      .text, "$schema", "$ref", "$recursiveRef", "$comment", "pattern", "title", "description", "format",
      "contentMediaType", "contentEncoding")
    add(.identifier, "$id")
    add(.anchor, "$anchor")
    add(.bool, "$recursiveAnchor", "uniqueItems", "deprecated", "readOnly", "writeOnly")
    add(.boolMap, "$vocabulary")
    add(.number, "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum")
    add(.positiveNumber, "multipleOf")
    add(
      .count, "maxLength", "minLength", "maxItems", "minItems", "maxContains", "minContains", "maxProperties",
      "minProperties")
    add(.list, "enum", "examples")
    add(.anything, "const", "default", "maintainers", "historical", "typeSize")
    return shapes
  }()

  /// The types of json-schema.
  static let types: Set<String> = ["array", "boolean", "integer", "null", "number", "object", "string"]
}
