/// A part of a parsed pattern.
///
/// Groups leave no trace: only whether a pattern matches is asked for, never what matched. For the same reason
/// greedy and lazy repetition are one.
indirect enum PatternNode {
  /// Matches the empty text.
  case empty
  /// Matches one scalar of a set.
  case scalar(ScalarSet)
  /// One after the other.
  case sequence([PatternNode])
  /// Any one of them.
  case choice([PatternNode])
  /// At least `min` times, at most `max`; no bound if that is nil.
  case repetition(PatternNode, min: Int, max: Int?)
  /// Holds or does not at a position, and takes no text.
  case assertion(PatternAssertion)
}

/// What can be asked of a position between two scalars.
enum PatternAssertion: Hashable {
  /// The very beginning: `^`, `\A`.
  case begin
  /// The end, or before a line feed that ends the text: `$`.
  case end
  /// The very end: `\Z`.
  case veryEnd
  /// The beginning of a line: `^` with the flag `m`.
  case lineBegin
  /// The end of a line: `$` with the flag `m`.
  case lineEnd
  /// Between a scalar of a word and another one, `\b`, or not, `\B`.
  case wordBoundary(negated: Bool, onlyASCII: Bool)
  /// What another machine found out about the position: look-ahead and look-behind.
  case look(machine: Int, negated: Bool)

  /// The two words' worth of it that fit into one: kind in the lowest byte, argument above.
  var word: UInt32 {
    switch self {
    case .begin: 0
    case .end: 1
    case .veryEnd: 2
    case .lineBegin: 3
    case .lineEnd: 4
    case .wordBoundary(let negated, let onlyASCII): 5 | (negated ? 0x100 : 0) | (onlyASCII ? 0x200 : 0)
    case .look(let machine, let negated): (negated ? 7 : 6) | UInt32(truncatingIfNeeded: machine) << 8
    }
  }
}

/// A look-ahead or look-behind, to be evaluated for every position before the pattern around it runs.
struct PatternLook {
  /// What has to follow or precede.
  var body: PatternNode
  /// Whether it looks ahead.
  var ahead: Bool
}

/// A pattern as parsed.
struct ParsedPattern {
  /// The pattern.
  var root: PatternNode
  /// Its look-arounds, the inner before the outer.
  var looks: [PatternLook]
}

extension PatternNode {
  /// How many scalars it can take; `max` is nil where there is no bound.
  ///
  /// Both stop growing at a million.
  var width: (min: Int, max: Int?) {
    switch self {
    case .empty, .assertion: return (0, 0)
    case .scalar: return (1, 1)
    case .sequence(let parts):
      return parts.reduce((0, 0)) { sum, part in
        let width = part.width
        return (Self.capped(sum.0 + width.min), Self.sum(sum.1, width.max))
      }
    case .choice(let branches):
      var least = Int.max
      var most: Int? = 0
      for width in branches.map(\.width) {
        least = min(least, width.min)
        if let bound = most, let max = width.max { most = Swift.max(bound, max) } else { most = nil }
      }
      return (least == .max ? 0 : least, most)
    case .repetition(let part, let min, let max):
      let width = part.width
      let least = Self.capped(width.min.multipliedReportingOverflow(by: min))
      if width.max == 0 || max == 0 { return (least, 0) }
      guard let max, let most = width.max else { return (least, nil) }
      return (least, Self.capped(most.multipliedReportingOverflow(by: max)))
    }
  }

  /// Whether it says something about a position anywhere.
  var hasAssertions: Bool {
    switch self {
    case .empty, .scalar: false
    case .assertion: true
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.hasAssertions)
    case .repetition(let part, _, _): part.hasAssertions
    }
  }

  /// The one scalar that it matches, if it is such.
  var literal: UInt32? {
    if case .scalar(let set) = self { set.onlyScalar } else { nil }
  }

  /// Whether it takes nothing and asks nothing.
  var isEmpty: Bool {
    if case .empty = self { true } else { false }
  }

  private static let widthMax = 1_000_000

  private static func capped(_ width: Int) -> Int { min(width, widthMax) }

  private static func capped(_ product: (partialValue: Int, overflow: Bool)) -> Int {
    product.overflow ? widthMax : capped(product.partialValue)
  }

  private static func sum(_ left: Int?, _ right: Int?) -> Int? {
    guard let left, let right else { return nil }
    return capped(left + right)
  }
}
