/// The fixed text of a pattern, which decides most searches before any automaton runs.
struct PatternOutline {
  /// What a text has to begin with, if `isAtBegin`.
  var prefix: [UInt8] = []
  /// What it has to end with, if `ending` is set.
  var suffix: [UInt8] = []
  /// What it has to contain.
  var required: [UInt8] = []
  /// Whether a match begins at the beginning of the text.
  var isAtBegin = false
  /// Where a match has to end, if that is known: `.end` or `.veryEnd`.
  var ending: PatternAssertion?
  /// Whether nothing is left to ask once prefix, suffix and required text are there.
  var isComplete = false

  /// What is known of a pattern.
  init(_ root: PatternNode) {
    var parts = Self.flattened(root)
    if case .assertion(.begin)? = parts.first {
      isAtBegin = true
      parts.removeFirst()
    }
    switch parts.last {
    case .assertion(.end): ending = .end
    case .assertion(.veryEnd): ending = .veryEnd
    default: break
    }
    if ending != nil { parts.removeLast() }
    let literals = parts.map(\.literal)
    if literals.allSatisfy({ $0 != nil }) {
      complete(Self.utf8(literals.compactMap(\.self)))
      return
    }
    if isAtBegin { prefix = Self.utf8(literals.prefix { $0 != nil }.compactMap(\.self)) }
    if ending != nil {
      suffix = Self.utf8(Array(literals.reversed().prefix { $0 != nil }.compactMap(\.self).reversed()))
    }
    required = Self.longestRun(of: literals)
    if required.count <= max(prefix.count, suffix.count) { required = [] }
  }

  /// A pattern that is one text.
  ///
  /// At both ends it stands as the prefix and the suffix: with a text of that length
  /// both are the whole.
  private mutating func complete(_ text: [UInt8]) {
    isComplete = true
    if isAtBegin { prefix = text }
    if ending != nil { suffix = text }
    if !isAtBegin, ending == nil { required = text }
  }

  /// The parts of a sequence without what changes nothing: what may be absent at an end that is not fixed.
  static func flattened(_ root: PatternNode) -> [PatternNode] {
    var parts: [PatternNode] = []
    append(root, to: &parts)
    let isIdle = { (part: PatternNode) in part.width.min == 0 && !part.hasAssertions }
    while let last = parts.last, isIdle(last) { parts.removeLast() }
    if let first = parts.firstIndex(where: { !isIdle($0) }), first > 0 { parts.removeSubrange(..<first) }
    return parts
  }

  private static func append(_ node: PatternNode, to parts: inout [PatternNode]) {
    switch node {
    case .empty: break
    case .sequence(let inner): for part in inner { append(part, to: &parts) }
    default: parts.append(node)
    }
  }

  private static func longestRun(of literals: [UInt32?]) -> [UInt8] {
    literals.split(separator: nil).map { utf8($0.compactMap(\.self)) }
      .reduce([]) { $1.count > $0.count ? $1 : $0 }
  }

  private static func utf8(_ scalars: [UInt32]) -> [UInt8] {
    var text = ""
    for scalar in scalars.compactMap(Unicode.Scalar.init) { text.unicodeScalars.append(scalar) }
    return Array(text.utf8)
  }
}
