import Diagnostics
import HeapModel
import TestSupport
import Testing

@testable import HeapCompiler

@Suite struct PlanFileTests {
  private func read(_ text: String) -> PlanReading {
    PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml")
  }

  /// Checks that the findings are those that the text's markers announce, at their lines.
  @discardableResult
  private func expectMarked(_ text: String, _ location: Testing.SourceLocation = #_sourceLocation)
    -> PlanReading
  {
    let reading = read(text)
    MarkedSource(text, sourceLocation: location)
      .expect(reading.diagnostics, in: reading.sources, sourceLocation: location)
    for finding in reading.diagnostics where finding.help == nil {
      Issue.record("no help: \(finding.message)", sourceLocation: location)
    }
    return reading
  }

  @Test func readsEveryKey() throws {
    let reading = read(
      """
      buffers:
        - name: output
          frame: {width: 3840, height: 2160, format: NV12, stride-alignment: 64, height-alignment: 16}
          count: 0x6
          heap: "&video"
          start: 33ms
          end: 1.5min
        - {name: still, size: 24MiB, start: 5, duration: 500ms, repeat: {every: 5s, count: 11}}
      groups:
        - name: screen
          start: 1
          end: 1h
          buffers:
            - {name: composed, size: 0x10000}
      expect: {fits: false}
      """)
    #expect(reading.diagnostics.isEmpty)
    let plan = try #require(reading.plan)
    #expect(plan.allBuffers.map(\.name) == ["output", "still", "composed"])
    #expect(plan.allBuffers.map(\.size.bytes) == [12_441_600, 24 << 20, 65536])
    #expect(plan.allBuffers.map(\.count) == [6, 1, 1])
    #expect(plan.buffers[0].heap?.text == "&video")
    #expect(plan.buffers[0].time.start.microseconds == 33_000)
    #expect(plan.buffers[0].time.end?.seconds == 90)
    #expect(plan.buffers[1].time.end?.seconds == 5.5)
    #expect(
      plan.buffers[1].time.repetition
        == PlannedTime.Repetition(every: SimulationTime(microseconds: 5_000_000), times: 11))
    #expect(plan.groups[0].time.end?.seconds == 3600)
    #expect(plan.expectation?.fits == false)
  }

  @Test func findsWhatIsWrongWithBuffers() {
    expectMarked(
      """
      buffers:
        - name: a
          size: 64 MB  #! error[DTH307]
        - name: a  #! error[DTH311]
          size: -4096  #! error[DTH308]
        - name: c
          size: 0  #! error[DTH308]
        - name: d
          size: 4MiB
          count: 1.5  #! error[DTH307]
        - name: e
          size: 4MiB
          frame: {width: 1, height: 1, format: NV12}  #! error[DTH310]
        - name: f  #! error[DTH309]
        - size: 4MiB  #! error[DTH309]
        - name: h
          size: [4MiB]  #! error[DTH307]
        - name: i
          size: 4MiB
          cuont: 2  #! error[DTH305]
        - just text  #! error[DTH307]
        - name: k
          size: 18446744073709551616  #! error[DTH308]
        - name: l
          size:  #! error[DTH307]
        - name: m
          size: 4MiB
          heap: [video]  #! error[DTH307]
        - name: n
          size: 4MiB
          count: "3"  #! error[DTH307]
        - name: {o: p}  #! error[DTH307]
          size: 010  #! error[DTH307]
        - name: "tab\\tulator"  #! error[DTH307]
          size: 4MiB
          count: 4000000000  #! error[DTH308]
      """)
  }

  @Test func findsWhatIsWrongWithFrames() {
    expectMarked(
      """
      buffers:
        - name: a
          frame: {width: 0, height: 1080, format: NV12}  #! error[DTH308]
        - name: b
          frame: {width: 1920, format: NV12}  #! error[DTH309]
        - name: c
          frame: {width: 1920, height: 1080, format: nv12}  #! error[DTH307]
        - name: d
          frame: {width: 1920, height: 1080, format: NV12, stride: 64}  #! error[DTH305]
        - name: e
          frame: 1920x1080  #! error[DTH307]
        - name: f
          frame:
            width: 99999999999999999999  #! error[DTH308]
            height: -1  #! error[DTH308]
            format: [NV12]  #! error[DTH307]
      """)
  }

