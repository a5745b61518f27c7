import Diagnostics

/// Scalars and what is wrong with them.
extension PlanDecoder {
  /// What the number of a quantity counts.
  enum QuantityKind {
    case size, number
  }

  mutating func contradiction(_ field: Field, _ other: Field, _ message: String) {
    var finding = Diagnostic(
      Rule.contradictoryPlanKeys, message, at: field.key, help: "keep one of them")
    finding.related = [RelatedPlace("also given here", at: other.key)]
    findings.add(finding)
  }

  /// The most bytes of a name.
  static var nameBytesMax: Int { 200 }

  mutating func name(_ field: Field) -> String? {
    guard case .scalar(let text, _) = field.value.content, !text.isEmpty else {
      wrong(field, "a name", help: "write a word, or a text in quotes")
      return nil
    }
    guard text.utf8.count <= Self.nameBytesMax, QuotedText.isPrintable(text) else {
      report(
        .wrongPlanValue, "a name has at most \(Self.nameBytesMax) bytes, all printable", at: field.value.span,
        help: "write a shorter name, without control characters")
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
    let example = what == .size ? Self.sizeExample : "write digits alone, such as `3`"
    let shown = { (value: UInt64) in what == .size && value > 1 ? Text.size(value) : "\(value)" }
    let limits = "write \(expected) from \(shown(range.lowerBound)) to \(shown(range.upperBound))"
    guard case .scalar(let text, let isQuoted) = field.value.content, what == .size || !isQuoted else {
      wrong(field, expected, help: example)
      return nil
    }
    let fault: Quantity.Fault
    switch what == .size ? Quantity.bytes(text) : Quantity.count(text) {
    case .success(let value) where range.contains(value): return value
    case .success(let value) where value < range.lowerBound:
      report(
        .absurdPlanNumber, "`\(field.name)` is at least \(range.lowerBound), not \(value)",
        at: field.value.span, help: limits)
      return nil
    case .success: fault = .tooLarge
    case .failure(let failure): fault = failure
    }
    report(
      fault, field, expected, example: example, excess: "at most \(shown(range.upperBound))", limits: limits)
    return nil
  }

  /// What is wrong with a quantity: `example` shows how one is written, `limits` which there are, and `excess` says in
  /// half a sentence what one is that is too large.
  mutating func report(
    _ fault: Quantity.Fault, _ field: Field, _ expected: String, example: String, excess: String,
    limits: String
  ) {
    switch fault {
    case .malformed: wrong(field, expected, help: example)
    case .negative:
      report(.absurdPlanNumber, "`\(field.name)` is negative", at: field.value.span, help: limits)
    case .tooLarge:
      report(.absurdPlanNumber, "`\(field.name)` is \(excess)", at: field.value.span, help: limits)
    }
  }

  /// How sizes are written, with every unit of ``ByteQuantity``.
  private static let sizeExample =
    "write a whole number, alone or with K, M, G, KiB, MiB or GiB: `65536`, `64MiB`, `0x10000`"
}
