import Diagnostics

/// Scalars and what is wrong with them.
extension PlanDecoder {
  /// What the number of a quantity counts.
  enum QuantityKind {
    case size, number
  }

  mutating func contradiction(_ field: Field, _ other: Field, _ message: String) {
    var finding = Diagnostic(Rule.contradictoryPlanKeys, message, at: field.key)
    finding.related = [RelatedPlace("also given here", at: other.key)]
    findings.add(finding)
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
