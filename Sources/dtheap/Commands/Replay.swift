import ArgumentParser
import DTParse
import Diagnostics
import HeapCompiler
import HeapModel
import Rendering

/// `dtheap replay`: runs recorded operations on the model and compares the answers.
struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run recorded traces of areas and heaps on the model.",
    usage: """
      dtheap replay [--check] [--format <format>] <trace> ...
      dtheap replay --ftrace <file> [--heap <name> ...] [--area <[name=]size> ...] [--chunk-order <n>]
      """,
    discussion: """
      Shows what the model answers to each operation. Answers that a trace has recorded are compared; with --check any \
      difference ends the command with status 1.

      With --ftrace it reads what `trace-cmd report` or /sys/kernel/tracing/trace printed of a device's CMA events, \
      and says which of the recorded requests another area size, chunk order or heap would have given; --check then \
      ends with status 1 where one is refused that the device gave.

      Example: dtheap replay --check examples/traces/*.json

      Example: dtheap replay --ftrace examples/traces/camera-start.ftrace.txt --heap halving
      """)

  @Flag(help: "End with status 1 where the model answers otherwise than recorded.")
  var check = false

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = ReportFormat.text

  @Argument(help: ArgumentHelp("A trace; `-` for standard input.", valueName: "trace"))
  var traces: [String] = []

  @OptionGroup(title: "Recordings") var recording: RecordingOptions

  func validate() throws {
    if recording.ftrace == nil, traces.isEmpty {
      throw ValidationError("a trace is missing, or --ftrace with a recording")
    }
    if recording.ftrace != nil, !traces.isEmpty {
      throw ValidationError("--ftrace takes the place of traces")
    }
  }

  func run() throws {
    if let path = recording.ftrace {
      return try RecordingReplay(options: recording, format: format, isChecking: check).run(path)
    }
    var replayed: [ReplayedTrace] = []
    var isComplete = true
    for path in traces {
      guard let trace = try read(path) else {
        isComplete = false
        continue
      }
      do {
        let report = try TraceReplay.run(trace.file.trace)
        replayed.append(ReplayedTrace(name: path, trace: trace.file.trace, report: report))
      } catch {
        Reading.printFindings([trace.file.finding(error)], in: trace.sources)
        isComplete = false
      }
    }
    switch format {
    case .text: Console.print(ReplayText.text(of: replayed, isChecking: check))
    case .json: Console.print(ReplayDocument.text(replayed))
    }
    guard isComplete else { throw ExitCode(2) }
    if check, replayed.contains(where: { !$0.report.agrees }) { throw ExitCode(1) }
  }

  /// Reads a trace and prints what was found; nil where it cannot be run.
  private func read(_ path: String) throws -> (file: TraceFile, sources: SourceMap)? {
    let reading: TraceReading
    do {
      reading = try TraceFile.read(path: path)
    } catch {
      Reading.fail(error.description)
      return nil
    }
    Reading.printFindings(reading.diagnostics, in: reading.sources)
    if reading.droppedCount > 0 { Reading.fail("\(reading.droppedCount) more findings") }
    return reading.trace.map { ($0, reading.sources) }
  }
}

/// How a report is written.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