  @Test func findsWhatIsWrongWithTimes() {
    expectMarked(
      """
      buffers:
        - {name: a, size: 1, start: soon}  #! error[DTH307]
        - {name: b, size: 1, start: -1}  #! error[DTH308]
        - {name: c, size: 1, start: 2, end: 2}  #! error[DTH312]
        - {name: c2, size: 1, start: 999999999, duration: 2}  #! error[DTH312]
        - {name: d, size: 1, end: 2, duration: 1}  #! error[DTH310]
        - {name: e, size: 1, duration: 0}  #! error[DTH308]
        - {name: f, size: 1, start: 1e400}  #! error[DTH307]
        - {name: g, size: 1, start: 99999999999999999999999}  #! error[DTH308]
        - {name: h, size: 1, repeat: {every: 0, count: 2}}  #! error[DTH308]
        - {name: i, size: 1, repeat: {every: 1}}  #! error[DTH309]
        - {name: j, size: 1, repeat: {every: 10000, count: 1000000}}  #! error[DTH312]
        - {name: k, size: 1, repeat: 5}  #! error[DTH307]
        - {name: l, size: 1, start: 1.2.3}  #! error[DTH307]
        - {name: m, size: 1, start: 3 weeks}  #! error[DTH307]
        - {name: n, size: 1, start: {at: 1}}  #! error[DTH307]
      """)
  }

