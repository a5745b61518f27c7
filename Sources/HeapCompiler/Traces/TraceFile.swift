import DTParse
import Diagnostics
import HeapModel

/// A trace as it was read, with the places of its operations.
public struct TraceFile: Sendable {
  /// The trace.
  public let trace: Trace
  /// The place of each operation.
  public let operations: [SourceSpan]
  /// The place of the whole trace.
  public let span: SourceSpan

  /// The most bytes of a file.
  public static let bytesMax = 64 << 20

  /// Reads a trace.
  ///
  /// - Parameter path: of the file; `-` for standard input.
  /// - Returns: the trace, unless it cannot be run, and what was found.
  /// - Throws: ``LoadFailure`` where the file cannot be had; what is wrong inside is among the findings.
  public static func read(path: String) throws(LoadFailure) -> TraceReading {
    switch FileSystem.read(path, bytesMax: bytesMax) {
    case .success(let bytes): return read(bytes: bytes, name: path == "-" ? "<stdin>" : path)
    case .failure(.tooLarge):
      var sources = SourceMap()
      let file = sources.add(SourceFile(name: path, bytes: []))
      let finding = Diagnostic(
        Rule.oversizedTrace, "the trace is larger than \(Text.size(UInt64(bytesMax)))",
        at: SourceSpan(file: file, start: 0, end: 0))
      return TraceReading(trace: nil, sources: sources, diagnostics: [finding])
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
      return TraceReading(trace: nil, sources: sources, diagnostics: [Diagnostic(rule, message, at: span)])
    }
    var decoder = TraceDecoder(file: file)
    let trace = decoder.trace(value, name: name)
    let findings = decoder.findings.sorted
    let hasErrors = decoder.hasErrors
    return TraceReading(trace: hasErrors ? nil : trace, sources: sources, diagnostics: findings)
  }

  /// The finding for a trace that cannot be run.
  public func finding(_ error: TraceError) -> Diagnostic {
    let (message, number): (String, Int?) =
      switch error {
      case .system(let error): (Self.message(error), nil)
      case .unknownHeap(let operation, let heap): ("the trace declares no heap `\(heap)`", operation)
      case .unknownArea(let operation, let area): ("the trace declares no area `\(area)`", operation)
      case .tooMuchWork(let operation):
        ("the operations before this one are more work than is done", operation)
      case .identifierInUse(let operation, let id): ("what was allocated as \(id) is still there", operation)
      }
    let place = number.flatMap { operations.indices.contains($0) ? operations[$0] : nil }
    return Diagnostic(Rule.unrunnableTrace, message, at: place ?? span)
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
  /// The file that findings point into.
  public let sources: SourceMap
  /// What was found, by place.
  public let diagnostics: [Diagnostic]
}
