import Diagnostics
import Yams

/// Reads one YAML document of untrusted text with Yams.
///
/// What none of our files has a need of is refused before it can cost anything: aliases and anchors (with which a
/// short text stands for an endless one), tags and their directives (of which libyaml compares each with all before
/// it), deep nesting and large files.
struct YAMLReader {
  /// The most bytes of a file.
  static let bytesMax = 1 << 20
  /// The deepest nesting of lists and mappings.
  static let depthMax = 64

  private var positions: YAMLPositions
  private let bytes: [UInt8]
  private let dialect: YAMLDialect

  private init(_ bytes: [UInt8], file: SourceFileID, _ dialect: YAMLDialect) {
    self.bytes = bytes
    self.dialect = dialect
    positions = YAMLPositions(bytes, file: file)
  }

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - file: its index in the source map.
  ///   - dialect: what sort of file it is.
  /// - Returns: the value, or why there is none.
  static func read(
    _ bytes: [UInt8], file: SourceFileID, as dialect: YAMLDialect
  ) -> Result<YAMLValue, YAMLRefusal> {
    guard bytes.count <= bytesMax else {
      var finding = oversize(name: nil, dialect)
      finding.span = SourceSpan(file: file, start: 0, end: 0)
      return .failure(YAMLRefusal(finding))
    }
    var reader = YAMLReader(bytes, file: file, dialect)
    do {
      return .success(try reader.readDocument())
    } catch {
      return .failure(error)
    }
  }

  /// The finding for a file that was too large to be read, of which there is a name and no text.
  static func oversize(name: String?, _ dialect: YAMLDialect) -> Diagnostic {
    var finding = Diagnostic(
      dialect.oversized, "the \(dialect.noun) is larger than \(Text.size(UInt64(bytesMax)))", at: nil)
    finding.file = name
    return finding
  }

  private mutating func readDocument() throws(YAMLRefusal) -> YAMLValue {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw refuse(
        dialect.malformed, "the \(dialect.noun) is not valid UTF-8", at: positions.firstUnreadable(),
        help: "save the file as UTF-8")
    }
    if let place = YAMLAliases.firstSuspect(in: bytes) {
      throw refuseReference(at: place)
    }
    if let place = positions.firstLine(startingWith: "%TAG") {
      throw refuse(
        dialect.reference, "the YAML directive `%TAG` is not used in \(dialect.plural)",
        at: positions.restOfLine(from: place))
    }
    let parser: Yams.Parser
    let root: Yams.Node?
    do {
      parser = try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch let error as YamlError {
      throw refusal(of: error)
    } catch {
      throw refuse(dialect.malformed, "the \(dialect.noun) is no YAML", at: positions.span(0, 0))
    }
    guard let root else {
      if dialect.canBeEmpty { return YAMLValue(content: .mapping([]), span: positions.span(0, 0)) }
      throw refuse(
        dialect.severalDocuments, "the \(dialect.noun) is empty", at: positions.span(0, 0),
        help: dialect.example)
    }
    // Anchors are held weakly by the nodes and strongly by the parser.
    let value = try withExtendedLifetime(parser) { () throws(YAMLRefusal) in try convert(root, depth: 1) }
    if dialect.canBeEmpty, case .scalar("", isQuoted: false) = value.content {
      return YAMLValue(content: .mapping([]), span: value.span)
    }
    return value
  }

  private mutating func convert(_ node: Yams.Node, depth: Int) throws(YAMLRefusal) -> YAMLValue {
    let mark = node.mark
    let start = positions.offset(line: mark?.line ?? 1, column: mark?.column ?? 1)
    if node.anchor != nil { throw refuseReference(at: start) }
    guard depth <= Self.depthMax else {
      throw refuse(
        dialect.oversized, "the \(dialect.noun) nests deeper than \(Self.depthMax) levels",
        at: positions.span(start, start + 1))
    }
    switch node {
    case .scalar(let scalar):
      let span = positions.scalar(at: start, text: scalar.string)
      try check(scalar.tag, at: span)
      let isQuoted = scalar.style != .plain && scalar.style != .any
      return YAMLValue(content: .scalar(scalar.string, isQuoted: isQuoted), span: span)
    case .sequence(let sequence):
      let span = positions.restOfLine(from: start)
      try check(sequence.tag, at: span)
      var values: [YAMLValue] = []
      for element in sequence { values.append(try convert(element, depth: depth + 1)) }
      return YAMLValue(content: .list(values), span: span)
    case .mapping(let mapping):
      let span = positions.restOfLine(from: start)
      try check(mapping.tag, at: span)
      var pairs: [YAMLValue.Pair] = []
      for (key, value) in mapping {
        let key = try convert(key, depth: depth + 1)
        pairs.append(YAMLValue.Pair(key: key, value: try convert(value, depth: depth + 1)))
      }
      return YAMLValue(content: .mapping(pairs), span: span)
    case .alias: throw refuseReference(at: start)
    }
  }

  /// The tags of values as they are written in YAML, which Yams puts on some that have none.
  private static let plainTags = [
    Tag.Name.implicit.rawValue, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:map",
  ]

