/// Regular expressions as Python's `re.search` understands them, which is what bindings are written for: not
/// anchored, case sensitive, over Unicode scalars, `$` also before a line feed that ends the text.
///
/// A pattern becomes a program of words that holds no pointer, so that it can lie in a file that is mapped. A search
/// takes time in proportion to the text for any pattern: it follows all ways through the pattern at once and never
/// goes back.
///
/// Refused are back references, conditions on groups, atomic groups, possessive repetition, characters by name, the
/// flags `x` and `L`, ignoring case outside of ASCII, and what would take more than `PatternAutomaton.statesMax`
/// states.
public enum RegularExpression {
  /// The most words of a program.
  static let wordsMax = 1 << 20

  /// Translates a pattern into a program.
  /// - Throws: `RegularExpressionProblem` where Python's `re` would refuse the pattern, and for what is named above.
  /// - Complexity: bounded, whatever the pattern.
  public static func compile(_ text: String) throws(RegularExpressionProblem) -> [UInt32] {
    let pattern = try PatternParser.parse(text)
    let outline = PatternOutline(pattern.root)
    var machines: [(automaton: PatternAutomaton, isBackward: Bool)] = []
    if !outline.isComplete {
      // What precedes a position is found by reading forward to it, what follows by reading backward.
      for look in pattern.looks {
        machines.append((try PatternAutomaton.make(look.body, backward: look.ahead), look.ahead))
      }
      let root = PatternNode.sequence(PatternOutline.flattened(pattern.root))
      machines.append((try PatternAutomaton.make(root, backward: false), false))
    }
    let words = PatternEncoder.encode(outline, machines)
    if words.count > wordsMax {
      throw RegularExpressionProblem(offset: 0, message: "the pattern is too large")
    }
    return words
  }

  /// Whether a text contains a match of a program.
  ///
  /// Bytes that are no UTF-8 count as U+FFFD, one each. A program that is damaged gives some answer.
  /// - Complexity: O(*n* · *m*) in the length of the text and the size of the program; no memory is allocated unless
  ///   the pattern has more than 64 states, or looks around in a long text.
  public static func search(
    _ program: UnsafeBufferPointer<UInt32>, in text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    let words = PatternWords(program)
    let head = words[0]
    guard head & PatternLayout.signatureMask == PatternLayout.signature else { return false }
    let prefixCount = Int(words[1])
    let suffixCount = Int(words[2])
    let requiredCount = Int(words[3])
    let prefixOffset = PatternLayout.headWords
    let suffixOffset = prefixOffset + PatternLayout.words(ofBytes: prefixCount)
    let requiredOffset = suffixOffset + PatternLayout.words(ofBytes: suffixCount)
    let machinesOffset = requiredOffset + PatternLayout.words(ofBytes: requiredCount)
    guard machinesOffset <= words.count, let bytes = words.bytes else { return false }
    let prefix = UnsafeBufferPointer(start: bytes + prefixOffset * 4, count: prefixCount)
    guard isAt(0, prefix, in: text) else { return false }
    let end = text.count
    let suffix = UnsafeBufferPointer(start: bytes + suffixOffset * 4, count: suffixCount)
    let isExact = head & PatternLayout.isExact != 0
    let mayEndLine = head & PatternLayout.mayEndLine != 0 && end > 0 && text[end - 1] == 0x0a
    let isEnding = { (end: Int) in
      isAt(end - suffixCount, suffix, in: text) && (!isExact || end == suffixCount)
    }
    guard isEnding(end) || (mayEndLine && isEnding(end - 1)) else { return false }
    if requiredCount > 0 {
      let required = UnsafeBufferPointer(start: bytes + requiredOffset * 4, count: requiredCount)
      guard contains(required, in: text) else { return false }
    }
    if head & PatternLayout.isComplete != 0 { return true }
    return PatternMachines(words: words, offset: machinesOffset, text: text).search()
  }

  /// Whether a text has a part at an offset.
  @inline(__always)
  private static func isAt(
    _ offset: Int, _ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard offset >= 0, part.count <= text.count - offset else { return false }
    var index = 0
    while index < part.count {
      if part[index] != text[offset + index] { return false }
      index += 1
    }
    return true
  }

  private static func contains(
    _ part: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard let first = part.first else { return true }
    var offset = 0
    while offset <= text.count - part.count {
      if text[offset] == first, isAt(offset, part, in: text) { return true }
      offset += 1
    }
    return false
  }
}
