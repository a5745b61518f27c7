extension PatternParser {
  /// What follows a backslash outside a class.
  mutating func escape(from start: Int) throws(RegularExpressionProblem) -> PatternNode {
    guard let scalar = next else {
      throw problem("bad escape (end of pattern)", at: start)
    }
    if let categories = categories(of: scalar) {
      position += 1
      return .scalar(categories)
    }
    switch scalar {
    case "A", "Z", "b", "B":
      position += 1
      return .assertion(anchor(of: scalar))
    case "1"..."9":
      guard let value = try takeOctalTriple(from: start) else {
        throw problem("a back reference is not supported", at: start)
      }
      return try literal(value, at: start)
    case "0":
      position += 1
      return try literal(takeDigits(max: 2, radix: 8).value, at: start)
    default: return try literal(try escapedScalar(from: start), at: start)
    }
  }

  private func anchor(of scalar: Unicode.Scalar) -> PatternAssertion {
    switch scalar {
    case "A": .begin
    case "Z": .veryEnd
    default: .wordBoundary(negated: scalar == "B", onlyASCII: flags.onlyASCII)
    }
  }

  /// `\d`, `\w`, `\s` and their opposites.
  private func categories(of scalar: Unicode.Scalar) -> ScalarSet? {
    let digits: [ClosedRange<UInt32>] = [0x30...0x39]
    let words: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a]
    let spaces: [ClosedRange<UInt32>] = [0x09...0x0d, 0x20...0x20]
    switch (scalar, flags.onlyASCII) {
    case ("d", false): return ScalarSet(categories: .digit)
    case ("D", false): return ScalarSet(categories: .notDigit)
    case ("w", false): return ScalarSet(categories: .word)
    case ("W", false): return ScalarSet(categories: .notWord)
    case ("s", false): return ScalarSet(categories: .space)
    case ("S", false): return ScalarSet(categories: .notSpace)
    case ("d", true): return ScalarSet(ranges: digits)
    case ("D", true): return ScalarSet(isNegated: true, ranges: digits)
    case ("w", true): return ScalarSet(ranges: words)
    case ("W", true): return ScalarSet(isNegated: true, ranges: words)
    case ("s", true): return ScalarSet(ranges: spaces)
    case ("S", true): return ScalarSet(isNegated: true, ranges: spaces)
    default: return nil
    }
  }

  /// The scalar of an escape that stands for one, in a class or outside, except octal numbers.
  private mutating func escapedScalar(from start: Int) throws(RegularExpressionProblem) -> UInt32 {
    guard let scalar = takeNext() else {
      throw problem("bad escape (end of pattern)", at: start)
    }
    switch scalar {
    case "a": return 0x07
    case "f": return 0x0c
    case "n": return 0x0a
    case "r": return 0x0d
    case "t": return 0x09
    case "v": return 0x0b
    case "x": return try takeHexadecimal(digits: 2, from: start)
    case "u": return try takeHexadecimal(digits: 4, from: start)
    case "U":
      let value = try takeHexadecimal(digits: 8, from: start)
      if value > 0x10_ffff { throw problem("bad escape: no such character", at: start) }
      return value
    case "N": throw problem("a character by its name is not supported", at: start)
    case "a"..."z", "A"..."Z", "0"..."9": throw problem("bad escape \\\(scalar)", at: start)
    default: return scalar.value
    }
  }

  private mutating func takeHexadecimal(
    digits: Int, from start: Int
  ) throws(RegularExpressionProblem) -> UInt32 {
    let (value, count) = takeDigits(max: digits, radix: 16)
    if count < digits { throw problem("incomplete escape", at: start) }
    return value
  }

  private mutating func takeDigits(max: Int, radix: UInt32) -> (value: UInt32, count: Int) {
    var value: UInt32 = 0
    var count = 0
    while count < max, let digit = next.flatMap(Self.digit(_:)), digit < radix {
      value = value &* radix &+ digit
      count += 1
      position += 1
    }
    return (value, count)
  }

  private static func digit(_ scalar: Unicode.Scalar) -> UInt32? {
    switch scalar {
    case "0"..."9": scalar.value - 0x30
    case "A"..."F": scalar.value - 0x41 + 10
    case "a"..."f": scalar.value - 0x61 + 10
    default: nil
    }
  }

  /// Three octal digits, which are a character; nil, and nothing taken, where there are fewer.
  private mutating func takeOctalTriple(from start: Int) throws(RegularExpressionProblem) -> UInt32? {
    let here = position
    let (value, count) = takeDigits(max: 3, radix: 8)
    guard count == 3 else {
      position = here
      return nil
    }
    if value > 0o377 { throw problem("octal escape outside of range 0-0o377", at: start) }
    return value
  }

  // MARK: Classes

  /// What follows an opening bracket, to the closing one.
  mutating func scalarClass(from start: Int) throws(RegularExpressionProblem) -> ScalarSet {
    var set = ScalarSet(isNegated: take("^"))
    let first = position
    while true {
      guard let scalar = next else { throw problem("unterminated character set", at: start) }
      if scalar == "]", position > first {
        position += 1
        return try folded(set, at: start)
      }
      try addMember(to: &set, classStart: start)
    }
  }

  /// A scalar, a range or a class in a class.
  private mutating func addMember(
    to set: inout ScalarSet, classStart: Int
  ) throws(RegularExpressionProblem) {
    partsCount += 1
    if partsCount > Self.partsMax { throw problem("the pattern is too long") }
    let memberOffset = position
    let low = try member()
    guard isNext("-"), position + 1 < scalars.count, scalars[position + 1] != "]" else {
      if isNext("-"), position + 1 >= scalars.count {
        throw problem("unterminated character set", at: classStart)
      }
      set.add(low)
      return
    }
    position += 1
    let high = try member()
    guard let from = low.plainScalar, let to = high.plainScalar, from <= to else {
      throw problem("bad character range", at: memberOffset)
    }
    set.ranges.append(from...to)
  }

  /// One member of a class: a scalar or `\d` and the like.
  private mutating func member() throws(RegularExpressionProblem) -> ScalarSet {
    let start = position
    guard let scalar = takeNext() else { throw problem("unterminated character set") }
    guard scalar == "\\" else { return ScalarSet(scalar.value) }
    guard let escaped = next else {
      throw problem("bad escape (end of pattern)", at: start)
    }
    if let set = categories(of: escaped) {
      position += 1
      return set
    }
    switch escaped {
    case "b":
      position += 1
      return ScalarSet(0x08)
    case "0"..."7":
      let value = takeDigits(max: 3, radix: 8).value
      if value > 0o377 { throw problem("octal escape outside of range 0-0o377", at: start) }
      return ScalarSet(value)
    default: return ScalarSet(try escapedScalar(from: start))
    }
  }

  // MARK: Case

  /// A set with the other case of every letter, where the flags ask for it.
  func folded(_ set: ScalarSet, at offset: Int) throws(RegularExpressionProblem) -> ScalarSet {
    guard flags.ignoresCase else { return set }
    var result = set
    for range in set.ranges {
      if range.upperBound >= 0x80 {
        throw problem("ignoring case outside of ASCII is not supported", at: offset)
      }
      for scalar in range { result.ranges += otherCases(of: scalar).map { $0...$0 } }
    }
    return result
  }

  /// The scalars that are the same letter as one of ASCII.
  ///
  /// Four of them lie outside: dotted and dotless I, the
  /// long s and the sign of the kelvin.
  private func otherCases(of scalar: UInt32) -> [UInt32] {
    guard let letter = Unicode.Scalar(scalar), letter.properties.isAlphabetic else { return [] }
    let other = [scalar ^ 0x20]
    if flags.onlyASCII { return other }
    switch scalar | 0x20 {
    case 0x69: return other + [0x130, 0x131]
    case 0x6b: return other + [0x212a]
    case 0x73: return other + [0x17f]
    default: return other
    }
  }
}

extension ScalarSet {
  /// The scalar of a set that was made from one, also if it is half of a pair of surrogates.
  var plainScalar: UInt32? {
    guard !isNegated, categories.isEmpty, let range = ranges.first else { return nil }
    return range.lowerBound == range.upperBound ? range.lowerBound : nil
  }

  /// Adds another set.
  ///
  /// A negated one, which only the flag `a` makes, is written out.
  mutating func add(_ other: ScalarSet) {
    categories.formUnion(other.categories)
    guard other.isNegated else {
      ranges += other.ranges
      return
    }
    var low: UInt32 = 0
    for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if low < range.lowerBound { ranges.append(low...(range.lowerBound - 1)) }
      low = range.upperBound + 1
    }
    ranges.append(low...0x10_ffff)
  }
}
