import HeapCompiler
import HeapModel

/// A trace and what the model made of it.
package struct ReplayedTrace {
  /// The file's name on the command line.
  package let name: String
  /// The trace.
  package let trace: Trace
  /// What the model made of it.
  package let report: TraceReport

  /// Keeps a trace and the report of its replay.
  package init(name: String, trace: Trace, report: TraceReport) {
    self.name = name
    self.trace = trace
    self.report = report
  }
}
