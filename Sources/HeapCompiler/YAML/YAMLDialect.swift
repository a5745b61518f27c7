import Diagnostics

/// What a kind of YAML file is called, and the rules that its faults break.
struct YAMLDialect: Sendable {
  /// The file in a sentence: `plan`.
  let noun: String
  /// Files of its kind: `plans`.
  let plural: String
  /// The text is no YAML.
  let malformed: Rule
  /// It is larger or nests deeper than it may.
  let oversized: Rule
  /// It has an anchor, an alias or a tag.
  let reference: Rule
  /// It has more than one document, or none where it needs one.
  let severalDocuments: Rule
  /// It has a key that there is not.
  let unknownKey: Rule
  /// It has a key twice.
  let repeatedKey: Rule
  /// A key has a value of the wrong kind.
  let wrongValue: Rule
  /// A key that has to be there is not.
  let missingKey: Rule
  /// What a file has at least, where it cannot be empty.
  var example: String?
  /// Whether a file without a document is an empty mapping.
  var canBeEmpty = false
}
