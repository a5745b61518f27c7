import Diagnostics

/// Mappings, scalars and what is wrong with them.
extension PlanDecoder {
  /// One entry of a mapping whose key is known.
  struct Field {
    let name: String
    /// The place of the key.
    let key: SourceSpan
    let value: YAMLValue

    /// Key and value.
    var span: SourceSpan { key.extended(to: value.span) }
  }

  /// What the number of a quantity counts.
  enum QuantityKind {
    case size, number
  }

  mutating func report(_ rule: Rule, _ message: String, at span: SourceSpan, help: String? = nil) {
    findings.add(Diagnostic(rule, message, at: span, help: help))
  }

  mutating func contradiction(_ field: Field, _ other: Field, _ message: String) {
    var finding = Diagnostic(Rule.contradictoryPlanKeys, message, at: field.key)
    finding.related = [RelatedPlace("also given here", at: other.key)]
    findings.add(finding)
  }

  mutating func wrong(_ field: Field, _ expected: String) {
    report(.wrongPlanValue, "`\(field.name)` is \(expected), not \(field.value.kind)", at: field.value.span)
  }

  /// The entries of a mapping by their keys; nil where the value is no mapping.
  ///
  /// Unknown and repeated keys are reported.
  mutating func fields(of value: YAMLValue, keys: [String], what: String) -> [String: Field]? {
    guard case .mapping(let pairs) = value.content else {
      let list = Text.list(keys)
      report(
        .wrongPlanValue, "\(what) is a mapping, not \(value.kind)", at: value.span,
        help: "its keys are \(list)")
      return nil
    }
    var fields: [String: Field] = [:]
    for pair in pairs {
      guard case .scalar(let name, _) = pair.key.content else {
        report(.unknownPlanKey, "a key is a word, not \(pair.key.kind)", at: pair.key.span)
        continue
      }
      guard keys.contains(name) else {
        unknown(name, keys: keys, what: what, at: pair.key.span)
        continue
      }
      let field = Field(name: name, key: pair.key.span, value: pair.value)
      if let first = fields[name] {
        var finding = Diagnostic(Rule.repeatedPlanKey, "`\(name)` is given twice", at: field.key)
        finding.related = [RelatedPlace("first given here", at: first.key)]
        findings.add(finding)
      } else {
        fields[name] = field
      }
    }
    return fields
  }

  private mutating func unknown(_ name: String, keys: [String], what: String, at span: SourceSpan) {
    let known = keys
    let meant = Text.closestMatch(to: name, in: known).map { "; did you mean `\($0)`?" } ?? ""
    report(
      .unknownPlanKey, "\(what) has no key `\(QuotedText.shown(name))`\(meant)", at: span,
      help: "the keys are \(Text.list(known))")
  }

  /// A field that has to be there.
  mutating func required(
    _ key: String, of fields: [String: Field], in value: YAMLValue, what: String
  ) -> Field? {
    if let field = fields[key] { return field }
    report(.missingPlanKey, "\(what) has no `\(key)`", at: value.span)
    return nil
  }

  /// The values of a list; none where it is absent or no list.
  mutating func list(_ field: Field?) -> [YAMLValue] {
    guard let field else { return [] }
    guard case .list(let values) = field.value.content else {
      wrong(field, "a list")
      return []
    }
    return values
  }

  /// The most bytes of a name.
  static var nameBytesMax: Int { 200 }

  mutating func name(_ field: Field) -> String? {
    guard case .scalar(let text, _) = field.value.content, !text.isEmpty else {
      wrong(field, "a name")
      return nil
    }
    guard text.utf8.count <= Self.nameBytesMax, QuotedText.isPrintable(text) else {
      report(
        .wrongPlanValue, "a name has at most \(Self.nameBytesMax) bytes, all printable", at: field.value.span)
      return nil
    }
    return text
  }

  /// A whole number.
  mutating func number(_ field: Field, in range: ClosedRange<UInt64>) -> UInt64? {
    quantity(field, in: range, what: .number)
  }

  /// A whole number or a size within a range.
  mutating func quantity(_ field: Field, in range: ClosedRange<UInt64>, what: QuantityKind) -> UInt64? {
    let expected = what == .size ? "a number of bytes" : "a whole number"
    guard case .scalar(let text, let isQuoted) = field.value.content, what == .size || !isQuoted else {
      wrong(field, expected)
      return nil
    }
    let answer = what == .size ? Quantity.bytes(text) : Quantity.count(text)
    switch answer {
    case .success(let value) where range.contains(value): return value
    case .failure(.malformed):
      let help = what == .size ? "write `65536`, `64KiB`, `64MiB`, `1GiB` or `0x10000`" : nil
      report(
        .wrongPlanValue, "`\(field.name)` is \(expected), not \(field.value.kind)", at: field.value.span,
        help: help)
    case .failure(.negative):
      report(.absurdPlanNumber, "`\(field.name)` is negative", at: field.value.span)
    case .success(let value) where value < range.lowerBound:
      report(
        .absurdPlanNumber, "`\(field.name)` is at least \(range.lowerBound), not \(value)",
        at: field.value.span)
    case .success, .failure(.tooLarge):
      let most = what == .size ? Text.size(range.upperBound) : "\(range.upperBound)"
      report(.absurdPlanNumber, "`\(field.name)` is at most \(most)", at: field.value.span)
    }
    return nil
  }
}
