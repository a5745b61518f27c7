import DTParse
import Diagnostics
import HeapModel

/// A trace as it was read, with the places of its operations.
public struct TraceFile: Sendable {
  /// The trace.
  public let trace: Trace
  /// The place of each operation.
  public let operations: [SourceSpan]
  /// The place of each area.
  public let areas: [SourceSpan]
  /// The place of each heap.
  public let heaps: [SourceSpan]
  /// The place of the whole trace.
  public let span: SourceSpan

  /// The most bytes of a file.
  public static let bytesMax = 64 << 20

  /// Reads a trace.
  ///
  /// - Parameter path: of the file; `-` for standard input.
  /// - Returns: the trace, unless it cannot be run, and what was found.
  /// - Throws: `LoadFailure` where the file cannot be had; what is wrong inside is among the findings.
  public static func read(path: String) throws(LoadFailure) -> TraceReading {
    let name = path == "-" ? "<stdin>" : path
    switch FileSystem.read(path, bytesMax: bytesMax) {
    case .success(let bytes): return read(bytes: bytes, name: name)
    case .failure(.tooLarge):
      let finding = TraceDecoder.oversize("trace", bytesMax: bytesMax, name: name)
      return TraceReading(trace: nil, sources: SourceMap(), diagnostics: [finding])
    case .failure(let failure): throw LoadFailure(path: path, reason: failure.description)
    }
  }

  /// Reads a trace from bytes in memory.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - name: of the file, for findings; the title of a trace that has none.
  /// - Returns: the trace, unless it cannot be run, and what was found.
  public static func read(bytes: [UInt8], name: String) -> TraceReading {
    var sources = SourceMap()
    let file = sources.add(SourceFile(name: name, bytes: bytes))
    let value: JSONInput
    do {
      value = try JSONReader.read(bytes)
    } catch {
      let start = UInt32(min(error.offset, bytes.count))
      let rule: Rule = error.isLimit ? .oversizedTrace : .malformedTrace
      let message = error.isLimit ? "the trace \(error.message)" : "this is no JSON: \(error.message)"
      let span = SourceSpan(file: file, start: start, end: min(start + 1, UInt32(bytes.count)))
      let finding = Diagnostic(rule, message, at: span, help: help(error, in: bytes))
      return TraceReading(trace: nil, sources: sources, diagnostics: [finding])
    }
    var decoder = TraceDecoder(file: file)
    let trace = decoder.trace(value, name: name)
    let findings = decoder.findings.sorted
    let hasErrors = decoder.hasErrors
    return TraceReading(
      trace: hasErrors ? nil : trace, sources: sources, diagnostics: findings,
      droppedCount: decoder.findings.droppedCount)
  }

  /// What to do about a text that is no JSON, or more than is read.
  private static func help(_ fault: JSONFault, in bytes: [UInt8]) -> String {
    if fault.isLimit { return TraceDecoder.sizeHelp }
    let isRecording =
      bytes.first == UInt8(ascii: "#") || bytes.prefix(4096).firstRange(of: Array("cma_".utf8)) != nil
    if isRecording, bytes.first != UInt8(ascii: "{") {
      return "ftrace's text is read with `dtheap replay --ftrace FILE`"
    }
    if fault.offset >= bytes.count { return "the file is cut off: record it again" }
    return "JSON has no comments, no comma before a bracket that closes, and text in double quotes"
  }

  /// The finding for a trace that cannot be run.
  public func finding(_ error: TraceError) -> Diagnostic {
    let (message, help, place): (String, String, SourceSpan?) =
      switch error {
      case .system(let error): (Self.message(error), Self.help(error), place(of: error))
      case .unknownHeap(let number, let heap):
        (
          "the trace declares no heap `\(heap)`", Self.choice(trace.system.heaps.map(\.name), "heaps"),
          operation(number)
        )
      case .unknownArea(let number, let area):
        (
          "the trace declares no area `\(area)`",
          Self.choice(trace.system.machine.areas.map(\.name), "areas"),
          operation(number)
        )
      case .tooMuchWork(let number):
        (
          "the operations before this one are more work than is done", "leave some of them out",
          operation(number)
        )
      case .identifierInUse(let number, let id):
        (
          "what was allocated as \(id) is still there", "free it before, or take another `id`",
          operation(number)
        )
      }
    return Diagnostic(Rule.unrunnableTrace, message, at: place ?? span, help: help)
  }

  private static func choice(_ names: [String], _ key: String) -> String {
    let declared = names.isEmpty ? "none" : Text.list(Array(names.prefix(8)))
    return "declare it in `\(key)`, or name one that is there: \(declared)"
  }

  private func operation(_ number: Int) -> SourceSpan? {
    operations.indices.contains(number) ? operations[number] : nil
  }

  /// The area or heap with which something is wrong: of two with the same name the second.
  private func place(of error: HeapSystemError) -> SourceSpan? {
    switch error {
    case .machine(.duplicateArea(let name)), .machine(.badArea(let name)), .machine(.badPin(let name, _)):
      let number = trace.system.machine.areas.lastIndex { $0.name == name }
      return number.flatMap { areas.indices.contains($0) ? areas[$0] : nil }
    case .machine(.tooManyPages): return areas.last
    case .duplicateHeap(let name), .unknownArea(let name, _), .badChunkOrder(let name, _),
      .noMemory(let name),
      .badPool(let name):
      let number = trace.system.heaps.lastIndex { $0.name == name }
      return number.flatMap { heaps.indices.contains($0) ? heaps[$0] : nil }
    }
  }

  private static func help(_ error: HeapSystemError) -> String {
    switch error {
    case .machine(.duplicateArea), .duplicateHeap: "give one of them another `name`"
    case .machine(.badArea), .machine(.tooManyPages): "write smaller `pages`"
    case .machine(.badPin): "write an `offset` below the area's `pages`, each once"
    case .unknownArea: "declare it in `areas`"
    case .badChunkOrder: "write a `chunkOrder` below `maxOrder`"
    case .noMemory, .badPool: "name another `type` of heap"
    }
  }

  private static func message(_ error: HeapSystemError) -> String {
    switch error {
    case .machine(.duplicateArea(let name)): "two areas are called `\(name)`"
    case .machine(.badArea(let name)): "area `\(name)` ends beyond the address space"
    case .machine(.tooManyPages): "the areas hold more than \(PageMap.pagesMax) pages together"
    case .machine(.badPin(let area, let offset)): "area `\(area)` has no free page \(offset) to pin"
    case .duplicateHeap(let name): "two heaps are called `\(name)`"
    case .unknownArea(let heap, let area):
      "heap `\(heap)` names area `\(area)`, which the trace does not declare"
    case .badChunkOrder(let heap, let order): "heap `\(heap)` has no chunk order \(order)"
    case .noMemory(let heap), .badPool(let heap): "heap `\(heap)` needs memory outside areas"
    }
  }
}

/// What came of reading a trace.
public struct TraceReading: Sendable {
  /// The trace; nil where it cannot be run.
  public let trace: TraceFile?
  /// The file that findings point into; none where it is too large to be read.
  public let sources: SourceMap
  /// What was found, by place.
  public let diagnostics: [Diagnostic]
  /// Findings that were left out, because there are too many.
  public var droppedCount = 0
}
