import HeapCompiler
import HeapModel

/// A recording of a device and what came of running it on other heaps.
package struct ReplayedRecording {
  /// The file's name on the command line.
  package let name: String
  /// The recording.
  package let recording: FtraceRecording
  /// The runs, area by area in the order of the recording, and for each the heaps as they were given.
  package let replays: [FtraceReplay]

  /// Keeps a recording and its runs.
  package init(name: String, recording: FtraceRecording, replays: [FtraceReplay]) {
    self.name = name
    self.recording = recording
    self.replays = replays
  }

  /// Whether a request that the device gave is refused in a run.
  package var losesRequests: Bool { replays.contains { !$0.lost(recording).isEmpty } }

  /// The requests of an area that were made while it was recorded.
  func requests(of area: Int) -> [FtraceRequest] {
    recording.requests.filter { $0.area == area && !$0.isEarlier }
  }

  /// The device's answer as a word.
  static func word(_ answer: FtraceRequest.Answer) -> String {
    switch answer {
    case .given: "ok"
    case .refused(let error): error.map(word) ?? "refused"
    case .unknown: "unknown"
    }
  }

  /// An error number as a word; `ok` for none.
  static func word(_ error: Int32) -> String {
    error == 0 ? "ok" : KernelError(rawValue: error)?.name ?? "\(error)"
  }
}

extension FtraceReplay {
  /// The name of what gives the pages, as `--heap` has it.
  var heapName: String { choice.kind?.name ?? "cma" }

  /// The order of the chunks; nil for a heap without.
  var chunkOrder: Int? {
    if case .chunk(_, let order) = choice.kind { order } else { nil }
  }

  /// The area's length in pages.
  var areaPages: UInt64 { trace.system.machine.areas.first?.pages ?? 0 }

  /// A number of pages in bytes.
  func size(_ pages: UInt64) -> ByteCount { ByteCount(choice.geometry.bytes(ofPages: pages) ?? .max) }

  /// The first request that is refused.
  var firstRefusal: Outcome? { outcomes.first { $0.error != 0 } }
}
