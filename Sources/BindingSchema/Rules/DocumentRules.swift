import Diagnostics

/// Rules about bindings themselves: what cannot be read, used or meant.
extension Rule {
  private static func binding(_ lines: String...) -> String {
    "$id: http://devicetree.org/schemas/example.yaml#\n" + lines.map { $0 + "\n" }.joined()
  }

  private static let schemaReferences = ["json-schema 2019-09, Core", "json-schema 2019-09, Validation"]

  static let unreadableBinding = Rule(
    "DTH150", "unreadable-binding", .error,
    summary: "a binding is no YAML, or a file or a folder cannot be read",
    rationale: "Nothing can be checked against a binding that cannot be read; the run goes on without it.",
    badExample: binding("properties:", "  reg: [", "  status: true"),
    goodExample: binding("properties:", "  reg: true", "  status: true"),
    references: ["YAML 1.2.2"])

  static let oversizedBinding = Rule(
    "DTH151", "oversized-binding", .error,
    summary: "a binding is larger or nests deeper than any real one",
    rationale:
      "Limits of 4 MiB, 128 levels, 200000 values with those that aliases stand for, 4096 patterns keep a hostile file "
      + "from exhausting memory. The largest binding of Linux 6.1 has 70 KiB.",
    badExample: binding("const: " + String(repeating: "[", count: 130) + String(repeating: "]", count: 130)),
    goodExample: binding("const: [[1]]"),
    references: ["YAML 1.2.2, 3.2.2.2"])

  static let missingBindingID = Rule(
    "DTH152", "missing-binding-id", .error,
    summary: "a binding has no `$id`",
    rationale: "The `$id` is the name by which other bindings refer to it; dt-schema leaves such a file out.",
    badExample: "properties:\n  reg: true\n",
    goodExample: binding("properties:", "  reg: true"),
    references: ["json-schema 2019-09, Core, 8.2.2", "dt-schema 2026.9, dtschema/validator.py, _add_schema"])

  static let repeatedBindingID = Rule(
    "DTH153", "repeated-binding-id", .warning,
    summary: "two bindings of one folder have the same `$id`",
    rationale:
      "Only the first of the two is used. A folder that is named earlier may replace a binding of a later one; "
      + "within a folder nobody can mean it.",
    badExample: "", goodExample: "",
    references: ["dt-schema 2026.9, dtschema/validator.py, _add_schema"])

  static let unresolvedReference = Rule(
    "DTH154", "unresolved-binding-reference", .error,
    summary: "a `$ref` leads to no binding, or to nothing in it",
    rationale:
      "dt-schema takes a missing binding for one that allows nothing, so that every node that needs it fails, and "
      + "stops at a missing part.",
    badExample: binding("properties:", "  child:", "    $ref: \"#/$defs/child\""),
    goodExample: binding("properties:", "  child:", "    $ref: \"#/$defs/child\"", "$defs:", "  child: true"),
    references: ["json-schema 2019-09, Core, 8.2.4.1", "RFC 3986, 5.2", "RFC 6901"])

  static let badPattern = Rule(
    "DTH155", "bad-pattern", .error,
    summary: "a regular expression is malformed",
    rationale: "No name can match it, so that it neither allows nor forbids what its author meant.",
    badExample: binding("patternProperties:", "  \"^port@[0-9\": true"),
    goodExample: binding("patternProperties:", "  \"^port@[0-9]$\": true"),
    references: ["json-schema 2019-09, Core, 6.4", "Python 3.11, re"])

  static let unknownKeyword = Rule(
    "DTH156", "unknown-keyword", .warning,
    summary: "a keyword is none of those that bindings have",
    rationale: "A schema says nothing by a keyword that nobody knows: a misspelt one checks nothing.",
    badExample: binding("properties:", "  reg:", "    maxitems: 1"),
    goodExample: binding("properties:", "  reg:", "    maxItems: 1"),
    references: schemaReferences)

  static let malformedKeyword = Rule(
    "DTH157", "malformed-keyword", .error,
    summary: "the value of a keyword is not what the keyword takes",
    rationale:
      "dt-schema leaves the whole binding out, and with it every check of the nodes that it describes.",
    badExample: binding("properties:", "  reg:", "    maxItems: one"),
    goodExample: binding("properties:", "  reg:", "    maxItems: 1"),
    references: schemaReferences + ["dt-schema 2026.9, dtschema/validator.py, process_schema"])

  static let circularReference = Rule(
    "DTH158", "circular-reference", .error,
    summary: "a schema refers to itself for the same value",
    rationale:
      "To know whether a value fits one would have to know it already; a validator never comes to an end.",
    badExample: binding("allOf:", "  - $ref: \"#\""),
    goodExample: binding("patternProperties:", "  \"^port@\":", "    $ref: \"#\""),
    references: ["json-schema 2019-09, Core, 7.8"])

  static let misplacedBinding = Rule(
    "DTH159", "misplaced-binding", .warning,
    summary: "the `$id` of a binding does not end in the file's own path",
    rationale:
      "Relative references are taken from the `$id`, not from where the file lies; who reads them looks in the "
      + "wrong place.",
    badExample: "", goodExample: "",
    references: ["dt-schema 2026.9, dtschema/schema.py, check_schema_refs"])

  static let emptyBindingFolder = Rule(
    "DTH160", "empty-binding-folder", .warning,
    summary: "a folder of bindings holds none",
    rationale: "A mistyped folder would otherwise pass for one whose bindings have nothing to object.",
    badExample: "", goodExample: "",
    references: ["dt-schema 2026.9, dtschema/validator.py, process_schemas"])
}

/// The rules about bindings themselves, in order of their codes.
public enum DocumentRules {
  /// Every rule about bindings.
  public static let all: [Rule] = [
    .unreadableBinding, .oversizedBinding, .missingBindingID, .repeatedBindingID, .unresolvedReference,
    .badPattern,
    .unknownKeyword, .malformedKeyword, .circularReference, .misplacedBinding, .emptyBindingFolder,
  ]
}
