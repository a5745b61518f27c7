import HeapModel

/// Traces as text.
extension TraceFile {
  /// A trace as JSON, one operation a line, the answers that it has included.
  ///
  /// - Parameters:
  ///   - trace: any trace.
  ///   - source: where it comes from, in words.
  /// - Returns: a JSON object with a line end.
  public static func text(of trace: Trace, source: String) -> String {
    let machine = trace.system.machine
    let geometry = machine.geometry
    var text =
      "{\"schemaVersion\": 1, \"title\": \(JSONText.quoted(trace.title)), \"source\": \(JSONText.quoted(source)), "
    text += "\"pageSize\": \(geometry.pageSizeBytes), \"pageblockOrder\": \(geometry.pageblockOrder), "
    text += "\"maxOrder\": \(geometry.maxOrder),\n"
    let areas = machine.areas.map { area in
      "{\"name\": \(JSONText.quoted(area.name)), \"basePFN\": \(area.base.number), \"pages\": \(area.pages)}"
    }
    text += " \"areas\": [\(areas.joined(separator: ", "))],\n"
    text += " \"heaps\": [\(trace.system.heaps.map(heap).joined(separator: ", "))],\n"
    // What is pinned from the start has no place in the format; pins are operations.
    let pins = machine.areas.flatMap { area in
      area.pins.map { "{\"op\": \"pin\", \"area\": \(JSONText.quoted(area.name)), \"offset\": \($0)}" }
    }
    let operations = pins + trace.operations.map(operation)
    text += " \"operations\": [\n  \(operations.joined(separator: ",\n  "))\n ]}\n"
    return text
  }

  private static func heap(_ heap: HeapConfiguration) -> String {
    let names = "\"name\": \(JSONText.quoted(heap.name)), \"area\": \(JSONText.quoted(heap.area ?? ""))"
    switch heap.kind {
    case .chunk(let variant, let order):
      var text = "{\(names), \"type\": \"chunk\", \"variant\": \"\(variant.name)\", \"chunkOrder\": \(order)"
      if case .bulk(let passes) = variant { text += ", \"passes\": \(passes)" }
      return text + "}"
    case .compoundPool, .system: return "{\(names), \"type\": \(JSONText.quoted(heap.kind.name))}"
    case .cma(let alignOrderMax): return "{\(names), \"type\": \"cma\", \"alignOrderMax\": \(alignOrderMax)}"
    case .repeated(let blockBytes, let alignOrderMax):
      return
        "{\(names), \"type\": \"repeated\", \"blockBytes\": \(blockBytes), \"alignOrderMax\": \(alignOrderMax)}"
    }
  }

  private static func operation(_ operation: TraceOperation) -> String {
    let members = operation.action.members + operation.recorded.members
    return "{" + members.map { "\(JSONText.quoted($0.name)): \($0.value.json)" }.joined(separator: ", ") + "}"
  }
}

/// A value of an operation in the trace format.
public enum TraceMember: Hashable, Sendable {
  /// A name.
  case text(String)
  /// A number that can be negative.
  case signed(Int64)
  /// A count.
  case unsigned(UInt64)
  /// Page ranges, each `[first PFN, count]`.
  case pages([PageRange])

  /// The value of a part of an answer.
  public init(_ value: TraceValue) {
    switch value {
    case .number(let number): self = .signed(number)
    case .pages(let ranges): self = .pages(ranges)
    }
  }

  /// The value as JSON.
  var json: String {
    switch self {
    case .text(let text): JSONText.quoted(text)
    case .signed(let number): "\(number)"
    case .unsigned(let number): "\(number)"
    case .pages(let pages):
      "[" + pages.map { "[\($0.first.number), \($0.count)]" }.joined(separator: ", ") + "]"
    }
  }
}

extension TraceAction {
  /// The members of the operation in the trace format, in their order.
  public var members: [(name: String, value: TraceMember)] {
    switch self {
    case .allocate(let heap, let id, let bytes):
      [("op", .text("alloc")), ("heap", .text(heap)), ("id", .signed(id)), ("bytes", .unsigned(bytes))]
    case .allocateRange(let area, let id, let count, let alignOrder):
      [
        ("op", .text("cmaAlloc")), ("area", .text(area)), ("id", .signed(id)), ("count", .unsigned(count)),
        ("alignOrder", .signed(Int64(alignOrder))),
      ]
    case .free(let id): [("op", .text("free")), ("id", .signed(id))]
    case .freePart(let id, let count):
      [("op", .text("freePart")), ("id", .signed(id)), ("count", .unsigned(count))]
    case .pin(let area, let offset):
      [("op", .text("pin")), ("area", .text(area)), ("offset", .unsigned(offset))]
    case .unpin(let area, let offset):
      [("op", .text("unpin")), ("area", .text(area)), ("offset", .unsigned(offset))]
    }
  }
}

extension TraceAnswer {
  /// The members of the answer in the trace format, in their order.
  public var members: [(name: String, value: TraceMember)] {
    var members: [(name: String, value: TraceMember)] = []
    if let result { members.append(("result", .signed(Int64(result)))) }
    if let pages { members.append(("pages", .pages(pages))) }
    if let attempts { members.append(("attempts", .unsigned(attempts))) }
    if let rangeCalls { members.append(("cmaCalls", .unsigned(rangeCalls))) }
    if let used { members.append(("used", .unsigned(used))) }
    return members
  }
}
