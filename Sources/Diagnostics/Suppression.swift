/// Finds the comments by which a source allows what a rule objects to.
///
/// `/* dtheap:allow DTH230 reason */` or `// dtheap:allow unaligned-cma-region reason`, on the line where a finding
/// begins or on the line above. Several rules are separated by blanks or commas. Only lines of findings are looked
/// at, in the file that the user wrote: a preprocessor has removed the comments from what the parser saw.
public struct Suppressions: Sendable {
  private let sources: SourceMap

  /// Looks for comments in `sources` and in the originals that it can read.
  public init(_ sources: SourceMap) { self.sources = sources }

  /// Whether a comment allows what `finding` says.
  ///
  /// A finding without a place cannot be allowed.
  public func allow(_ finding: Diagnostic) -> Bool {
    guard let span = finding.span else { return false }
    let place = sources.resolve(span)
    return [0, -1].contains { Self.line(place.line($0), allows: finding.rule) }
  }

  /// How much of a line is looked at.
  private static let lineBytesMax = 1 << 14

  /// Whether a comment in `line` names `rule`.
  static func line(_ line: ArraySlice<UInt8>, allows rule: RuleID) -> Bool {
    let line = line.prefix(lineBytesMax)
    let marker = Array("dtheap:allow".utf8)
    var at = line.startIndex
    var isString = false
    while at + 1 < line.endIndex {
      let (byte, next) = (line[at], line[at + 1])
      if byte == UInt8(ascii: "\\"), isString {
        at += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { isString.toggle() }
      let isLineComment = byte == UInt8(ascii: "/") && next == UInt8(ascii: "/")
      guard !isString, isLineComment || (byte == UInt8(ascii: "/") && next == UInt8(ascii: "*")) else {
        at += 1
        continue
      }
      let body = isLineComment ? line[(at + 2)...] : untilCommentEnd(line[(at + 2)...])
      let words = body.drop { isBlank($0) }
      if words.starts(with: marker), names(words.dropFirst(marker.count), rule) { return true }
      if isLineComment { return false }
      at = body.endIndex + 2
    }
    return false
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private static func untilCommentEnd(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = text.startIndex
    while end < text.endIndex {
      if text[end] == UInt8(ascii: "*"), end + 1 < text.endIndex, text[end + 1] == UInt8(ascii: "/") { break }
      end += 1
    }
    return text[..<end]
  }

  /// Whether the list of rules at the front of `text` holds `rule`.
  ///
  /// The list is the first word, each word after a comma, and words that look like a code or a rule's
  /// name. The first other word begins the reason.
  private static func names(_ text: ArraySlice<UInt8>, _ rule: RuleID) -> Bool {
    guard let first = text.first, isBlank(first) else { return false }
    var rest = text
    var mustBeRule = true
    while true {
      rest = rest.drop { isBlank($0) || $0 == UInt8(ascii: ",") }
      let word = rest.prefix { !isBlank($0) && $0 != UInt8(ascii: ",") }
      guard !word.isEmpty, mustBeRule || looksLikeRule(word) else { return false }
      if word.elementsEqual(rule.code.utf8) || word.elementsEqual(rule.name.utf8) { return true }
      rest = rest.dropFirst(word.count)
      mustBeRule = rest.drop { isBlank($0) }.first == UInt8(ascii: ",")
    }
  }

  private static func looksLikeRule(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    if word.starts(with: "DTH".utf8), word.count > 3 { return word.dropFirst(3).allSatisfy(digits.contains) }
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    return word.contains(UInt8(ascii: "-"))
      && word.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
  }
}