  @Test func findsMembersThatAreNeverThere() throws {
    let reading = expectMarked(
      """
      buffers: [{name: always, size: 1}]
      groups:
        - name: call
          start: 10
          end: 40
          buffers:
            - {name: a, size: 1, start: 12, end: 40}
            - {name: b, size: 1, start: 30}  #! error[DTH312]
            - {name: c, size: 1, start: 31, end: 60}  #! error[DTH312]
            - {name: d, size: 1, start: 29, repeat: {every: 5, count: 3}}
        - name: clip
          duration: 500ms
          repeat: {every: 1, count: 3}
          buffers:
            - {name: e, size: 1, start: 499ms}
            - {name: f, size: 1, start: 1}  #! error[DTH312]
        - name: endless
          start: 10
          buffers:
            - {name: g, size: 1, start: 999}
        - name: backwards
          start: 10
          end: 5  #! error[DTH312]
          buffers:
            - {name: h, size: 1, start: 12}
      """)
    #expect(
      reading.diagnostics.map(\.message).prefix(2) == [
        "`start` at 30 s is not before the end of the group, which is there for 30 s",
        "`start` at 31 s is not before the end of the group, which is there for 30 s",
      ])
    #expect(
      reading.diagnostics.map(\.help).prefix(2) == [
        "times in a group count from the group's start: 30 s of the plan is `start: 20`",
        "times in a group count from the group's start: 31 s of the plan is `start: 21`",
      ])
    let place = try #require(reading.diagnostics.first?.span)
    #expect(reading.sources.location(of: place).column == 35)
  }

  @Test func findsMembersBeyondTheClock() {
    expectMarked(
      """
      groups:
        - name: late
          start: 999999999
          buffers:
            - {name: a, size: 1, start: 1}
            - {name: b, size: 1, start: 999999999}  #! error[DTH312]
            - {name: c, size: 1, duration: 2}  #! error[DTH312]
            - {name: d, size: 1, end: 2}  #! error[DTH312]
            - {name: e, size: 1, repeat: {every: 1, count: 3}}  #! error[DTH312]
        - name: often
          repeat: {every: 1, count: 10}
          buffers:
            - {name: f, size: 1, start: 999999991}
            - {name: g, size: 1, start: 999999992}  #! error[DTH312]
        - name: cut
          start: 999999998
          end: 999999999
          buffers:
            - {name: h, size: 1, end: 1000}
      """)
  }

  @Test func findsWhatIsWrongWithThePlan() {
    expectMarked("buffer: []  #! error[DTH305] error[DTH309]\n")
    expectMarked("buffers: []  #! error[DTH309]\n")
    expectMarked("- 1  #! error[DTH307]\n")
    expectMarked("buffers: many  #! error[DTH307]\n")
    expectMarked(
      """
      buffers:
        - {name: a, size: 1}
      groups:
        - name: g  #! error[DTH309]
        - {name: h, buffers: [{name: a, size: 1}]}  #! error[DTH311]
      pressure:
        page-cache: 50  #! error[DTH305]
      expect:
        fits: maybe  #! error[DTH307]
        [1]: 2  #! error[DTH305]
      """)
    let buffers = "buffers: [{name: a, size: 1}]\n"
    expectMarked(buffers + "expect: {}  #! error[DTH309]\n")
    expectMarked(buffers + "expect: {latency: {}}  #! error[DTH309]\n")
    expectMarked(buffers + "expect: {fits: true, latency: {}}  #! error[DTH309]\n")
    expectMarked(buffers + "expect: {fits: false, success-rate: 100%}  #! error[DTH310]\n")
    expectMarked(buffers + "expect: {fits: yes, latency: {}}  #! error[DTH307] error[DTH309]\n")
    expectMarked(buffers + "expect: {fits: false, success-rate: 99%}\n")
    expectMarked(buffers + "expect: {fits: true, success-rate: 100%}\n")
    expectMarked(
      """
      groups:
        - {name: g, buffers: [{name: a, size: 1}]}
        - {name: a, buffers: [{name: b, size: 1}]}
        - name: g  #! error[DTH311]
          start: 5
          buffers: [{name: c, size: 1}]
      """)
  }

  @Test func readsPressure() throws {
    let text = """
      buffers: [{name: a, size: 1}]
      pressure:
        policy: zone-cma
        cpus: 2
        swap: 64MiB
        swap-kind: zram
        compression: 4
        page-copy: 3.515us
        holders:
          - {kind: kernel, size: 8MiB}
          - {kind: page-cache, share: 62.5%, arrival: 2MiB, exit: 1MiB, mapped: true}
          - {kind: written-files, share: 0.1, arrival: 1MiB, writeback: 30ms}
          - {kind: metadata, size: 1MiB, journalled: 30%}
          - {kind: long-pins, pages: 24, size: 96MiB, place: area, name: camera}
          - {kind: short-pins, size: 16MiB, rate: 100, pages: 8, hold: 5ms, distribution: fixed}
          - {kind: processes, share: 50%, locked: true, huge: true}
          - {kind: area-user, area: pool, size: 4MiB, count: 2, rate: 1, hold: 2s}
          - {kind: written-files, name: journalled, size: 4MiB, clean: 90%, journalled: 10%}
          - {kind: page-cache, name: device, size: 4MiB, device: true}
          - {kind: processes, name: buffer, size: 4MiB, place: area}
      expect: {success-rate: 95%, latency: {p99: 20ms, max: 1s}}
      """
    let reading = PlanFile.read(bytes: Array(text.utf8), name: "plan.yaml")
    #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
    let plan = try #require(reading.plan)
    let pressure = try #require(plan.pressure)
    #expect(pressure.policy == .areaZone)
    #expect(pressure.swap.bytes == 64 << 20)
    #expect(pressure.pageCopy == 3.515)
    #expect(
      pressure.holders.map(\.kind) == [
        .kernel, .pageCache, .writtenFiles, .metadata, .longPins, .shortPins, .processes, .areaUser,
        .writtenFiles, .pageCache, .processes,
      ])
    #expect(pressure.swapKind == .zram && pressure.swapCompression == 4)
    #expect(pressure.holders[3].journalled == 0.3 && pressure.holders[2].journalled == nil)
    #expect(pressure.holders[8].journalled == 0.1 && pressure.holders[8].clean == 0.9)
    #expect(pressure.holders[9].isDevice && pressure.holders[10].place == .area)
    #expect(pressure.holders[1].amount == .share(0.625))
    #expect(pressure.holders[4].name == "camera" && pressure.holders[4].count == 24)
    #expect(pressure.holders[5].isExponential == false)
    #expect(pressure.holders[6].isHuge && pressure.holders[6].isLocked && !pressure.holders[1].isHuge)
    #expect(plan.expectation?.fits == nil)
    #expect(plan.expectation?.successRate == 0.95)
    #expect(plan.expectation?.latencies.map(\.name) == ["p99", "max"])
  }

  @Test func findsWhatIsWrongWithPressure() {
    expectMarked(
      """
      buffers: [{name: a, size: 1}]
      pressure:
        policy: half  #! error[DTH307]
        cpus: 5000  #! error[DTH308]
        page-copy: 2s  #! error[DTH308]
        swap-kind: tape  #! error[DTH307]
        compression: 0  #! error[DTH308]
        holders:
          - {kind: cache, share: 1}  #! error[DTH307]
          - {kind: page-cache}  #! error[DTH309]
          - {kind: page-cache, share: 101%, name: b}  #! error[DTH308]
          - {kind: kernel, size: 1MiB, rate: 3}  #! error[DTH305]
          - {kind: kernel, size: 1MiB, huge: true, name: c}  #! error[DTH305]
          - {kind: kernel, size: 1MiB, share: 1}  #! error[DTH310] error[DTH311]
          - {kind: long-pins}  #! error[DTH309]
          - {kind: short-pins, size: 1MiB, rate: 1}  #! error[DTH309]
          - {kind: processes, size: 1MiB, locked: 1}  #! error[DTH307]
          - {size: 1MiB}  #! error[DTH309]
      expect: {success-rate: much, latency: {p98: 1s}}  #! error[DTH305] error[DTH307]
      """)
  }

  /// A part of a plan, and what its one finding says and advises.
  @Test(arguments: [
    (
      "buffers: [{name: a, size: 17179869184GiB}]", "`size` is at most 1 PiB",
      "write a number of bytes from 1 to 1 PiB"
    ),
    (
      "buffers: [{name: a, size: 0xFFFFFFFFFFFFFFFFFK}]", "`size` is at most 1 PiB",
      "write a number of bytes from 1 to 1 PiB"
    ),
    (
      "buffers: [{name: a, size: -4KiB}]", "`size` is negative", "write a number of bytes from 1 to 1 PiB"
    ),
    (
      "buffers: [{name: a, size: 1TiB}]", "`size` is a number of bytes, not `1TiB`",
      "write a whole number, alone or with K, M, G, KiB, MiB or GiB: `65536`, `64MiB`, `0x10000`"
    ),
    (
      "buffers: [{name: a, size: 1.5MiB}]", "`size` is a number of bytes, not `1.5MiB`",
      "write a whole number, alone or with K, M, G, KiB, MiB or GiB: `65536`, `64MiB`, `0x10000`"
    ),
    (
      "buffers: [{name: a, size: 1, count: 0}]", "`count` is at least 1, not 0",
      "write a whole number from 1 to 1000000"
    ),
    (
      "buffers: [{name: a, size: 1, start: -1}]", "`start` is negative", "write a time from 0 to 1000000000 s"
    ),
    (
      "buffers: [{name: a}]", "the buffer has neither `size` nor `frame`",
      "add `size: 64MiB`, or `frame: {width: 1920, height: 1080, format: NV12}`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nbuffers: []", "the mapping has `buffers` more than once",
      "keep one of them"
    ),
    (
      "buffers: [{name: a, size: 1}, {name: a, size: 1}]", "two buffers are called `a`",
      "give one of them another `name`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nexpect: {fits: yes}", "`fits` is `true` or `false`, not `yes`",
      "write `true`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nexpect: {fits: Off}", "`fits` is `true` or `false`, not `Off`",
      "write `false`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nexpect: {fits: 3}", "`fits` is `true` or `false`, not `3`",
      "write `true` or `false`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nexpect: {success-rate: 40}", "`success-rate` is from 0% to 100%",
      "write `40%`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nexpect: {success-rate: 101}", "`success-rate` is from 0% to 100%",
      "write `40%` or `0.4`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nexpect: {success-rate: -1%}",
      "`success-rate` is negative: it is from 0% to 100%", "write `40%` or `0.4`"
    ),
    (
      "buffers: [{name: a, size: 1}]\npressure: {holders: [{kind: kernel}]}",
      "the holder has neither `size` nor `share`", "add `size: 64MiB` or `share: 40%`"
    ),
    (
      "buffers: [{name: a, size: 1}]\npressure: {holders: [{kind: short-pins, size: 1, rate: 1}]}",
      "the holder has no `hold`", "add `hold:`"
    ),
    (
      "buffers: [{name: a, size: 1}]\nheaps: [{name: b}]", "the heap has no `model`",
      "add `model:` with `compound-pool` or `system`"
    ),
    ("", "the plan is empty", "a plan has `buffers:`, a list such as `[{name: frames, size: 4MiB}]`"),
    (
      "buffers: [{name: a, size: 1}]\n---\n", "the file has a second document",
      "keep one; a line with `---` begins another"
    ),
  ])
  func advises(_ text: String, _ message: String, _ help: String) {
    let reading = read(text + "\n")
    #expect(reading.diagnostics.map(\.message) == [message])
    #expect(reading.diagnostics.map(\.help) == [help])
  }

  @Test func boundsTheNumberOfBuffers() {
    expectMarked(
      """
      buffers:
        - {name: a, size: 1, count: 1000000}
        - {name: b, size: 1}  #! error[DTH313]
        - {name: c, size: 1, count: 1000000, repeat: {every: 1us, count: 1000000}}
      groups:
        - name: g
          repeat: {every: 1us, count: 1000000}
          buffers:
            - {name: d, size: 1, count: 1000000, repeat: {every: 1us, count: 1000000}}
      """)
  }

  @Test func placesFindingsInTheText() throws {
    let reading = read("buffers:\n  - {name: \"größe\", size: 1, cuont: 2}\n")
    let finding = try #require(reading.diagnostics.first)
    #expect(finding.message == "a buffer has no key `cuont`; did you mean `count`?")
    let span = try #require(finding.span)
    let location = reading.sources.location(of: span)
    #expect((location.line, location.column, location.endColumn) == (2, 30, 35))
  }

  @Test func placesFindingsInTheFirstLine() throws {
    let reading = read("{buffers: [{name: a, size: 1}, 'x y', {z: 1}], expect: {fits: 2}}")
    let places = reading.diagnostics.compactMap { finding in
      finding.span.map { reading.sources.location(of: $0) }.map { [$0.column, $0.endColumn] }
    }
    #expect(places == [[32, 37], [39, 66], [39, 66], [40, 41], [63, 64]])
  }

  @Test func keepsItsFileBehindOthers() throws {
    var sources = SourceMap()
    _ = sources.add(SourceFile(name: "board.dts", bytes: []))
    let reading = PlanFile.read(bytes: Array("buffers: 1\n".utf8), name: "plan.yaml", after: sources)
    let span = try #require(reading.diagnostics.first?.span)
    #expect(reading.sources[span.file].name == "plan.yaml")
  }

  @Test func boundsTheNumberOfFindings() {
    let entries = (0..<1000).map { "  - \($0)\n" }.joined()
    let reading = read("buffers:\n" + entries)
    #expect(reading.plan == nil)
    #expect(reading.diagnostics.count == 100)
    #expect(reading.droppedCount == 900)
  }

  @Test(arguments: [
    "1", "65536", "64K", "64KiB", "64 KiB", "0x10000", "1G", "1.5MiB", "MiB", "", " ", "+1", "1 KB", "0x",
    "0xg", "00",
    "9999999999999999999999G", "18446744073709551615G", "१",
  ])
  func readsSizes(_ text: String) {
    let expected: [String: UInt64] = [
      "1": 1, "65536": 65536, "64K": 65536, "64KiB": 65536, "64 KiB": 65536, "0x10000": 65536, "1G": 1 << 30,
    ]
    #expect((try? Quantity.bytes(text).get()) == expected[text])
  }

  @Test(arguments: [
    ("0", 0), ("1", 1_000_000), (".5", 500_000), ("5.", 5_000_000), ("33ms", 33_000), ("33 ms", 33_000),
    ("7us", 7),
    ("0.0000005", 1), ("0.00000049", 0), ("1.5min", 90_000_000), ("2h", 7_200_000_000), ("2s", 2_000_000),
    ("1000000000", 1_000_000_000_000_000), ("0.3333333333333333333333333333333333333333333", 333_333),
  ])
  func readsTimes(_ text: String, _ microseconds: UInt64) {
    #expect(Quantity.time(text) == .success(SimulationTime(microseconds: microseconds)))
  }

  @Test(arguments: [
    "", ".", "1..2", "s", "1 week", "1e3", "+1", "1,5", "0x10", "1000000000.000001", "-1", "99999999h",
  ])
  func refusesTimes(_ text: String) {
    if case .success = Quantity.time(text) { Issue.record("`\(text)` is taken for a time") }
  }
}
