import HeapCompiler
import HeapModel

/// Replayed traces as JSON.
enum ReplayJSON {
  static func text(of traces: [ReplayedTrace]) -> String {
    JSONOutput.object([("schemaVersion", .integer(1)), ("traces", .list(traces.map(trace)))]).document
  }

  private static func trace(_ replayed: ReplayedTrace) -> JSONOutput {
    let operations = zip(replayed.trace.operations, replayed.report.answers).map { operation, answer in
      JSONOutput.object((operation.action.members + answer.members).map { ($0.name, .raw($0.value)) })
    }
    return .object([
      ("title", .text(replayed.report.title)), ("file", .text(replayed.name)),
      ("agrees", .bool(replayed.report.agrees)),
      ("firstDifference", .optional(replayed.report.firstDifference, difference)),
      ("operations", .list(operations)),
    ])
  }

  private static func difference(_ difference: TraceDifference) -> JSONOutput {
    .object([
      ("operation", .integer(Int64(difference.operation))), ("key", .text(difference.part.key)),
      ("recorded", .raw(difference.part.recorded.json)),
      ("model", .optional(difference.part.model) { .raw($0.json) }),
    ])
  }
}