  /// Refuses an explicit type.
  private func check(_ tag: Tag, at span: SourceSpan) throws(YAMLRefusal) {
    guard !Self.plainTags.contains(tag.rawValue) else { return }
    let name = QuotedText.shown(tag.rawValue)
    throw refuse(dialect.reference, "the tag `\(name)` is not used in \(dialect.plural)", at: span)
  }

  // MARK: Refusals

  private func refuse(
    _ rule: Rule, _ message: String, at span: SourceSpan, help: String? = nil
  ) -> YAMLRefusal {
    YAMLRefusal(Diagnostic(rule, message, at: span, help: help))
  }

  private func refuseReference(at offset: Int) -> YAMLRefusal {
    var end = offset
    while end < bytes.count, !YAMLAliases.endsName(bytes[end]) { end += 1 }
    let name = QuotedText.shown(String(decoding: bytes[offset..<end], as: UTF8.self))
    var finding = Diagnostic(
      dialect.reference, "the YAML anchor or alias `\(name)` is not used in \(dialect.plural)",
      at: positions.span(offset, end))
    finding.help = "write the value out, or put it in quotes if it is text"
    return YAMLRefusal(finding)
  }

  private mutating func refusal(of error: YamlError) -> YAMLRefusal {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
      let isNesting = problem.hasPrefix("Maximum nesting")
      let start = positions.offset(line: mark.line, column: mark.column)
      let message =
        isNesting
        ? "the \(dialect.noun) nests deeper than \(Self.depthMax) levels" : "this is no YAML: \(problem)"
      return refuse(
        isNesting ? dialect.oversized : dialect.malformed, message, at: positions.span(start, start + 1))
    case .composer(_, let problem, let mark, _):
      let start = positions.offset(line: mark.line, column: mark.column)
      guard problem.contains("another document") else {
        return refuse(dialect.malformed, "this is no YAML: \(problem)", at: positions.span(start, start + 1))
      }
      return refuse(
        dialect.severalDocuments, "the file has a second document", at: positions.restOfLine(from: start),
        help: "keep one; a line with `---` begins another")
    case .duplicatedKeysInMapping(let names, let context):
      let start = positions.offset(line: context.mark.line, column: context.mark.column)
      let keys = Text.list(names.prefix(4).map(QuotedText.shown))
      return refuse(
        dialect.repeatedKey, "the mapping has \(keys) more than once",
        at: positions.scalar(at: start, text: names.first ?? ""), help: "keep one of them")
    case .reader(let problem, _, _, _):
      return refuse(
        dialect.malformed, "this is no YAML: \(problem)", at: positions.firstUnreadable(),
        help: "delete the character")
    default:
      return refuse(dialect.malformed, "the \(dialect.noun) is no YAML", at: positions.span(0, 0))
    }
  }
}

/// Why a YAML file was not read.
struct YAMLRefusal: Error {
  let finding: Diagnostic

  init(_ finding: Diagnostic) { self.finding = finding }
}

extension Diagnostic {
  /// A finding of a rule, of the rule's own severity.
  init(_ rule: Rule, _ message: String, at span: SourceSpan?, help: String? = nil) {
    self.init(rule.id, rule.severity, message, at: span, help: help)
  }
}

/// Finds aliases in YAML text without parsing it: Yams would compare what they stand for, however large, before anyone
/// could refuse it.
///
/// No alias is missed. What looks like one inside quotes or text is taken for one too, unless it is in a comment that
/// has no quotes behind it.
enum YAMLAliases {
  /// The offset of the first `*name` that could be an alias, or nil where there is none.
  ///
  /// - Complexity: O(n).
  static func firstSuspect(in bytes: [UInt8]) -> Int? {
    let starts = YAMLPositions.lineStarts(of: bytes)
    for (start, end) in zip(starts, starts.dropFirst() + [bytes.count]) {
      let content = endOfContent(bytes, from: start, to: end)
      if let found = firstSuspect(in: bytes, from: start, to: content) { return found }
    }
    return nil
  }

  /// Where the comment of a line begins for certain.
  ///
  /// Behind the last quote of the line, a `#` at the start of the line or after a blank opens a comment, or stands in
  /// a text that goes on to the end of the line.
  private static func endOfContent(_ bytes: [UInt8], from start: Int, to end: Int) -> Int {
    let quotes: [UInt8] = [UInt8(ascii: "'"), UInt8(ascii: "\"")]
    let open = bytes[start..<end].lastIndex { quotes.contains($0) }.map { $0 + 1 } ?? start
    for index in open..<end where bytes[index] == UInt8(ascii: "#") {
      if index == start || [0x20, 0x09].contains(bytes[index - 1]) { return index }
    }
    return end
  }

  private static func firstSuspect(in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
    for index in start..<end where bytes[index] == UInt8(ascii: "*") {
      let canBegin = index == 0 || beginsToken(after: bytes[index - 1])
      if canBegin, index + 1 < bytes.count, !endsName(bytes[index + 1]) { return index }
    }
    return nil
  }

  /// Whether a token can begin behind this byte: a blank, a line end, an indicator, or a part of a character that is
  /// not ASCII and may be a line end.
  ///
  /// Not behind letters, digits or quotes.
  private static func beginsToken(after byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): false
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "_"):
      false
    default: true
    }
  }

  /// Whether a byte ends the name of an anchor.
  static func endsName(_ byte: UInt8) -> Bool {
    byte <= 0x20
      || [UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":")].contains(byte)
  }
}
