import HeapModel

/// An event of the subsystem `cma` as a line of ftrace's text shows it.
///
/// - Source: Linux 6.1 include/trace/events/cma.h. 6.12 has `errorno` in the finish; later ones write the start's
///   `count` as `request_count`, with `available_count` and `total_count` behind. Old ones write frames without `0x`.
struct FtraceEvent: Hashable {
  /// Which of the four events it is.
  enum Kind: String, CaseIterable {
    case start = "cma_alloc_start"
    case finish = "cma_alloc_finish"
    case busyRetry = "cma_alloc_busy_retry"
    case release = "cma_release"
  }

  let kind: Kind
  /// The task's number.
  let task: UInt64
  /// The time as it is written.
  let time: String
  /// The name of the area.
  let area: String
  /// The pages that were asked for or given back, from 1.
  let pages: UInt64
  /// The order of the alignment; nil for a release.
  var alignOrder: Int?
  /// The range that was given, tried or given back; nil for a start and for a request that failed.
  var range: PageRange?
  /// The error of a finish as the kernel has it, 0 for none; nil where it is not written.
  var error: Int32?
  /// All pages of the area, where a start tells them.
  var areaPages: UInt64?
}

/// What a line of ftrace's text is.
enum FtraceLine: Hashable {
  case event(FtraceEvent)
  /// The kernel says that it lost events here.
  case lostEvents
  /// A heading, or an event of another kind.
  case other(isEvent: Bool)
  /// One of the four events, and not as the kernel writes it: what is wrong, and at which bytes.
  case malformed(String, Range<Int>)

  /// The most bytes of a line that is looked at; the kernel writes no longer ones.
  ///
  /// - Source: Linux 6.12 include/linux/trace_seq.h, TRACE_SEQ_SIZE.
  static let bytesMax = 8192

  /// Reads a line without its end.
  ///
  /// - Parameter line: indices are those of the file.
  /// - Complexity: O(n).
  init(_ line: ArraySlice<UInt8>) {
    let blanks = line.prefix { $0 == 0x20 || $0 == 0x09 }
    let text = line[blanks.endIndex...]
    if text.isEmpty || text.first == UInt8(ascii: "#") || line.count > Self.bytesMax {
      self = .other(isEvent: false)
    } else if text.starts(with: Array("CPU:".utf8)), Self.lossEndings.contains(where: text.ends) {
      self = .lostEvents
    } else if let context = FtraceContext(line) {
      guard let kind = FtraceEvent.Kind(rawValue: String(decoding: line[context.event], as: UTF8.self)) else {
        self = .other(isEvent: true)
        return
      }
      var fields = FtraceFields(line[context.fields])
      self = fields.event(kind, task: context.task, time: String(decoding: line[context.time], as: UTF8.self))
    } else if Self.names.contains(where: { line.firstRange(of: $0) != nil }) {
      self = .malformed("task, CPU and time stand before the event", text.startIndex..<text.endIndex)
    } else {
      self = .other(isEvent: false)
    }
  }

  private static let names = FtraceEvent.Kind.allCases.map { Array("\($0.rawValue): ".utf8) }
  /// Linux 6.1 kernel/trace/trace.c, print_trace_fmt's caller; and trace-cmd.
  private static let lossEndings = ["EVENTS]", "EVENTS DROPPED]"].map { Array($0.utf8) }
}

extension ArraySlice<UInt8> {
  /// Whether the last bytes, white space aside, are these.
  fileprivate func ends(with ending: [UInt8]) -> Bool {
    var end = endIndex
    while end > startIndex, self[end - 1] == 0x20 || self[end - 1] == 0x0D { end -= 1 }
    return end - startIndex >= ending.count && self[(end - ending.count)..<end].elementsEqual(ending)
  }
}

/// What stands before the fields of an event: `task-pid (tgid) [cpu] flags time: event:`; group and flags can be
/// missing.
///
/// - Source: Linux 6.1 kernel/trace/trace_output.c, trace_print_context.
struct FtraceContext {
  let task: UInt64
  let time: Range<Int>
  let event: Range<Int>
  /// What follows the event's colon.
  let fields: Range<Int>

  /// A task's name can hold almost any character, so that every bracket is tried.
  init?(_ line: ArraySlice<UInt8>) {
    for place in line.indices where line[place] == UInt8(ascii: "[") {
      guard let close = Self.number(in: line, from: place + 1), close < line.endIndex,
        line[close] == UInt8(ascii: "]"), let task = Self.task(in: line[..<place]),
        let (time, rest) = Self.time(in: line, from: close + 1)
      else { continue }
      var start = rest
      while start < line.endIndex, Self.isBlank(line[start]) { start += 1 }
      guard let colon = line[start...].firstIndex(of: UInt8(ascii: ":")), colon > start else { return nil }
      (self.task, self.time) = (task, time)
      event = start..<colon
      fields = colon + 1..<line.endIndex
      return
    }
    return nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The end of one to six digits; nil where there are none.
  private static func number(in line: ArraySlice<UInt8>, from start: Int) -> Int? {
    let digits = line[start...].prefix(7).prefix(while: isDigit)
    return (1...6).contains(digits.count) ? digits.endIndex : nil
  }

  /// The task's number at the end, `-123  ` or `-123  (  45) `.
  private static func task(in line: ArraySlice<UInt8>) -> UInt64? {
    var rest = trimmed(line)
    if rest.last == UInt8(ascii: ")") {
      // Seven characters and the brackets; a group is never longer.
      guard let open = rest.suffix(16).lastIndex(of: UInt8(ascii: "(")) else { return nil }
      rest = trimmed(rest[..<open])
    }
    var start = rest.endIndex
    while start > rest.startIndex, rest.endIndex - start <= 19, isDigit(rest[start - 1]) { start -= 1 }
    guard start > rest.startIndex, rest[start - 1] == UInt8(ascii: "-") else { return nil }
    return UInt64(String(decoding: rest[start...], as: UTF8.self))
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var end = line.endIndex
    while end > line.startIndex, isBlank(line[end - 1]) { end -= 1 }
    return line[..<end]
  }

  /// The time and the place behind its colon; a word of flags can stand before it.
  private static func time(in line: ArraySlice<UInt8>, from start: Int) -> (Range<Int>, Int)? {
    var place = start
    for _ in 0..<2 {
      while place < line.endIndex, isBlank(line[place]) { place += 1 }
      let word = line[place...].prefix(32).prefix { !isBlank($0) }
      if let colon = word.firstIndex(of: UInt8(ascii: ":")) {
        let digits = line[place..<colon]
        let isTime =
          digits.first.map(isDigit) == true && digits.last.map(isDigit) == true
          && digits.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") }
          && digits.count { $0 == UInt8(ascii: ".") } <= 1
        return isTime ? (place..<colon, colon + 1) : nil
      }
      place = word.endIndex
    }
    return nil
  }
}
