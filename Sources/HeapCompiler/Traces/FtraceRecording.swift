import Diagnostics
import HeapModel

/// What a device asked of its CMA areas while it was recorded.
public struct FtraceRecording: Sendable {
  /// The areas, in the order in which they are named first.
  public internal(set) var areas: [FtraceArea] = []
  /// The requests, in the order in which the device answered them.
  public internal(set) var requests: [FtraceRequest] = []
  /// What happened, in order.
  public internal(set) var steps: [FtraceStep] = []
  /// Lines with one of the four events.
  public internal(set) var eventCount = 0
  /// Lines with another event, or with none.
  public internal(set) var skippedCount = 0
}

/// An area of a recording.
public struct FtraceArea: Hashable, Sendable {
  /// The name.
  public let name: String
  /// The page frames from the first to the last one that was given out; nil where none was.
  public internal(set) var seen: PageRange?
  /// All pages of the area, where the kernel tells them (newer than 6.12).
  public internal(set) var pages: UInt64?
  /// The most pages that were given out at a time, as far as the recording shows.
  public internal(set) var peakPages: UInt64 = 0
}

/// A call of `cma_alloc`.
public struct FtraceRequest: Sendable {
  /// The place of its area in ``FtraceRecording/areas``.
  public let area: Int
  /// The task's number.
  public let task: UInt64
  /// When it was answered, as it is written; nil for what was given out before the recording.
  public let time: String?
  /// The line of the answer, from 1; of the release, for what was given out before the recording.
  public let line: Int
  /// The length.
  public let pages: UInt64
  /// The order of the alignment.
  public let alignOrder: Int
  /// The answer of the device.
  public let answer: Answer
  /// The ranges that the device found busy.
  public let busyRetries: UInt64
  /// The place of the line.
  public let span: SourceSpan

  /// What a device answered.
  public enum Answer: Hashable, Sendable {
    /// The range that it gave.
    case given(PageRange)
    /// Nothing, with the kernel's error where it is written.
    case refused(Int32?)
    /// The recording ends, or loses events, before the answer.
    case unknown
  }

  /// Whether the device gave the pages.
  public var isGiven: Bool { if case .given = answer { true } else { false } }

  /// Whether the pages were given out before the recording, which shows only that they are given back.
  public var isEarlier: Bool { time == nil }
}

/// A step of a recording.
public enum FtraceStep: Hashable, Sendable {
  /// The request of this number is answered.
  case request(Int)
  /// So many pages of a request are given back.
  case release(request: Int, pages: UInt64)
}
