import Diagnostics
import HeapModel

/// Makes a trace of a JSON value, and finds what is wrong with it.
struct TraceDecoder {
  /// What was found so far.
  private(set) var findings = YAMLFindings()
  /// Whether an error is among it, or among what was dropped.
  private(set) var hasErrors = false
  private let file: SourceFileID

  /// The most areas, and the most heaps, of a trace.
  static let areasMax: UInt64 = 1024
  /// What to do about a trace that is too large.
  static let sizeHelp = "record a shorter run, or a part of it"

  /// The finding for a file that was too large to be read, of which there is a name and no text.
  static func oversize(_ noun: String, bytesMax: Int, name: String) -> Diagnostic {
    var finding = Diagnostic(
      Rule.oversizedTrace, "the \(noun) is larger than \(Text.size(UInt64(bytesMax)))", at: nil,
      help: sizeHelp)
    finding.file = name
    return finding
  }

  /// The most operations of a trace.
  static let operationsMax = 1_000_000

  init(file: SourceFileID) { self.file = file }

  /// The members of an object by name.
  struct Fields {
    let what: String
    let span: Range<UInt32>
    var values: [String: JSONInput] = [:]
  }

  mutating func trace(_ value: JSONInput, name: String) -> TraceFile? {
    guard let fields = fields(value, what: "a trace", known: nil) else { return nil }
    let title = fields.values["title"] == nil ? name : text("title", of: fields)
    let pageSize = number("pageSize", of: fields, in: 4096...65536)
    let pageblockOrder = number("pageblockOrder", of: fields, in: 0...UInt64(MemoryGeometry.orderMax))
    let maxOrder = number("maxOrder", of: fields, in: 1...UInt64(MemoryGeometry.orderMax + 1))
    let areaEntries = list("areas", of: fields, max: Int(Self.areasMax))
    let areas = areaEntries.compactMap { area($0) }
    let heapEntries = list("heaps", of: fields, isRequired: false, max: Int(Self.areasMax))
    let heaps = heapEntries.compactMap { heap($0) }
    let entries = list("operations", of: fields, max: Self.operationsMax)
    var operations: [TraceOperation] = []
    operations.reserveCapacity(entries.count)
    for entry in entries {
      guard let operation = operation(entry) else { continue }
      operations.append(operation)
    }
    guard let title, let pageSize, let pageblockOrder, let maxOrder else { return nil }
    let geometry = MemoryGeometry(
      pageSizeBytes: pageSize, pageblockOrder: Int(pageblockOrder), maxOrder: Int(maxOrder))
    guard let geometry else {
      report(
        .absurdTraceNumber, "`pageSize` is a power of two",
        at: fields.values["pageSize"]?.span ?? fields.span,
        help: "write 4096, 16384 or 65536")
      return nil
    }
    let machine = MachineConfiguration(geometry: geometry, areas: areas)
    let trace = Trace(
      title: title, system: HeapSystemConfiguration(machine: machine, heaps: heaps), operations: operations)
    return TraceFile(
      trace: trace, operations: entries.map { span($0.span) }, areas: areaEntries.map { span($0.span) },
      heaps: heapEntries.map { span($0.span) }, span: span(0..<1))
  }

  private mutating func area(_ value: JSONInput) -> AreaConfiguration? {
    guard let fields = fields(value, what: "an area", known: ["name", "basePFN", "pages"]) else { return nil }
    let name = text("name", of: fields)
    let base = number("basePFN", of: fields, in: 0...UInt64.max >> 12)
    let pages = number("pages", of: fields, in: 1...PageMap.pagesMax)
    guard let name, let base, let pages else { return nil }
    return AreaConfiguration(name: name, base: PageFrame(base), pages: pages)
  }

  private mutating func heap(_ value: JSONInput) -> HeapConfiguration? {
    let known = ["name", "area", "type", "variant", "chunkOrder", "passes", "alignOrderMax", "blockBytes"]
    guard let fields = fields(value, what: "a heap", known: known) else { return nil }
    let name = text("name", of: fields)
    let area = text("area", of: fields)
    guard let name, let area, let kind = kind(fields) else { return nil }
    return HeapConfiguration(name: name, area: area, kind: kind)
  }

  private mutating func kind(_ fields: Fields) -> HeapKind? {
    let alignment = optionalNumber("alignOrderMax", of: fields, in: 0...UInt64(MemoryGeometry.orderMax))
    let type = fields.values["type"] == nil ? "chunk" : text("type", of: fields)
    switch type {
    case nil: return nil
    case "cma": return .cma(alignOrderMax: Int(alignment ?? 8))
    case "repeated":
      let bytes = optionalNumber("blockBytes", of: fields, in: 1...UInt64.max >> 1)
      return .repeated(blockBytes: bytes ?? 2 << 20, alignOrderMax: Int(alignment ?? 8))
    case "chunk":
      let order = number("chunkOrder", of: fields, in: 0...UInt64(MemoryGeometry.orderMax))
      let passes = optionalNumber("passes", of: fields, in: 1...UInt64(BulkStrategy.passesMax))
      guard let name = text("variant", of: fields), let order else { return nil }
      if let variant = ChunkVariant(name: name, passes: Int(passes ?? 2)) {
        return .chunk(variant, chunkOrder: Int(order))
      }
      unknownName(name, "variant", of: fields, in: ChunkVariant.allCases.map(\.name))
      return nil
    case let type?:
      unknownName(type, "type", of: fields, in: ["chunk", "cma", "repeated"])
      return nil
    }
  }

