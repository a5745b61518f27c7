import HeapCompiler
import HeapModel

/// The JSON document of `dtheap replay`.
package enum ReplayDocument {
  /// The document.
  package static func text(_ traces: [ReplayedTrace]) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      json.array("traces") { json in
        for trace in traces { json.object { write(trace, to: &$0) } }
      }
    }
    return json.text
  }

  private static func write(_ replayed: ReplayedTrace, to json: inout JSONWriter) {
    json.member("title", replayed.report.title)
    json.member("file", replayed.name)
    json.member("agrees", replayed.report.agrees)
    json.key("firstDifference")
    if let difference = replayed.report.firstDifference {
      json.object { json in
        json.member("operation", difference.operation)
        json.member("key", difference.part.key)
        json.key("recorded")
        write(TraceMember(difference.part.recorded), to: &json)
        json.key("model")
        if let model = difference.part.model { write(TraceMember(model), to: &json) } else { json.null() }
      }
    } else {
      json.null()
    }
    json.array("operations") { json in
      for (operation, answer) in zip(replayed.trace.operations, replayed.report.answers) {
        json.object { json in
          for member in operation.action.members + answer.members {
            json.key(member.name)
            write(member.value, to: &json)
          }
        }
      }
    }
  }

  private static func write(_ value: TraceMember, to json: inout JSONWriter) {
    switch value {
    case .text(let text): json.value(text)
    case .signed(let number): json.value(number)
    case .unsigned(let number): json.value(number)
    case .pages(let ranges):
      json.array { json in
        for range in ranges {
          json.array { json in
            json.value(range.first.number)
            json.value(range.count)
          }
        }
      }
    }
  }
}
