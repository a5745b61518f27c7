import DTParse
import Diagnostics
import HeapModel

/// A recording of CMA events in ftrace's text, as `trace-cmd report` and `/sys/kernel/tracing/trace` print it.
public enum FtraceFile {
  /// The most bytes of a file.
  public static let bytesMax = TraceFile.bytesMax

  /// Reads a recording.
  ///
  /// - Parameter path: of the file; `-` for standard input.
  /// - Returns: the recording, unless it cannot be used, and what was found.
  /// - Throws: `LoadFailure` where the file cannot be had; what is wrong inside is among the findings.
  public static func read(path: String) throws(LoadFailure) -> FtraceReading {
    let name = path == "-" ? "<stdin>" : path
    switch FileSystem.read(path, bytesMax: bytesMax) {
    case .success(let bytes): return read(bytes: bytes, name: name)
    case .failure(.tooLarge):
      let finding = TraceDecoder.oversize("recording", bytesMax: bytesMax, name: name)
      return FtraceReading(recording: nil, sources: SourceMap(), diagnostics: [finding], droppedCount: 0)
    case .failure(let failure): throw LoadFailure(path: path, reason: failure.description)
    }
  }

  /// Reads a recording from bytes in memory.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - name: of the file, for findings.
  /// - Returns: the recording, unless it cannot be used, and what was found.
  /// - Complexity: O(n √n) in the number of events, O(n) in the bytes.
  public static func read(bytes: [UInt8], name: String) -> FtraceReading {
    var reader = FtraceReader(name: name, bytes: bytes)
    reader.readLines(of: bytes)
    return reader.reading
  }
}

/// What came of reading a recording.
public struct FtraceReading: Sendable {
  /// The recording; nil where it cannot be used.
  public let recording: FtraceRecording?
  /// The file that findings point into; none where it is too large to be read.
  public let sources: SourceMap
  /// What was found, by place; at most 100.
  public let diagnostics: [Diagnostic]
  /// The number of findings beyond those.
  public let droppedCount: Int
}

/// Reads line by line.
private struct FtraceReader {
  private var sources = SourceMap()
  private let file: SourceFileID
  private var findings = YAMLFindings()
  private var hasErrors = false
  private var matcher = FtraceMatcher()
  private var losses: [SourceSpan] = []

  init(name: String, bytes: [UInt8]) {
    file = sources.add(SourceFile(name: name, bytes: bytes))
  }

  var reading: FtraceReading {
    FtraceReading(
      recording: hasErrors ? nil : matcher.recording, sources: sources, diagnostics: findings.sorted,
      droppedCount: findings.droppedCount)
  }

  private func span(_ range: Range<Int>) -> SourceSpan {
    SourceSpan(file: file, start: UInt32(range.lowerBound), end: UInt32(range.upperBound))
  }

  private mutating func report(_ rule: Rule, _ message: String, at span: SourceSpan, help: String) {
    if rule.severity == .error { hasErrors = true }
    findings.add(Diagnostic(rule, message, at: span, help: help))
  }

  mutating func readLines(of bytes: [UInt8]) {
    var start = 0
    var number = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      number += 1
      read(bytes[start..<end], number: number)
      if matcher.isFull {
        return report(
          .oversizedTrace,
          "the recording has more than \(FtraceMatcher.requestsMax) requests or \(TraceDecoder.areasMax) areas",
          at: span(start..<end), help: TraceDecoder.sizeHelp)
      }
      start = end + 1
    }
    matcher.end()
    if matcher.recording.eventCount == 0, !hasErrors {
      report(
        .ftraceWithoutRequests, "there is no event of CMA in this text", at: span(0..<min(1, bytes.count)),
        help: "switch them on before recording: `trace-cmd record -e cma`, or "
          + "`echo 1 > /sys/kernel/tracing/events/cma/enable`")
    }
    reportGaps()
  }

  private mutating func read(_ line: ArraySlice<UInt8>, number: Int) {
    switch FtraceLine(line) {
    case .event(let event):
      let text = line.prefix { $0 != 0x0D }
      matcher.add(event, at: FtraceMatcher.Place(line: number, span: span(text.startIndex..<text.endIndex)))
    case .lostEvents:
      losses.append(span(line.startIndex..<line.endIndex))
      matcher.loseEvents()
    case .other(let isEvent): if isEvent { matcher.skip() }
    case .malformed(let message, let place):
      report(
        .malformedFtraceLine, message, at: span(place),
        help: "leave the lines as the kernel wrote them; one that was cut off can be deleted")
    }
  }

  /// What the recording does not show; each kind once, at its first place.
  private mutating func reportGaps() {
    if let first = losses.first {
      report(
        .incompleteFtrace, "the kernel lost events here\(others(losses.count))", at: first,
        help: "record with a larger buffer: `trace-cmd record -b 16384 -e cma`")
    }
    if let first = matcher.unreleased.first?.span {
      let count = matcher.unreleased.count
      report(
        .incompleteFtrace, "this range was not given back before it was given out again\(others(count))",
        at: first, help: "record `cma_release` too, with a buffer that holds all events")
    }
    if let first = matcher.headless.first?.span {
      report(
        .incompleteFtrace, "the start of this request is missing\(others(matcher.headless.count))", at: first,
        help: "record `cma_alloc_start` too, from before the product is used")
    }
  }

  private func others(_ count: Int) -> String {
    count > 1 ? ", and at \(Text.count(count - 1, "more place"))" : ""
  }
}
