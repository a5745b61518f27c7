import Diagnostics
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler

@Suite struct FtraceFileTests {
  private func read(_ lines: [String]) -> FtraceReading {
    FtraceFile.read(bytes: Array((lines.joined(separator: "\n") + "\n").utf8), name: "trace.txt")
  }

  private func codes(_ reading: FtraceReading) -> [String] {
    #expect(reading.diagnostics.allSatisfy { $0.help != nil }, "\(reading.diagnostics)")
    for finding in reading.diagnostics {
      if let span = finding.span { _ = reading.sources.location(of: span) }
    }
    return reading.diagnostics.map(\.rule.code)
  }

  private static let start = "cma_alloc_start: name=a count=4 align=2"

  private func line(_ task: Int, _ event: String, cpu: Int = 0) -> String {
    "  codec-\(task)     [00\(cpu)] .....    61.2003: \(event)"
  }

  private func given(_ pfn: Int, _ count: Int = 4) -> String {
    "cma_alloc_finish: name=a pfn=0x\(String(pfn, radix: 16)) page=00000000c0f7a1d2 count=\(count) align=2"
  }

  private func release(_ pfn: Int, _ count: Int = 4) -> String {
    "cma_release: name=a pfn=0x\(String(pfn, radix: 16)) page=00000000c0f7a1d2 count=\(count)"
  }

  /// As the kernels and trace-cmd write one request each: without flags, with a process number, with nanoseconds, with
  /// a clock that counts, with names of tasks that look like something else.
  @Test(arguments: [
    "          codec-812     [001] .....    61.200314: ",
    "           codec-812   (    800) [001] d..1.    61.200314: ",
    "codec-812   (-------) [001]    61.200314: ", "<...>-812   [001]    61.200314123: ",
    "codec-812 [001] ..... 123456: ",
    "   a [0] b-7 c-812     [001] .....    61.200314: ",
    "    a: cma_x: -812     [001] .....    61.200314:    ",
    "\tcodec-812\t[001]\t61.200314:\t",
  ])
  func readsEveryKindOfContext(_ context: String) throws {
    let reading = read([
      "cpus=4", context + Self.start, context + given(0x1000) + "\r", context + "sched_switch: prev_comm=a",
    ])
    #expect(codes(reading) == [])
    let recording = try #require(reading.recording)
    let request = try #require(recording.requests.first)
    #expect(request.task == 812 && request.pages == 4 && request.alignOrder == 2 && request.line == 3)
    #expect(request.answer == .given(PageRange(0x1000..<0x1004)))
    #expect(recording.skippedCount == 1 && recording.eventCount == 2)
  }

  @Test(arguments: [
    (
      "pfn=0x1000 page=00000000c0f7a1d2 count=4 align=2",
      FtraceRequest.Answer.given(PageRange(0x1000..<0x1004))
    ),
    ("pfn=1000 page=0xffffea0000040000 count=4 align=2", .given(PageRange(0x1000..<0x1004))),
    ("pfn=0xffffffffffffffff page=0000000000000000 count=4 align=2", .refused(nil)),
    ("pfn=0xffffffff page=00000000 count=4 align=2", .refused(nil)),
    ("pfn=0x1000 page=(nil) count=4 align=2", .refused(nil)),
    ("pfn=0x1000 page=00000000c0f7a1d2 count=4 align=2 errorno=0", .given(PageRange(0x1000..<0x1004))),
    ("pfn=0xffffffffffffffff page=0000000000000000 count=4 align=2 errorno=-16", .refused(-16)),
  ])
  func tellsWhetherARequestWasGiven(_ fields: String, _ answer: FtraceRequest.Answer) throws {
    let reading = read([line(1, Self.start), line(1, "cma_alloc_finish: name=a " + fields)])
    #expect(codes(reading) == [])
    #expect(try #require(reading.recording).requests.map(\.answer) == [answer])
  }

  @Test func readsTheStartOfNewerKernels() throws {
    let start = "cma_alloc_start: name=a request_count=4 available_count=16384 total_count=16384 align=2"
    let recording = try #require(read([line(1, start), line(1, given(0x1000))]).recording)
    #expect(recording.areas[0].pages == 16384)
    #expect(recording.requests[0].pages == 4)
  }

  /// Vendors add fields, and later kernels will.
  @Test(arguments: [
    "name=a count=4 available=16380 total=16384 align=2", "name=a count=4 align=2 gfp_mask=0x1 flags=A|B",
    "name=a timeout_ms=50 count=4 align=2", "name=a count=4 align=2 note=",
  ])
  func passesOverUnknownFields(_ fields: String) throws {
    let reading = read([line(1, "cma_alloc_start: " + fields), line(1, given(0x1000))])
    #expect(codes(reading) == [])
    let recording = try #require(reading.recording)
    #expect(recording.requests.map(\.pages) == [4])
    #expect(recording.requests.map(\.alignOrder) == [2])
  }

