/// Reads a pattern in the syntax of Python's `re`, which is what the bindings are written for.
///
/// What would need memory of what matched, or would change which of several matches is found, is refused: back
/// references, conditionals, atomic groups and possessive repetition.
struct PatternParser {
  /// The most groups inside each other.
  static let depthMax = 100
  /// The most parts of a pattern, so that a long one takes bounded time.
  static let partsMax = 20_000

  /// What the flags of a pattern or a group change.
  struct Flags {
    var ignoresCase = false
    var isMultiline = false
    var dotMatchesAll = false
    var onlyASCII = false
  }

  let scalars: [Unicode.Scalar]
  var position = 0
  var flags = Flags()
  var looks: [PatternLook] = []
  var groupNames: Set<String> = []
  var partsCount = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// Parses the whole pattern.
  static func parse(_ text: String) throws(RegularExpressionProblem) -> ParsedPattern {
    var parser = PatternParser(text)
    let root = try parser.choice(depth: 0)
    if parser.position < parser.scalars.count { throw parser.problem("unbalanced parenthesis") }
    return ParsedPattern(root: root, looks: parser.looks)
  }

  // MARK: Scalars

  var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  func problem(_ message: String, at offset: Int? = nil) -> RegularExpressionProblem {
    RegularExpressionProblem(offset: offset ?? position, message: message)
  }

  mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    position += 1
    return true
  }

  mutating func takeNext() -> Unicode.Scalar? {
    guard let scalar = next else { return nil }
    position += 1
    return scalar
  }

  func isNext(_ scalar: Unicode.Scalar) -> Bool { next == scalar }

  // MARK: Structure

  mutating func choice(depth: Int) throws(RegularExpressionProblem) -> PatternNode {
    if depth > Self.depthMax { throw problem("more than \(Self.depthMax) groups inside each other") }
    var branches = [try sequence(depth: depth, isFirst: depth == 0)]
    while take("|") { branches.append(try sequence(depth: depth, isFirst: false)) }
    if branches.count == 1 { return branches[0] }
    return Self.choice(of: branches)
  }

  /// Branches of one scalar each make a set, which takes one state instead of many.
  static func choice(of branches: [PatternNode]) -> PatternNode {
    var ranges: [ClosedRange<UInt32>] = []
    for branch in branches {
      guard case .scalar(let set) = branch, !set.isNegated, set.categories.isEmpty else {
        return .choice(branches)
      }
      ranges += set.ranges
    }
    return .scalar(ScalarSet(ranges: ranges))
  }

  mutating func sequence(depth: Int, isFirst: Bool) throws(RegularExpressionProblem) -> PatternNode {
    var parts: [PatternNode] = []
    var last = LastPart.none
    while let scalar = next, scalar != "|", scalar != ")" {
      partsCount += 1
      if partsCount > Self.partsMax { throw problem("the pattern is too long") }
      let start = position
      if let bounds = try repetitionBounds() {
        guard let part = parts.popLast(), last != .anchor else {
          throw problem("nothing to repeat", at: start)
        }
        if last == .repetition { throw problem("multiple repeat", at: start) }
        // A lazy repetition finds the same texts.
        if !take("?"), isNext("+") { throw problem("possessive repetition is not supported") }
        parts.append(.repetition(part, min: bounds.min, max: bounds.max))
        last = .repetition
      } else if let part = try part(depth: depth, canSetFlags: isFirst && parts.isEmpty) {
        parts.append(part)
        if case .assertion = part, scalar != "(" { last = .anchor } else { last = .other }
      }
    }
    switch parts.count {
    case 0: return .empty
    case 1: return parts[0]
    default: return .sequence(parts)
    }
  }

  /// What a repetition would apply to: an anchor and a repetition cannot be repeated unless in a group.
  private enum LastPart {
    case none, anchor, repetition, other
  }

  /// One part without its repetition; nil for what is nothing, a comment or flags.
  private mutating func part(
    depth: Int, canSetFlags: Bool
  ) throws(RegularExpressionProblem) -> PatternNode? {
    let start = position
    guard let scalar = takeNext() else { return nil }
    switch scalar {
    case "^": return .assertion(flags.isMultiline ? .lineBegin : .begin)
    case "$": return .assertion(flags.isMultiline ? .lineEnd : .end)
    case ".":
      return .scalar(ScalarSet(isNegated: true, ranges: flags.dotMatchesAll ? [] : [0x0a...0x0a]))
    case "[": return .scalar(try scalarClass(from: start))
    case "\\": return try escape(from: start)
    case "(": return try group(from: start, depth: depth, canSetFlags: canSetFlags)
    default: return try literal(scalar.value, at: start)
    }
  }

  /// A scalar that stands for itself.
  func literal(_ scalar: UInt32, at offset: Int) throws(RegularExpressionProblem) -> PatternNode {
    .scalar(try folded(ScalarSet(scalar), at: offset))
  }

  // MARK: Repetition

  /// The bounds of `*`, `+`, `?` or `{m,n}` here; nil, and nothing taken, where there is none.
  private mutating func repetitionBounds() throws(RegularExpressionProblem) -> (min: Int, max: Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = position
    guard take("{"), !isNext("}") else {
      position = start
      return nil
    }
    let low = takeNumber()
    var high = low
    let hasComma = take(",")
    if hasComma { high = takeNumber() }
    guard take("}") else {
      position = start
      return nil
    }
    if low.isTooLarge || high.isTooLarge { throw problem("the repetition is too large", at: start) }
    if let min = low.value, let max = high.value, max < min {
      throw problem("min repeat greater than max repeat", at: start)
    }
    return (low.value ?? 0, high.value)
  }

  /// A decimal number, which may be absent.
  private mutating func takeNumber() -> (value: Int?, isTooLarge: Bool) {
    var value: Int?
    var isTooLarge = false
    while let digit = next?.value, digit >= 0x30, digit <= 0x39 {
      position += 1
      let number = (value ?? 0) * 10 + Int(digit - 0x30)
      isTooLarge = isTooLarge || number >= 1 << 31
      value = min(number, 1 << 31)
    }
    return (value, isTooLarge)
  }
}