  // MARK: Operations

  private static let answerKeys = ["result", "pages", "attempts", "cmaCalls", "used"]
  private static let operationKeys: [String: [String]] = [
    "alloc": ["heap", "id", "bytes"], "cmaAlloc": ["area", "id", "count", "alignOrder"], "free": ["id"],
    "freePart": ["id", "count"], "pin": ["area", "offset"], "unpin": ["area", "offset"],
  ]

  private mutating func operation(_ value: JSONInput) -> TraceOperation? {
    guard case .object(let members) = value.content,
      case .string(let name)? = members.first(where: { $0.name == "op" })?.value.content,
      let keys = Self.operationKeys[name]
    else { return unknownOperation(value) }
    guard let fields = fields(value, what: "`\(name)`", known: ["op"] + keys + Self.answerKeys) else {
      return nil
    }
    let recorded = answer(fields)
    guard let action = action(name, fields) else { return nil }
    return TraceOperation(action, recorded: recorded)
  }

  private mutating func unknownOperation(_ value: JSONInput) -> TraceOperation? {
    guard let fields = fields(value, what: "an operation", known: nil), let name = text("op", of: fields)
    else {
      return nil
    }
    unknownName(name, "op", of: fields, in: ["alloc", "cmaAlloc", "free", "freePart", "pin", "unpin"])
    return nil
  }

  private mutating func action(_ name: String, _ fields: Fields) -> TraceAction? {
    switch name {
    case "alloc":
      guard let heap = text("heap", of: fields), let id = signed("id", of: fields),
        let bytes = number("bytes", of: fields, in: 0...UInt64.max)
      else { return nil }
      return .allocate(heap: heap, id: id, bytes: bytes)
    case "cmaAlloc":
      guard let area = text("area", of: fields), let id = signed("id", of: fields),
        let count = number("count", of: fields, in: 0...UInt64.max),
        let order = number("alignOrder", of: fields, in: 0...63)
      else { return nil }
      return .allocateRange(area: area, id: id, count: count, alignOrder: Int(order))
    case "free": return signed("id", of: fields).map(TraceAction.free)
    case "freePart":
      guard let id = signed("id", of: fields), let count = number("count", of: fields, in: 0...UInt64.max)
      else {
        return nil
      }
      return .freePart(id: id, count: count)
    default:
      guard let area = text("area", of: fields), let offset = number("offset", of: fields, in: 0...UInt64.max)
      else { return nil }
      return name == "pin" ? .pin(area: area, offset: offset) : .unpin(area: area, offset: offset)
    }
  }

  private mutating func answer(_ fields: Fields) -> TraceAnswer {
    let result = fields.values["result"].flatMap { _ in signed("result", of: fields) }
    return TraceAnswer(
      result: result.map { Int32(clamping: $0) }, pages: fields.values["pages"].flatMap { ranges($0) },
      attempts: optionalNumber("attempts", of: fields, in: 0...UInt64.max),
      rangeCalls: optionalNumber("cmaCalls", of: fields, in: 0...UInt64.max),
      used: optionalNumber("used", of: fields, in: 0...UInt64.max))
  }

  private static let rangeExample = "write a list of pairs, such as `[[262144, 16]]`"

  private mutating func ranges(_ value: JSONInput) -> [PageRange]? {
    guard case .array(let entries) = value.content else {
      report(
        .wrongTraceValue, "`pages` is a list of `[first PFN, count]`, not \(value.kind)", at: value.span,
        help: Self.rangeExample)
      return nil
    }
    var ranges: [PageRange] = []
    for entry in entries {
      guard case .array(let pair) = entry.content, pair.count == 2,
        case .integer(false, let first) = pair[0].content, case .integer(false, let count) = pair[1].content,
        let range = PageRange(first: PageFrame(first), count: count)
      else {
        report(
          .wrongTraceValue, "a range of pages is `[first PFN, count]`", at: entry.span,
          help: Self.rangeExample)
        return nil
      }
      ranges.append(range)
    }
    return ranges
  }
}

// MARK: - Members and what is wrong with them

extension TraceDecoder {
  private func span(_ range: Range<UInt32>) -> SourceSpan {
    SourceSpan(file: file, start: range.lowerBound, end: range.upperBound)
  }