  /// An area's name can hold blanks; what is no field belongs to it.
  @Test(arguments: [
    ("linux cma", "linux cma"), ("a b=c", "a"), ("a 1=2", "a 1=2"), ("a =", "a ="), ("a é=1", "a é=1"),
    ("a=b", "a=b"), ("a [31mb=1", "a [31mb=1"),
  ])
  func readsNames(_ written: String, _ name: String) throws {
    let reading = read([line(1, "cma_alloc_start: name=\(written) count=4 align=2")])
    #expect(try #require(reading.recording).areas.map(\.name) == [name])
  }

  /// A task can move to another CPU while it waits, and several wait at once.
  @Test func joinsByTask() throws {
    let retry = "cma_alloc_busy_retry: name=a pfn=0x1000 page=00000000c0f7a1d2 count=4 align=2"
    let reading = read([
      line(1, Self.start), line(2, "cma_alloc_start: name=a count=8 align=2"), line(2, retry, cpu: 1),
      line(1, given(0x1000), cpu: 3), line(2, given(0x1008, 8)), line(3, release(0x1008, 8)),
    ])
    #expect(codes(reading) == [])
    let recording = try #require(reading.recording)
    #expect(recording.requests.map(\.task) == [1, 2])
    #expect(recording.requests.map(\.busyRetries) == [0, 1])
    #expect(recording.steps == [.request(0), .request(1), .release(request: 1, pages: 8)])
    #expect(recording.areas[0].peakPages == 12)
  }

  /// 6.1 traces no finish of a request that is larger than the area; a recording can end in one.
  @Test func knowsRequestsWithoutAnswer() throws {
    let reading = read([
      line(1, Self.start), line(1, Self.start), line(1, given(0x1000)), line(2, Self.start),
    ])
    #expect(codes(reading) == [])
    let answers = try #require(reading.recording).requests.map(\.answer)
    #expect(answers == [.refused(nil), .given(PageRange(0x1000..<0x1004)), .unknown])
  }

