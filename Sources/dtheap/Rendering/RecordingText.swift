import Diagnostics
import HeapCompiler
import HeapModel

/// A replayed recording for a person.
package struct RecordingText {
  /// The most differences that are listed of one run.
  private static let differencesMax = 20

  private let replayed: ReplayedRecording

  /// The report on a recording.
  package init(_ replayed: ReplayedRecording) { self.replayed = replayed }

  private var recording: FtraceRecording { replayed.recording }

  /// The whole text.
  package var text: String {
    let requests = recording.requests.filter { !$0.isEarlier }
    var text = "\(DisplayText.harmless(replayed.name)): \(Text.count(requests.count, "request"))"
    text += " to \(Text.count(recording.areas.count, "area"))"
    if recording.skippedCount > 0 { text += "; \(Text.count(recording.skippedCount, "other event")) skipped" }
    text += "\n"
    for area in recording.areas.indices {
      let replays = replayed.replays.filter { $0.area == area }
      if let first = replays.first {
        text += "\n" + heading(area, first) + table(replays) + differences(replays)
      }
    }
    return text
  }

  private func heading(_ area: Int, _ replay: FtraceReplay) -> String {
    let known = recording.areas[area]
    let requests = replayed.requests(of: area)
    let refused = requests.count { !$0.isGiven }
    let retries = requests.reduce(0) { $0 + $1.busyRetries }
    let earlier = recording.requests.count { $0.area == area && $0.isEarlier }
    var text =
      "area `\(DisplayText.harmless(known.name))` as recorded: \(Text.count(requests.count, "request")), "
    text += "\(refused) refused, \(Text.count(retries, "busy range")), "
    text += "\(replay.size(known.peakPages).inBinaryUnits) in use at most"
    if let seen = known.seen, let base = replay.choice.geometry.bytes(ofPages: seen.first.number) {
      text += ", from \(Text.hex(base)) over \(replay.size(seen.count).inBinaryUnits)"
    }
    text += "\n"
    if earlier > 0 {
      text += "\(Text.count(earlier, "more buffer")) from before the recording, known by the release\n"
    }
    return text
  }

  private func table(_ replays: [FtraceReplay]) -> String {
    var rows = [["heap", "chunk", "area", "refused", "lost", "won", "peak use", "at", "first refused"]]
    for replay in replays {
      let peak = replay.peakRequest.map { recording.requests[$0] }
      rows.append([
        replay.heapName, replay.chunkOrder.map { replay.size(1 << UInt64($0)).inBinaryUnits } ?? "",
        replay.size(replay.areaPages).inBinaryUnits, "\(replay.outcomes.count { $0.error != 0 })",
        "\(replay.lost(recording).count)", "\(replay.won(recording).count)",
        replay.size(replay.peakPages).inBinaryUnits, peak.map(time) ?? "",
        replay.firstRefusal.map { words($0, replay) } ?? "none",
      ])
    }
    return TextTable(
      rows, alignment: [.left, .right, .right, .right, .right, .right, .right, .right, .left]
    ).text(indent: 2)
  }

  /// What the device answered otherwise.
  private func differences(_ replays: [FtraceReplay]) -> String {
    var text = ""
    for replay in replays {
      for (what, outcomes) in [("refuses", replay.lost(recording)), ("gives", replay.won(recording))] {
        guard !outcomes.isEmpty else { continue }
        let other = what == "gives" ? "refused" : "gave"
        text += "  `\(replay.heapName)` \(what) what the device \(other):\n"
        for outcome in outcomes.prefix(Self.differencesMax) { text += "    \(words(outcome, replay))\n" }
        let rest = outcomes.count - Self.differencesMax
        if rest > 0 { text += "    and \(rest) more\n" }
      }
    }
    return text
  }

  private func time(_ request: FtraceRequest) -> String { request.time ?? "start" }

  private func words(_ outcome: FtraceReplay.Outcome, _ replay: FtraceReplay) -> String {
    let request = recording.requests[outcome.request]
    let size = replay.size(request.pages).inBinaryUnits
    let error = outcome.error == 0 ? "" : " (\(ReplayedRecording.word(outcome.error)))"
    return request.isEarlier
      ? "\(size) from before the recording, released in line \(request.line)\(error)"
      : "\(size) at \(time(request)) by task \(request.task), line \(request.line)\(error)"
  }
}
