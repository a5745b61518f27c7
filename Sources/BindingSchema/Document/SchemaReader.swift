import CYaml
import Diagnostics

/// Reads a binding: one YAML document of untrusted text.
///
/// The events of libyaml, which is the parser inside Yams, are read straight into ``SchemaValue``: thousands of
/// bindings are read in one run, and a tree of Yams nodes costs several times as much. Scalars mean what YAML 1.2's
/// core schema says (`CoreSchema`), as they do for dt-schema, and never what YAML 1.1 says.
public struct SchemaReader {
  /// The most bytes of a file.
  public static let bytesMax = 4 << 20
  /// The deepest nesting of lists and maps, aliases included.
  public static let depthMax = 128
  /// The most values of a file, each alias counted with all that it stands for.
  public static let valuesMax = 200_000

  /// What an anchor names.
  private struct Anchored {
    let value: SchemaValue
    let count: Int
    let height: Int
  }

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private var event = yaml_event_t()
  private var anchors: [String: Anchored] = [:]
  private var count = 0
  /// How many levels the value that was read last has.
  private var height = 0

  private init(_ parser: UnsafeMutablePointer<yaml_parser_t>) { self.parser = parser }

  /// Reads a document.
  /// - Parameter bytes: the file, at most ``bytesMax`` of them.
  /// - Returns: its value.
  /// - Throws: what keeps it from being read: no YAML, a repeated key, a limit, more than one document or none.
  /// - Complexity: O(n) in the number of bytes and of the values that aliases stand for.
  public static func read(_ bytes: [UInt8]) throws(BindingProblem) -> SchemaValue {
    guard bytes.count <= bytesMax else {
      throw BindingProblem(.oversizedBinding, "the binding is larger than \(Text.size(UInt64(bytesMax)))")
    }
    guard countTags(in: bytes) <= tagsMax else {
      throw BindingProblem(.oversizedBinding, "the binding has more than \(tagsMax) `%TAG` directives")
    }
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { parser.deallocate() }
    guard yaml_parser_initialize(parser) == 1 else {
      throw BindingProblem(.unreadableBinding, "there is no memory left to read it")
    }
    defer { yaml_parser_delete(parser) }
    let result = bytes.withUnsafeBufferPointer { buffer -> Result<SchemaValue, BindingProblem> in
      yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
      var reader = SchemaReader(parser)
      defer { yaml_event_delete(&reader.event) }
      do throws(BindingProblem) { return .success(try reader.readDocument()) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// The most `%TAG` directives of a file; libyaml compares each with all before it.
  private static let tagsMax = 64

  /// How often `%TAG` is written, as a directive or otherwise.
  private static func countTags(in bytes: [UInt8]) -> Int {
    var count = 0
    var rest = bytes[...]
    while let at = rest.firstIndex(of: UInt8(ascii: "%")) {
      rest = rest[(at + 1)...]
      if rest.starts(with: "TAG".utf8) { count += 1 }
    }
    return count
  }

  private mutating func readDocument() throws(BindingProblem) -> SchemaValue {
    try advance()
    try advance()
    guard event.type == YAML_DOCUMENT_START_EVENT else {
      throw BindingProblem(.unreadableBinding, "the file is empty")
    }
    try advance()
    let value = try readValue(depth: 1)
    try advance()
    try advance()
    guard event.type == YAML_STREAM_END_EVENT else {
      throw BindingProblem(.unreadableBinding, "the file has a second document", at: mark)
    }
    return value
  }

  /// The place of the event.
  private var mark: SchemaValue.Mark { Self.mark(event.start_mark) }

  private static func mark(_ mark: yaml_mark_t) -> SchemaValue.Mark {
    // libyaml counts from 0; a file has fewer bytes than fit into 32 bits.
    SchemaValue.Mark(
      line: UInt32(truncatingIfNeeded: mark.line) &+ 1, column: UInt32(truncatingIfNeeded: mark.column) &+ 1)
  }

  private mutating func advance() throws(BindingProblem) {
    yaml_event_delete(&event)
    guard yaml_parser_parse(parser, &event) == 1 else { throw refusal() }
  }

  /// What libyaml objects to.
  private func refusal() -> BindingProblem {
    let problem = parser.pointee.problem.map { String(cString: $0) } ?? "unknown error"
    guard parser.pointee.error != YAML_READER_ERROR else {
      return BindingProblem(.unreadableBinding, "this is no YAML: \(problem)")
    }
    let mark = Self.mark(parser.pointee.problem_mark)
    if problem.hasPrefix("Maximum nesting") || parser.pointee.error == YAML_MEMORY_ERROR {
      return BindingProblem(
        .oversizedBinding, "the binding nests deeper than \(Self.depthMax) levels", at: mark)
    }
    return BindingProblem(.unreadableBinding, "this is no YAML: \(problem)", at: mark)
  }

  // MARK: Values

  private mutating func readValue(depth: Int) throws(BindingProblem) -> SchemaValue {
    let mark = self.mark
    try count(1, at: mark)
    guard depth <= Self.depthMax else { throw nestsTooDeep(at: mark) }
    let before = count
    let name: String?
    let value: SchemaValue
    switch event.type {
    case YAML_SCALAR_EVENT:
      name = Self.text(event.data.scalar.anchor)
      value = SchemaValue(try scalar(at: mark), at: mark)
      height = 1
    case YAML_SEQUENCE_START_EVENT:
      name = Self.text(event.data.sequence_start.anchor)
      try check(tag: event.data.sequence_start.tag, is: "tag:yaml.org,2002:seq", at: mark)
      value = SchemaValue(.list(try readElements(depth: depth)), at: mark)
    case YAML_MAPPING_START_EVENT:
      name = Self.text(event.data.mapping_start.anchor)
      try check(tag: event.data.mapping_start.tag, is: "tag:yaml.org,2002:map", at: mark)
      value = SchemaValue(.map(try readMembers(depth: depth, at: mark)), at: mark)
    case YAML_ALIAS_EVENT: return try readAlias(depth: depth, at: mark)
    default: throw BindingProblem(.unreadableBinding, "this is no YAML: a value is missing", at: mark)
    }
    if let name { anchors[name] = Anchored(value: value, count: count - before, height: height) }
    return value
  }

  private mutating func readElements(depth: Int) throws(BindingProblem) -> [SchemaValue] {
    var elements: [SchemaValue] = []
    var tallest = 0
    try advance()
    while event.type != YAML_SEQUENCE_END_EVENT {
      elements.append(try readValue(depth: depth + 1))
      tallest = max(tallest, height)
      try advance()
    }
    height = tallest + 1
    return elements
  }

  private mutating func readMembers(depth: Int, at mark: SchemaValue.Mark) throws(BindingProblem) -> SchemaMap
  {
    var members: [SchemaMap.Member] = []
    var keys: Set<String> = []
    var merged: [SchemaValue] = []
    var tallest = 0
    try advance()
    while event.type != YAML_MAPPING_END_EVENT {
      let keyMark = self.mark
      let isMerge = isMergeKey
      let key = try readKey(depth: depth + 1, at: keyMark)
      try advance()
      let value = try readValue(depth: depth + 1)
      tallest = max(tallest, height)
      try advance()
      if isMerge {
        merged.append(value)
        continue
      }
      guard !Self.isRepeated(key, in: members, &keys) else {
        throw BindingProblem(
          .unreadableBinding, "the key `\(QuotedText.shown(key))` occurs twice in a map", at: keyMark,
          help: "keep one of the two")
      }
      members.append(SchemaMap.Member(key, value, at: keyMark))
    }
    height = tallest + 1
    for value in merged { try merge(value, into: &members, &keys) }
    return SchemaMap(members)
  }

  /// From how many keys on a set is kept of them.
  private static let keysLinearMax = 16

  /// Whether a key is there already.
  ///
  /// Few keys are compared one by one, because most maps have few; many are looked up, because a hostile map has many.
  private static func isRepeated(
    _ key: String, in members: [SchemaMap.Member], _ keys: inout Set<String>
  ) -> Bool {
    if members.count < keysLinearMax { return members.contains { $0.key == key } }
    if keys.isEmpty { for member in members { keys.insert(member.key) } }
    return !keys.insert(key).inserted
  }

  /// Adds the members of the maps that `<<` names; what the map itself says wins, then what is named first.
  private mutating func merge(
    _ value: SchemaValue, into members: inout [SchemaMap.Member], _ keys: inout Set<String>
  ) throws(BindingProblem) {
    for part in value.list ?? [value] {
      guard let map = part.map else {
        throw BindingProblem(.unreadableBinding, "`<<` takes a map or a list of maps", at: part.mark)
      }
      try count(map.members.count, at: part.mark)
      for member in map.members where !Self.isRepeated(member.key, in: members, &keys) {
        members.append(member)
      }
    }
  }

  /// Whether the event is the plain scalar `<<`.
  private var isMergeKey: Bool {
    guard event.type == YAML_SCALAR_EVENT, event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
      event.data.scalar.tag == nil
    else { return false }
    return scalarBytes.elementsEqual("<<".utf8)
  }

  /// A key as JSON writes it: what is no string becomes one, as when dt-schema's Python writes its JSON.
  private mutating func readKey(depth: Int, at mark: SchemaValue.Mark) throws(BindingProblem) -> String {
    let key = try readValue(depth: depth)
    switch key.content {
    case .string(let text): return text
    case .integer(let number): return String(number)
    case .number(let number): return "\(number)"
    case .bool(let isTrue): return isTrue ? "true" : "false"
    case .null: return "null"
    case .list, .map:
      throw BindingProblem(.unreadableBinding, "a key of a map is a list or a map", at: mark)
    }
  }

  private mutating func readAlias(depth: Int, at mark: SchemaValue.Mark) throws(BindingProblem) -> SchemaValue
  {
    let name = Self.text(event.data.alias.anchor) ?? ""
    guard let anchored = anchors[name] else {
      throw BindingProblem(
        .unreadableBinding, "the alias `*\(QuotedText.shown(name))` stands for nothing", at: mark,
        help: "an anchor `&\(QuotedText.shown(name))` must come before it and be complete")
    }
    try count(anchored.count, at: mark)
    guard depth + anchored.height <= Self.depthMax else { throw nestsTooDeep(at: mark) }
    height = anchored.height
    return anchored.value
  }

  // MARK: Scalars

  private var scalarBytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: event.data.scalar.value, count: event.data.scalar.length)
  }

  private func scalar(at mark: SchemaValue.Mark) throws(BindingProblem) -> SchemaValue.Content {
    let isPlain = event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE
    guard let tag = Self.text(event.data.scalar.tag), tag != "!" else {
      return isPlain ? CoreSchema.resolve(scalarBytes) : .string(String(decoding: scalarBytes, as: UTF8.self))
    }
    let resolved = CoreSchema.resolve(scalarBytes)
    switch (tag, resolved) {
    case ("tag:yaml.org,2002:str", _): return .string(String(decoding: scalarBytes, as: UTF8.self))
    case ("tag:yaml.org,2002:int", .integer), ("tag:yaml.org,2002:float", .number),
      ("tag:yaml.org,2002:bool", .bool), ("tag:yaml.org,2002:null", .null):
      return resolved
    case ("tag:yaml.org,2002:float", .integer(let number)): return .number(Double(number))
    default: throw refuse(tag: tag, at: mark)
    }
  }

  private func check(
    tag: UnsafeMutablePointer<UInt8>?, is expected: String, at mark: SchemaValue.Mark
  ) throws(BindingProblem) {
    guard let tag = Self.text(tag), tag != expected else { return }
    throw refuse(tag: tag, at: mark)
  }

  private static func text(_ pointer: UnsafeMutablePointer<UInt8>?) -> String? {
    pointer.map { String(cString: $0) }
  }

  // MARK: Limits

  private mutating func count(_ more: Int, at mark: SchemaValue.Mark) throws(BindingProblem) {
    count += more
    guard count <= Self.valuesMax else {
      throw BindingProblem(
        .oversizedBinding, "the binding has more than \(Self.valuesMax) values", at: mark,
        help: "an alias counts with all that it stands for")
    }
  }

  private func nestsTooDeep(at mark: SchemaValue.Mark) -> BindingProblem {
    BindingProblem(.oversizedBinding, "the binding nests deeper than \(Self.depthMax) levels", at: mark)
  }

  private func refuse(tag: String, at mark: SchemaValue.Mark) -> BindingProblem {
    BindingProblem(
      .unreadableBinding, "the YAML tag `\(QuotedText.shown(tag))` does not fit here", at: mark,
      help: "write the value without a tag")
  }
}