  @Test func findsWhatWasThereBefore() throws {
    let reading = read([line(1, Self.start), line(1, given(0x1000)), line(2, release(0x0ffe, 8))])
    let recording = try #require(reading.recording)
    #expect(recording.requests.map(\.isEarlier) == [false, true, true])
    #expect(recording.requests.map(\.pages) == [4, 2, 2])
    #expect(
      recording.steps == [
        .request(1), .request(2), .request(0), .release(request: 1, pages: 2), .release(request: 0, pages: 4),
        .release(request: 2, pages: 2),
      ])
    #expect(recording.areas[0].seen == PageRange(0x0ffe..<0x1006))
    #expect(recording.areas[0].peakPages == 8)
  }

  @Test func givesBackInParts() throws {
    let reading = read([
      line(1, "cma_alloc_start: name=a count=8 align=2"), line(1, given(0x1000, 8)),
      line(1, release(0x1002, 4)),
      line(1, release(0x1006, 2)), line(1, release(0x1000, 2)),
    ])
    let recording = try #require(reading.recording)
    #expect(recording.steps.dropFirst() == [4, 2, 2].map { .release(request: 0, pages: $0) }[...])
    let geometry = try #require(MemoryGeometry(pageSizeBytes: 4096, pageblockOrder: 9, maxOrder: 11))
    let replay = try FtraceReplay(recording, area: 0, .init(geometry: geometry))
    #expect(try TraceReplay.run(replay.trace).answers.last?.used == 0)
  }

  /// The kernel traces a release behind it, so that the pages can be given out again before the line appears.
  @Test func allowsForReleasesThatComeLate() throws {
    let lines = [
      line(1, Self.start), line(1, given(0x1000)), line(2, Self.start), line(2, given(0x1000)),
      line(1, release(0x1000)),
      line(2, release(0x1000)),
    ]
    let reading = read(lines)
    #expect(codes(reading) == ["DTH341"])
    let late = try #require(reading.recording)
    #expect(
      late.steps.suffix(3) == [.release(request: 0, pages: 4), .request(1), .release(request: 1, pages: 4)])
    #expect(late.requests.count == 2)
    // Where events were lost, the release is lost and not late.
    let lossy = read(lines[..<4] + ["CPU:1 [LOST 3 EVENTS]"] + lines[5...])
    #expect(codes(lossy) == ["DTH341", "DTH341"])
    #expect(try #require(lossy.recording).steps.last == .release(request: 1, pages: 4))
  }

  @Test(arguments: [
    ("cma_alloc_start: name=a count=0 align=2", "0"), ("cma_alloc_start: name=a count=-4 align=2", "-4"),
    ("cma_alloc_start: name=a count=99999999999999999999 align=2", "99999999999999999999"),
    ("cma_alloc_start: name=a count=4 align=99", "99"),
    ("cma_alloc_start: name=a count=4", " name=a count=4"),
    ("cma_alloc_start: count=4 align=2", " count=4 align=2"), ("cma_alloc_start: ", " "),
    ("cma_release: name=a pfn=0x1000 page=c0f7a1d2", " name=a pfn=0x1000 page=c0f7a1d2"),
    ("cma_release: name=a pfn=0xzz page=c0f7a1d2 count=4", "0xzz"),
    ("cma_release: name=a pfn=0xffffffffffffffff page=c0f7a1d2 count=4", "0xffffffffffffffff"),
    ("cma_release: name=a pfn=0x1000 page=c0f7a1d2 count=4 and more", "and"),
    ("cma_release: name=a b=c d pfn=0x1000 page=c0f7a1d2 count=4", "d"),
    ("cma_alloc_finish: name=a pfn=0x1000 page=c0f7a1d2 count=4 align=2 errorno=7", "7"),
    ("cma_release: name=\u{1b}[2J pfn=0x1000 page=c0f7a1d2 count=4", "\u{1b}[2J"),
  ])
  func refusesMalformedEvents(_ event: String, _ marked: String) throws {
    let reading = read(["# tracer: nop", line(1, event)])
    #expect(codes(reading) == ["DTH339"])
    #expect(reading.recording == nil)
    let span = try #require(reading.diagnostics.first?.span)
    #expect(reading.sources.location(of: span).line == 2)
    let text = Array("# tracer: nop\n\(line(1, event))".utf8)
    #expect(String(decoding: text[Int(span.start)..<Int(span.end)], as: UTF8.self) == marked)
  }

  @Test(arguments: [
    "", "\n\n", "# tracer: nop\n", "codec-1 [000] ..... 1.0: sched_wakeup: comm=a pid=1\n", "\u{0}\u{ff}",
  ])
  func wantsAnEvent(_ text: String) {
    let reading = FtraceFile.read(bytes: Array(text.utf8), name: "trace.txt")
    #expect(codes(reading) == ["DTH340"])
    #expect(reading.recording == nil)
  }

  @Test func refusesEventsWithoutContext() {
    #expect(codes(read([Self.start])) == ["DTH339"])
    #expect(codes(read(["61.2: " + Self.start, line(1, Self.start)])) == ["DTH339"])
  }

  /// Every area is replayed by itself.
  @Test func boundsTheAreas() {
    let lines = (0..<2000).map { line(1, "cma_release: name=area\($0) pfn=0x1000 page=c0f7a1d2 count=4") }
    let reading = read(lines)
    #expect(codes(reading).contains("DTH332") && reading.recording == nil)
    #expect(reading.diagnostics.contains { $0.message.contains("1024 areas") })
  }

  /// Lines made to cost time or memory.
  @Test(.endsInTime) func boundsHostileText() throws {
    let brackets = String(repeating: "a-1 [0] ", count: 100_000)
    let blanks = String(repeating: " ", count: 100_000) + String(repeating: "[", count: 100_000)
    #expect(codes(read([brackets, blanks, brackets + "cma_release: "])) == ["DTH340"])
    let long = [String](repeating: String(repeating: "a-1 [0] ", count: 1000) + "cma_release: ", count: 20)
    #expect(codes(read(long)) == [String](repeating: "DTH339", count: 20))
    let bad = [String](repeating: line(1, "cma_release: name=a"), count: 500)
    let reading = read(bad)
    #expect(reading.diagnostics.count == 100 && reading.droppedCount == 400)
    // Releases over many ranges, and ranges in falling order.
    var lines: [String] = []
    for pfn in (0..<5000).reversed() {
      lines += [line(pfn, Self.start), line(pfn, given(4096 + pfn * 8))]
    }
    lines.append(line(1, release(4096, 40_000)))
    let recording = try #require(read(lines).recording)
    #expect(recording.requests.count == 10_000)
    #expect(recording.requests.last?.isEarlier == true)
  }

  /// Against a list that is searched from end to end.
  @Test func keepsLiveRanges() {
    var random = SplitMix64(seed: 11)
    var ranges = LiveRanges()
    var pages: [Int: Int] = [:]
    for request in 0..<4000 {
      let start = Int(random.next() % 3000)
      let frames = start..<start + 1 + Int(random.next() % 6)
      var expected: [Int: Int] = [:]
      for page in frames { if let owner = pages.removeValue(forKey: page) { expected[page] = owner } }
      let removed = ranges.remove(UInt64(frames.lowerBound)..<UInt64(frames.upperBound))
      var found: [Int: Int] = [:]
      for entry in removed { for page in entry.frames { found[Int(page)] = entry.request } }
      #expect(found == expected)
      guard random.next() % 4 != 0 else { continue }
      ranges.insert(UInt64(frames.lowerBound)..<UInt64(frames.upperBound), request: request)
      for page in frames { pages[page] = request }
    }
  }
}
