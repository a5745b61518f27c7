import HeapModel

/// Traces as text.
extension TraceFile {
  /// A trace as JSON, one operation a line, the answers that it has included.
  ///
  /// - Parameters:
  ///   - trace: any trace.
  ///   - source: where it comes from, in words.
  public static func text(of trace: Trace, source: String) -> String {
    let machine = trace.system.machine
    let geometry = machine.geometry
    var text = "{\"schemaVersion\": 1, \"title\": \(JSONText.quoted(trace.title)), \"source\": \(JSONText.quoted(source)), "
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
    let names = "\"name\": \(JSONText.quoted(heap.name)), \"area\": \(JSONText.quoted(heap.area))"
    switch heap.kind {
    case .chunk(let variant, let order):
      var text = "{\(names), \"type\": \"chunk\", \"variant\": \"\(variant.name)\", \"chunkOrder\": \(order)"
      if case .bulk(let passes) = variant { text += ", \"passes\": \(passes)" }
      return text + "}"
    case .cma(let alignOrderMax): return "{\(names), \"type\": \"cma\", \"alignOrderMax\": \(alignOrderMax)}"
    case .repeated(let blockBytes, let alignOrderMax):
      return "{\(names), \"type\": \"repeated\", \"blockBytes\": \(blockBytes), \"alignOrderMax\": \(alignOrderMax)}"
    }
  }

  private static func operation(_ operation: TraceOperation) -> String {
    let members = operation.action.members + operation.recorded.members
    return "{" + members.map { "\(JSONText.quoted($0.name)): \($0.value)" }.joined(separator: ", ") + "}"
  }
}

extension TraceAction {
  /// The members of the operation in the trace format, each with its value as JSON.
  public var members: [(name: String, value: String)] {
    switch self {
    case .allocate(let heap, let id, let bytes):
      [("op", "\"alloc\""), ("heap", JSONText.quoted(heap)), ("id", "\(id)"), ("bytes", "\(bytes)")]
    case .allocateRange(let area, let id, let count, let alignOrder):
      [
        ("op", "\"cmaAlloc\""), ("area", JSONText.quoted(area)), ("id", "\(id)"), ("count", "\(count)"),
        ("alignOrder", "\(alignOrder)"),
      ]
    case .free(let id): [("op", "\"free\""), ("id", "\(id)")]
    case .freePart(let id, let count): [("op", "\"freePart\""), ("id", "\(id)"), ("count", "\(count)")]
    case .pin(let area, let offset):
      [("op", "\"pin\""), ("area", JSONText.quoted(area)), ("offset", "\(offset)")]
    case .unpin(let area, let offset):
      [("op", "\"unpin\""), ("area", JSONText.quoted(area)), ("offset", "\(offset)")]
    }
  }
}

extension TraceAnswer {
  /// The members of the answer in the trace format, each with its value as JSON.
  public var members: [(name: String, value: String)] {
    var members: [(name: String, value: String)] = []
    if let result { members.append(("result", "\(result)")) }
    if let pages { members.append(("pages", TraceValue.pages(pages).json)) }
    if let attempts { members.append(("attempts", "\(attempts)")) }
    if let rangeCalls { members.append(("cmaCalls", "\(rangeCalls)")) }
    if let used { members.append(("used", "\(used)")) }
    return members
  }
}

extension TraceValue {
  /// The value as JSON: a number, or a list of `[first PFN, count]`.
  public var json: String {
    switch self {
    case .number(let number): "\(number)"
    case .pages(let pages): "[" + pages.map { "[\($0.first.number), \($0.count)]" }.joined(separator: ", ") + "]"
    }
  }
}