  private mutating func report(_ rule: Rule, _ message: String, at range: Range<UInt32>, help: String) {
    if rule.severity == .error { hasErrors = true }
    findings.add(Diagnostic(rule, message, at: span(range), help: help))
  }

  /// The members of an object; nil where the value is none.
  ///
  /// `known` are the names that are read, nil for any.
  private mutating func fields(_ value: JSONInput, what: String, known: [String]?) -> Fields? {
    guard case .object(let members) = value.content else {
      report(.wrongTraceValue, "\(what) is an object, not \(value.kind)", at: value.span, help: "write `{…}`")
      return nil
    }
    var fields = Fields(what: what, span: value.span)
    for member in members {
      if let known, !known.contains(member.name) {
        let name = QuotedText.shown(member.name)
        let meant = Text.closestMatch(to: member.name, in: known).map { "; did you mean `\($0)`?" } ?? ""
        report(
          .unknownTraceKey, "\(what) has no key `\(name)`\(meant)", at: member.span,
          help: "the keys are \(Text.list(known))")
      }
      if fields.values.updateValue(member.value, forKey: member.name) != nil {
        report(
          .repeatedTraceKey, "`\(QuotedText.shown(member.name))` is given twice", at: member.span,
          help: "keep one of them")
      }
    }
    return fields
  }

  private mutating func member(_ key: String, of fields: Fields) -> JSONInput? {
    if let value = fields.values[key] { return value }
    report(
      .missingTraceKey, "\(fields.what) has no `\(key)`", at: fields.span, help: "add `\"\(key)\": …`")
    return nil
  }

  private mutating func text(_ key: String, of fields: Fields) -> String? {
    guard let value = member(key, of: fields) else { return nil }
    if case .string(let text) = value.content, QuotedText.isPrintable(text) { return text }
    if case .string = value.content {
      report(
        .wrongTraceValue, "`\(key)` has characters that cannot be printed", at: value.span,
        help: "leave control characters out")
    } else {
      report(
        .wrongTraceValue, "`\(key)` is a printable text, not \(value.kind)", at: value.span,
        help: "write it in double quotes")
    }
    return nil
  }

  private mutating func list(_ key: String, of fields: Fields, isRequired: Bool = true, max: Int)
    -> [JSONInput]
  {
    if !isRequired, fields.values[key] == nil { return [] }
    guard let value = member(key, of: fields) else { return [] }
    guard case .array(let values) = value.content else {
      report(
        .wrongTraceValue, "`\(key)` is a list, not \(value.kind)", at: value.span, help: "write `[…]`")
      return []
    }
    guard values.count <= max else {
      report(
        .oversizedTrace, "`\(key)` has more than \(max) entries", at: value.span, help: Self.sizeHelp)
      return []
    }
    return values
  }

  private mutating func number(_ key: String, of fields: Fields, in range: ClosedRange<UInt64>) -> UInt64? {
    guard let value = member(key, of: fields) else { return nil }
    switch value.content {
    case .integer(false, let number) where range.contains(number): return number
    case .integer, .otherNumber:
      report(
        .absurdTraceNumber, "`\(key)` is a whole number from \(range.lowerBound) to \(range.upperBound)",
        at: value.span, help: "write one without point and exponent, in decimal")
    default: noNumber(key, value)
    }
    return nil
  }

  private mutating func noNumber(_ key: String, _ value: JSONInput) {
    var help = "write a number in decimal, without quotes"
    if case .string(let text) = value.content, let number = Int64(text) {
      help = "write `\(number)`, without quotes"
    }
    report(
      .wrongTraceValue, "`\(key)` is a whole number, not \(value.kind)", at: value.span, help: help)
  }

  private mutating func optionalNumber(
    _ key: String, of fields: Fields, in range: ClosedRange<UInt64>
  ) -> UInt64? {
    fields.values[key] == nil ? nil : number(key, of: fields, in: range)
  }

  private mutating func signed(_ key: String, of fields: Fields) -> Int64? {
    guard let value = member(key, of: fields) else { return nil }
    switch value.content {
    case .integer(let isNegative, let magnitude) where magnitude <= UInt64(Int64.max):
      return isNegative ? -Int64(magnitude) : Int64(magnitude)
    case .integer, .otherNumber:
      report(
        .absurdTraceNumber, "`\(key)` is a whole number of 64 bits", at: value.span,
        help: "write one without point and exponent, from -\(Int64.max) to \(Int64.max)")
    default: noNumber(key, value)
    }
    return nil
  }

  private mutating func unknownName(_ name: String, _ key: String, of fields: Fields, in names: [String]) {
    let meant = Text.closestMatch(to: name, in: names)
    report(
      .wrongTraceValue,
      "`\(key)` is \(Text.list(names, conjunction: "or")), not `\(QuotedText.shown(name))`",
      at: fields.values[key]?.span ?? fields.span, help: meant.map { "write `\($0)`" } ?? "write one of them")
  }
}
