import Diagnostics

/// One entry of a mapping whose key is known.
struct YAMLField {
  let name: String
  /// The place of the key.
  let key: SourceSpan
  let value: YAMLValue

  /// Key and value.
  var span: SourceSpan { key.extended(to: value.span) }
}

/// Makes something of a YAML value, and finds what is wrong with it: mappings with known keys and lists.
protocol YAMLDecoding {
  /// What the file is called, and its rules.
  static var dialect: YAMLDialect { get }
  /// What was found so far.
  var findings: YAMLFindings { get set }
}

extension YAMLDecoding {
  /// One entry of a mapping.
  typealias Field = YAMLField

  mutating func report(_ rule: Rule, _ message: String, at span: SourceSpan, help: String? = nil) {
    findings.add(Diagnostic(rule, message, at: span, help: help))
  }

  mutating func wrong(_ field: Field, _ expected: String, help: String? = nil) {
    report(
      Self.dialect.wrongValue, "`\(field.name)` is \(expected), not \(field.value.kind)",
      at: field.value.span,
      help: help)
  }

  /// The entries of a mapping by their keys; nil where the value is no mapping.
  ///
  /// Unknown and repeated keys are reported.
  mutating func fields(of value: YAMLValue, keys: [String], what: String) -> [String: Field]? {
    guard case .mapping(let pairs) = value.content else {
      report(
        Self.dialect.wrongValue, "\(what) is a mapping, not \(value.kind)", at: value.span,
        help: "its keys are \(Text.list(keys))")
      return nil
    }
    var fields: [String: Field] = [:]
    for pair in pairs {
      guard case .scalar(let name, _) = pair.key.content else {
        report(
          Self.dialect.unknownKey, "a key is a word, not \(pair.key.kind)", at: pair.key.span,
          help: "the keys are \(Text.list(keys))")
        continue
      }
      guard keys.contains(name) else {
        unknown(name, keys: keys, what: what, at: pair.key.span)
        continue
      }
      let field = Field(name: name, key: pair.key.span, value: pair.value)
      if let first = fields[name] {
        var finding = Diagnostic(
          Self.dialect.repeatedKey, "`\(name)` is given twice", at: field.key, help: "keep one of them")
        finding.related = [RelatedPlace("first given here", at: first.key)]
        findings.add(finding)
      } else {
        fields[name] = field
      }
    }
    return fields
  }

  private mutating func unknown(_ name: String, keys: [String], what: String, at span: SourceSpan) {
    let meant = Text.closestMatch(to: name, in: keys).map { "; did you mean `\($0)`?" } ?? ""
    report(
      Self.dialect.unknownKey, "\(what) has no key `\(QuotedText.shown(name))`\(meant)", at: span,
      help: "the keys are \(Text.list(keys))")
  }

  /// A field that has to be there; `values` are those that it can have, none where there are too many.
  mutating func required(
    _ key: String, of fields: [String: Field], in value: YAMLValue, what: String, values: [String] = []
  ) -> Field? {
    if let field = fields[key] { return field }
    let choice = values.isEmpty ? "" : " with \(Text.list(values, conjunction: "or"))"
    report(
      Self.dialect.missingKey, "\(what) has no `\(key)`", at: value.span, help: "add `\(key):`\(choice)")
    return nil
  }

  /// What is true or false; nil where it is neither.
  mutating func flag(_ field: Field) -> Bool? {
    guard case .scalar(let text, let isQuoted) = field.value.content else {
      wrong(field, "`true` or `false`", help: "write `true` or `false`")
      return nil
    }
    if !isQuoted, let flag = Bool(text) { return flag }
    // What YAML 1.1 took for the two.
    let help =
      switch text.lowercased() {
      case "true", "yes", "on", "y": "write `true`"
      case "false", "no", "off", "n": "write `false`"
      default: "write `true` or `false`"
      }
    wrong(field, "`true` or `false`", help: help)
    return nil
  }

  /// The values of a list; none where it is absent or no list.
  mutating func list(_ field: Field?) -> [YAMLValue] {
    guard let field else { return [] }
    guard case .list(let values) = field.value.content else {
      wrong(field, "a list", help: "write `[…]`, or each entry on a line behind `- `")
      return []
    }
    return values
  }
}

/// Findings of one file, up to a limit.
struct YAMLFindings {
  /// The most findings that are kept.
  static let limit = 100

  private(set) var diagnostics: [Diagnostic] = []
  private(set) var droppedCount = 0

  mutating func add(_ finding: Diagnostic) {
    if diagnostics.count < Self.limit { diagnostics.append(finding) } else { droppedCount += 1 }
  }

  /// By place and code.
  var sorted: [Diagnostic] {
    diagnostics.enumerated().sorted { a, b in
      guard let first = a.element.span, let second = b.element.span, first.start != second.start else {
        return a.offset < b.offset
      }
      return first < second
    }.map(\.element)
  }
}
