extension PatternParser {
  /// What follows an opening parenthesis; nil for a comment and for flags of the whole pattern.
  mutating func group(
    from start: Int, depth: Int, canSetFlags: Bool
  ) throws(RegularExpressionProblem) -> PatternNode? {
    guard take("?") else { return try grouped(from: start, depth: depth) }
    guard let kind = takeNext() else {
      throw problem("unexpected end of pattern")
    }
    switch kind {
    case ":": return try grouped(from: start, depth: depth)
    case "=": return try look(ahead: true, negated: false, from: start, depth: depth)
    case "!": return try look(ahead: true, negated: true, from: start, depth: depth)
    case "<": return try lookBehind(from: start, depth: depth)
    case "P": return try named(from: start, depth: depth)
    case "(": throw problem("a condition on a group is not supported", at: start)
    case ">": throw problem("an atomic group is not supported", at: start)
    case "#":
      while let scalar = takeNext(), scalar != ")" { continue }
      if scalars[position - 1] != ")" || position <= start + 3 {
        throw problem("missing ), unterminated comment", at: start)
      }
      return nil
    default:
      position -= 1
      return try flagged(from: start, depth: depth, canSetFlags: canSetFlags)
    }
  }

  /// The inside of a group and its closing parenthesis.
  private mutating func grouped(
    from start: Int, depth: Int
  ) throws(RegularExpressionProblem) -> PatternNode {
    let inside = try choice(depth: depth + 1)
    guard take(")") else { throw problem("missing ), unterminated subpattern", at: start) }
    return inside
  }

  private mutating func lookBehind(
    from start: Int, depth: Int
  ) throws(RegularExpressionProblem) -> PatternNode {
    if take("=") { return try look(ahead: false, negated: false, from: start, depth: depth) }
    if take("!") { return try look(ahead: false, negated: true, from: start, depth: depth) }
    throw problem("unknown extension after (?<", at: start)
  }

  private mutating func look(
    ahead: Bool, negated: Bool, from start: Int, depth: Int
  ) throws(RegularExpressionProblem) -> PatternNode {
    let body = try grouped(from: start, depth: depth)
    let width = body.width
    if !ahead, width.max != width.min {
      throw problem("look-behind requires fixed-width pattern", at: start)
    }
    looks.append(PatternLook(body: body, ahead: ahead))
    return .assertion(.look(machine: looks.count - 1, negated: negated))
  }

  /// What follows `(?P`.
  private mutating func named(
    from start: Int, depth: Int
  ) throws(RegularExpressionProblem) -> PatternNode {
    if take("=") { throw problem("a back reference is not supported", at: start) }
    guard take("<") else { throw problem("unknown extension after (?P", at: start) }
    let nameOffset = position
    var name = String.UnicodeScalarView()
    while let scalar = takeNext(), scalar != ">" {
      name.append(scalar)
    }
    guard position > nameOffset, scalars[position - 1] == ">" else {
      throw problem("missing >, unterminated name", at: nameOffset)
    }
    guard let first = name.first else { throw problem("missing group name", at: nameOffset) }
    let isIdentifier =
      (first == "_" || first.properties.isXIDStart) && name.allSatisfy { $0.properties.isXIDContinue }
    if !isIdentifier { throw problem("bad character in group name", at: nameOffset) }
    if !groupNames.insert(String(name)).inserted {
      throw problem("redefinition of group name", at: nameOffset)
    }
    return try grouped(from: start, depth: depth)
  }

  /// Flags for the whole pattern, `(?i)`, or for a group, `(?i:`…`)`, `(?-i:`…`)`.
  private mutating func flagged(
    from start: Int, depth: Int, canSetFlags: Bool
  ) throws(RegularExpressionProblem) -> PatternNode? {
    let outer = flags
    var inner = flags
    var isTurningOff = false
    var seenASCII = false
    var seenUnicode = false
    while let scalar = takeNext() {
      switch scalar {
      case "i": inner.ignoresCase = !isTurningOff
      case "m": inner.isMultiline = !isTurningOff
      case "s": inner.dotMatchesAll = !isTurningOff
      case "a" where !isTurningOff && !seenUnicode:
        seenASCII = true
        inner.onlyASCII = true
      case "u" where !isTurningOff && !seenASCII:
        seenUnicode = true
        inner.onlyASCII = false
      case "x": throw problem("the flag x is not supported", at: position - 1)
      case "-" where !isTurningOff:
        isTurningOff = true
        if isNext(":") || isNext(")") { throw problem("missing flag") }
      case ")" where !isTurningOff:
        if !canSetFlags { throw problem("global flags not at the start of the expression", at: start) }
        flags = inner
        return nil
      case ":":
        flags = inner
        let inside = try grouped(from: start, depth: depth)
        flags = outer
        return inside
      default:
        throw problem(position == start + 3 ? "unknown extension after (?" : "unknown flag", at: position - 1)
      }
    }
    throw problem("missing -, : or )")
  }
}
