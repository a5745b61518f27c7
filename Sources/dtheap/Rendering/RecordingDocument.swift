import HeapCompiler
import HeapModel

/// The JSON document of `dtheap replay --ftrace`.
package enum RecordingDocument {
  /// The document.
  package static func text(_ replayed: ReplayedRecording) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("schemaVersion", 1)
      json.object("recording") { json in
        json.member("file", replayed.name)
        json.member("events", replayed.recording.eventCount)
        json.member("skipped", replayed.recording.skippedCount)
        json.array("areas") { json in
          for area in replayed.recording.areas.indices {
            json.object { write(area, of: replayed, to: &$0) }
          }
        }
      }
      json.array("replays") { json in
        for replay in replayed.replays { json.object { write(replay, replayed.recording, to: &$0) } }
      }
    }
    return json.text
  }

  private static func write(_ place: Int, of replayed: ReplayedRecording, to json: inout JSONWriter) {
    let area = replayed.recording.areas[place]
    let requests = replayed.requests(of: place)
    let size = { (pages: UInt64) in
      replayed.replays.first.map { $0.size(pages).bytes } ?? 0
    }
    json.member("name", area.name)
    json.member("requests", requests.count)
    json.member("refused", requests.count { !$0.isGiven })
    json.member("busyRetries", requests.reduce(0) { $0 + $1.busyRetries })
    json.member("earlier", replayed.recording.requests.count { $0.area == place && $0.isEarlier })
    json.member("peak", size(area.peakPages))
    json.key("firstPFN")
    if let first = area.seen?.first.number { json.value(first) } else { json.null() }
    json.member("extent", size(area.seen?.count ?? 0))
  }

  private static func write(_ replay: FtraceReplay, _ recording: FtraceRecording, to json: inout JSONWriter) {
    json.member("area", recording.areas[replay.area].name)
    json.member("heap", replay.heapName)
    json.key("chunkOrder")
    if let order = replay.chunkOrder { json.value(order) } else { json.null() }
    json.member("size", replay.size(replay.areaPages).bytes)
    json.member("refused", replay.outcomes.count { $0.error != 0 })
    json.member("lost", replay.lost(recording).count)
    json.member("won", replay.won(recording).count)
    json.member("peak", replay.size(replay.peakPages).bytes)
    json.member("peakAt", replay.peakRequest.flatMap { recording.requests[$0].time })
    json.key("firstRefused")
    if let outcome = replay.firstRefusal {
      json.object { write(outcome, replay, recording, to: &$0) }
    } else {
      json.null()
    }
    json.array("requests") { json in
      for outcome in replay.outcomes { json.object { write(outcome, replay, recording, to: &$0) } }
    }
  }

  private static func write(
    _ outcome: FtraceReplay.Outcome, _ replay: FtraceReplay, _ recording: FtraceRecording,
    to json: inout JSONWriter
  ) {
    let request = recording.requests[outcome.request]
    json.member("line", request.line)
    json.member("at", request.time)
    json.member("task", request.task)
    json.member("bytes", replay.size(request.pages).bytes)
    json.member("alignOrder", request.alignOrder)
    json.member("recorded", ReplayedRecording.word(request.answer))
    json.member("result", ReplayedRecording.word(outcome.error))
    json.member("tries", outcome.tries)
    json.member("used", replay.size(outcome.usedPages).bytes)
  }
}
