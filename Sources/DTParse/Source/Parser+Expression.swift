import Diagnostics

/// Integer expressions: unsigned 64 bits, wrapping, computed as they are read, so that a division by zero in a branch
/// that is not taken is an error too (dtc, dtc-parser.y).
extension Parser {
  /// Reads a number, a character or an expression in parentheses; nil if something else stands there.
  mutating func parseIntegerPrimary(_ expected: String, depth: Int = 0) -> UInt64? {
    switch token.kind {
    case .integer, .character:
      let value = token.value
      advance()
      return value
    case .punctuation where token.value == UInt64(UInt8(ascii: "(")):
      guard depth < lexer.files.limits.expressionNestingMax else {
        report(
          .limitExceeded, "an expression is nested more than \(lexer.files.limits.expressionNestingMax) deep")
        return nil
      }
      advance()
      guard let value = parseConditional(depth: depth + 1) else { return nil }
      guard takePunctuation(UInt8(ascii: ")"), "to close the expression") else { return nil }
      return value
    default:
      report(.syntaxError, "expected \(expected), found \(tokenDescription)")
      return nil
    }
  }

  private mutating func parseConditional(depth: Int) -> UInt64? {
    guard depth <= lexer.files.limits.expressionNestingMax else {
      report(
        .limitExceeded, "an expression is nested more than \(lexer.files.limits.expressionNestingMax) deep")
      return nil
    }
    // The chain `a ? b : c ? d : e` is flat: the first branch that is taken decides.
    var chosen: UInt64?
    while true {
      guard let value = parseBinary(minimum: 1, depth: depth) else { return nil }
      guard token.isPunctuation(UInt8(ascii: "?")) else { return chosen ?? value }
      advance()
      guard let yes = parseConditional(depth: depth + 1),
        takePunctuation(UInt8(ascii: ":"), "and what else the value is")
      else { return nil }
      if chosen == nil, value != 0 { chosen = yes }
    }
  }

  /// How tightly the operator at the cursor binds, from 1; 0 if there is none.
  private var precedence: Int {
    switch token.kind {
    case .or: 1
    case .and: 2
    case .equal, .notEqual: 6
    case .lessOrEqual, .greaterOrEqual: 7
    case .shiftLeft, .shiftRight: 8
    case .punctuation:
      switch UInt8(truncatingIfNeeded: token.value) {
      case UInt8(ascii: "|"): 3
      case UInt8(ascii: "^"): 4
      case UInt8(ascii: "&"): 5
      case UInt8(ascii: "<"), UInt8(ascii: ">"): 7
      case UInt8(ascii: "+"), UInt8(ascii: "-"): 9
      case UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"): 10
      default: 0
      }
    default: 0
    }
  }

  private mutating func parseBinary(minimum: Int, depth: Int) -> UInt64? {
    guard var left = parseUnary(depth: depth) else { return nil }
    while true {
      let level = precedence
      guard level >= minimum else { return left }
      let operation = token
      advance()
      let rightStart = token.span
      guard let right = parseBinary(minimum: level + 1, depth: depth) else { return nil }
      left = apply(operation, left, right, rightStart)
    }
  }

  private mutating func apply(_ operation: Token, _ a: UInt64, _ b: UInt64, _ place: SourceSpan) -> UInt64 {
    switch operation.kind {
    case .or: return a != 0 || b != 0 ? 1 : 0
    case .and: return a != 0 && b != 0 ? 1 : 0
    case .equal: return a == b ? 1 : 0
    case .notEqual: return a != b ? 1 : 0
    case .lessOrEqual: return a <= b ? 1 : 0
    case .greaterOrEqual: return a >= b ? 1 : 0
    case .shiftLeft: return b < 64 ? a &<< b : 0
    case .shiftRight: return b < 64 ? a &>> b : 0
    default: break
    }
    switch UInt8(truncatingIfNeeded: operation.value) {
    case UInt8(ascii: "|"): return a | b
    case UInt8(ascii: "^"): return a ^ b
    case UInt8(ascii: "&"): return a & b
    case UInt8(ascii: "<"): return a < b ? 1 : 0
    case UInt8(ascii: ">"): return a > b ? 1 : 0
    case UInt8(ascii: "+"): return a &+ b
    case UInt8(ascii: "-"): return a &- b
    case UInt8(ascii: "*"): return a &* b
    default: break
    }
    guard b != 0 else {
      report(
        .invalidExpression, "division by zero", at: operation.span.extended(to: place),
        help: "every branch of an expression is computed, also those not taken")
      return 0
    }
    return operation.value == UInt64(UInt8(ascii: "/")) ? a / b : a % b
  }

  private mutating func parseUnary(depth: Int) -> UInt64? {
    var operators: [UInt8] = []
    while "-~!".utf8.contains(where: { token.isPunctuation($0) }) {
      operators.append(UInt8(truncatingIfNeeded: token.value))
      advance()
    }
    guard var value = parseIntegerPrimary("a number", depth: depth) else { return nil }
    for character in operators.reversed() {
      switch character {
      case UInt8(ascii: "-"): value = 0 &- value
      case UInt8(ascii: "~"): value = ~value
      default: value = value == 0 ? 1 : 0
      }
    }
    return value
  }
}
