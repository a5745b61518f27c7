import Foundation
import TestSupport
import Testing

@Suite struct PlanCommandTests {
  private static let media = Examples.path("examples/boards/media-soc.dts")
  private static let camera = Examples.path("examples/boards/camera.dts")
  private static let playback = Examples.path("examples/plans/8k-hdr-playback.yaml")
  private static let chunks = Examples.path("examples/plans/4800-chunks.yaml")

  private func json(_ result: CommandRun) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  /// Writes a plan into a scratch folder and returns its path.
  private func plan(_ text: String, in folder: ScratchFolder) throws -> String {
    let path = "\(folder.path)/plan.yaml"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func showsAPlanThatFits() throws {
    let result = try CommandRun.dtheap("plan", Self.media, Self.playback)
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    expectSnapshot(Examples.normalized(result.output), named: "fits")
  }

  @Test func showsAPlanThatDoesNotFit() throws {
    let result = try CommandRun.dtheap("plan", Self.camera, Self.chunks)
    #expect(result.status == 1)
    expectSnapshot(Examples.normalized(result.output), named: "does-not-fit")
  }

  @Test(arguments: [("svg", "<?xml"), ("html", "<!DOCTYPE html>")])
  func writesPicturesAndPages(_ format: String, _ beginning: String) throws {
    let fits = try CommandRun.dtheap("plan", "--format", format, Self.media, Self.playback)
    #expect(fits.status == 0)
    #expect(fits.output.hasPrefix(beginning))
    let fails = try CommandRun.dtheap("plan", "--format", format, Self.camera, Self.chunks)
    #expect(fails.status == 1)
    #expect(fails.output.contains("does not fit: `chunks[4096]`"))
    let both = try CommandRun.dtheap("plan", "--format", format, "--record", "-", Self.media, Self.playback)
    #expect(both.status == 2)
  }

  @Test func writesTheKeysThatScriptsRead() throws {
    let object = try json(
      try CommandRun.dtheap("plan", "--format", "json", "--seed", "7", Self.camera, Self.chunks))
    #expect(object["schemaVersion"] as? Int == 1)
    #expect(object["fits"] as? Bool == false)
    #expect(object["seed"] as? Int == 7)
    #expect(object["runs"] as? Int == 1)
    #expect(object["statistics"] == nil)
    let buffers = try #require(object["buffers"] as? [[String: Any]])
    #expect(buffers.count == 4800)
    #expect(buffers[0]["name"] as? String == "chunks[0]")
    #expect(buffers[0]["heap"] as? String == "video-heap@a0000000")
    #expect(buffers[0]["requested"] as? Int == 65536)
    #expect(buffers[0]["allocated"] as? Int == 65536)
    #expect(buffers[0]["at"] as? Double == 0)
    #expect(buffers[0]["result"] as? String == "ok")
    #expect(buffers[0]["chunks"] as? Int == 1)
    let range = try #require((buffers[0]["ranges"] as? [[Any]])?.first)
    #expect(range.first as? String == "0xa0000000")
    #expect(range.last as? Int == 65536)
    #expect(buffers[4096]["result"] as? String == "ENOMEM")
    #expect((buffers[4096]["ranges"] as? [Any])?.isEmpty == true)
    let heap = try #require((object["heaps"] as? [[String: Any]])?.last)
    #expect(Set(heap.keys) == ["name", "size", "peak", "peakAt", "largestFree", "wasted"])
    let failure = try #require(object["failure"] as? [String: Any])
    #expect(failure["buffer"] as? String == "chunks[4096]")
    #expect(failure["cause"] as? String == "heap-full")
    #expect((failure["why"] as? String)?.isEmpty == false)
    let changes = try #require(failure["wouldFitWith"] as? [[String: Any]])
    #expect(changes.allSatisfy { $0["verified"] as? Bool == true && $0["change"] is String })
    #expect((changes.first?["change"] as? String)?.contains("0x12c00000") == true)
  }

  @Test func writesTheSameBytesEveryTime() throws {
    let first = try CommandRun.dtheap("plan", "--format", "json", Self.media, Self.playback)
    let second = try CommandRun.dtheap("plan", "--format", "json", "--seed", "1", Self.media, Self.playback)
    #expect(first.output == second.output)
    let playback = try json(first)
    #expect(playback["fits"] as? Bool == true)
    #expect(playback["failure"] is NSNull)
    let buffers = try #require(playback["buffers"] as? [[String: Any]])
    // 7680 x 4320 at 1.5 samples of two bytes, in chunks of 64 KiB.
    #expect(buffers[0]["requested"] as? Int == 99_532_800)
    #expect(buffers[0]["allocated"] as? Int == 1519 * 65536)
    #expect(buffers[0]["chunks"] as? Int == 1519)
  }

  @Test(arguments: [
    ("media-soc.dts", "8k-hdr-playback.yaml"), ("media-soc.dts", "4800-chunks.yaml"),
    ("camera.dts", "camera-recording.yaml"), ("hub.dts", "hub-call.yaml"),
    ("phone.dts", "one-pin-300-mib.yaml"), ("media-soc.dts", "playback-with-full-cache.yaml"),
  ])
  func fitsAsTheExamplesPromise(_ board: String, _ plan: String) throws {
    let overlay = board == "hub.dts" ? ["--overlay", Examples.path("examples/boards/hub-video.dtso")] : []
    let result = try CommandRun.dtheap(
      ["plan"] + overlay + [
        Examples.path("examples/boards/\(board)"), Examples.path("examples/plans/\(plan)"),
      ])
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("as the plan expects"))
  }

  /// 300 MiB around one pinned page: which heaps give it, and what they pay, in tried ranges.
  @Test(arguments: [
    ("cma", false), ("repeated", true), ("pageblock-scan", true), ("bulk", true), ("failfast", true),
    ("halving", true),
  ])
  func tellsTheStoryOfTheThreads(_ model: String, _ fits: Bool) throws {
    let run = try CommandRun.dtheap(
      "plan", "--format", "json", "--heap-model", model, Examples.path("examples/boards/phone.dts"),
      Examples.path("examples/plans/one-pin-300-mib.yaml"))
    #expect(run.status == (fits ? 0 : 1))
    #expect(run.json["fits"] as? Bool == fits)
    let area = try #require(run.rows("areas").first)
    let moments = try #require(area["moments"] as? [[String: Any]])
    // The heap is lent out whole at the start, and nearly all of it is the buffer's when it is there.
    #expect((moments.first?["lent"] as? Int ?? 0) > 300 << 20)
    #expect((moments.first?["taken"] as? Int) == 4096)
    #expect((moments[1]["taken"] as? Int ?? 0) == (fits ? 300 << 20 + 4096 : 4096))
    #expect(fits || run.output.contains("camera driver"))
  }

  @Test func takesExpectationsForATest() throws {
    let folder = try ScratchFolder()
    let buffers = "buffers: [{name: a, size: 300MiB, heap: video-heap@a0000000}]\n"
    let pessimist = try plan(buffers + "expect: {fits: false}\n", in: folder)
    #expect(try CommandRun.dtheap("plan", Self.camera, pessimist).status == 0)
    #expect(try CommandRun.dtheap("plan", Self.media, pessimist).status == 1)
    let silent = try plan(buffers, in: folder)
    #expect(try CommandRun.dtheap("plan", Self.camera, silent).status == 1)
    #expect(try CommandRun.dtheap("plan", Self.media, silent).status == 0)
  }

  @Test func readsAPlanFromStandardInput() throws {
    let text = "buffers: [{name: a, size: 1MiB, heap: video-heap@a0000000}]\n"
    #expect(try CommandRun.dtheap("plan", Self.camera, "-", input: text).status == 0)
  }

  @Test(arguments: ["pageblock-scan", "bulk", "failfast", "halving", "cma", "repeated"])
  func recordsATraceThatReplayAccepts(_ model: String) throws {
    let folder = try ScratchFolder()
    let trace = "\(folder.path)/trace.json"
    let run = try CommandRun.dtheap(
      "plan", "--heap-model", model, "--record", trace, Self.camera,
      Examples.path("examples/plans/camera-recording.yaml"))
    #expect(run.status == 0)
    let replay = try CommandRun.dtheap("replay", "--check", trace)
    #expect(replay.status == 0, "\(replay.output)\(replay.errors)")
    #expect(replay.output.contains("all recorded answers agree"))
  }

  @Test func refusesAPlanThatIsWrong() throws {
    let folder = try ScratchFolder()
    let path = try plan("buffers:\n  - {name: a, sizes: 1}\npressure: []\n", in: folder)
    let result = try CommandRun.dtheap("plan", Self.camera, path)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains("plan.yaml:2:15"))
    #expect(result.errors.contains("DTH305"))
    #expect(result.errors.contains("DTH307"))
  }

  /// Many runs give the same statistics however many run at a time.
  @Test func runsUnderPressure() throws {
    let arguments = ["--runs", "12", "--seed", "3", "--format", "json", Self.camera]
    let plan = Examples.path("examples/plans/playback-with-full-cache.yaml")
    let one = try CommandRun.dtheap(["plan", "--jobs", "1"] + arguments + [plan])
    let two = try CommandRun.dtheap(["plan", "--jobs", "2"] + arguments + [plan])
    #expect(one.errors.isEmpty)
    #expect(one.output == two.output)
    #expect(one.output.contains("\"statistics\""))
    #expect(one.output.contains("\"runs\": 12"))
  }

  @Test func judgesByRateAndLatency() throws {
    let folder = try ScratchFolder()
    let pressure = """
      buffers: [{name: a, size: 64MiB, heap: video-heap@a0000000}]
      pressure: {holders: [{kind: page-cache, share: 100%}]}

      """
    let met = try plan(pressure + "expect: {success-rate: 50%, latency: {max: 1h}}\n", in: folder)
    #expect(try CommandRun.dtheap("plan", Self.camera, met).status == 0)
    let unmet = try plan(pressure + "expect: {latency: {p50: 1us}}\n", in: folder)
    let result = try CommandRun.dtheap("plan", Self.camera, unmet)
    #expect(result.status == 1)
    #expect(result.output.contains("that p50 of an allocation is at most 1 us"))
    let large = pressure.replacingOccurrences(of: "64MiB", with: "1GiB") + "expect: {latency: {max: 1h}}\n"
    let none = try CommandRun.dtheap("plan", Self.camera, try self.plan(large, in: folder))
    #expect(none.status == 1)
    #expect(none.output.contains(": none was given"), "\(none.output)")
  }

  /// Where the run that is told of fits and others do not, one of those can be had by its seed.
  @Test func namesARunThatFailed() throws {
    let text = """
      buffers: [{name: a, size: 256MiB, heap: video-heap@a0000000, start: 1}]
      pressure: {holders: [{kind: short-pins, size: 512MiB, rate: 1, pages: 1, hold: 300ms, place: area}]}
      """
    let folder = try ScratchFolder()
    let path = try plan(text, in: folder)
    let many = try CommandRun.dtheap(
      "plan", "--heap-model", "cma", "--seed", "1", "--runs", "40", Self.camera, path)
    let match = try #require(
      try /in 3 runs; `--seed (\d+)` without `--runs` tells why/.firstMatch(in: many.output))
    let one = try CommandRun.dtheap(
      "plan", "--heap-model", "cma", "--seed", String(match.1), Self.camera, path)
    #expect(one.output.contains("is held by I/O in flight"), "\(one.output)")
    #expect(one.output.contains("this run, with seed \(match.1), fits with any of these changes"))
  }

  @Test func refusesAHeapThatTheKernelDoesNotCreate() throws {
    let folder = try ScratchFolder()
    let path = try plan("buffers: [{name: a, size: 1MiB, heap: firmware@60000000}]\n", in: folder)
    let board = "\(folder.path)/board.dts"
    let source = """
      /dts-v1/;
      / {
        #address-cells = <1>; #size-cells = <1>;
        memory@40000000 { device_type = "memory"; reg = <0x40000000 0x40000000>; };
        reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;
          firmware@60000000 { reg = <0x60000000 0x400000>; };
        };
      };
      """
    try Data(source.utf8).write(to: URL(fileURLWithPath: board))
    let result = try CommandRun.dtheap("plan", "--format", "json", board, path)
    #expect(result.status == 1)
    let failure = try #require(try json(result)["failure"] as? [String: Any])
    #expect(failure["cause"] as? String == "no-heap")
    #expect((failure["why"] as? String)?.contains("is reserved and belongs to nobody") == true)
    #expect(result.errors.contains("DTH317"))
  }

  @Test func namesTheRuleForAHeapThatIsNotCreated() throws {
    let region = "h@60001000 { compatible = \"linux,dma-heap-chunk\"; reg = <0x60001000 0x4000000>; };"
    let folder = try folder([
      "board.dts": board(region), "plan.yaml": "buffers: [{name: a, size: 1MiB, heap: h@60001000}]\n",
    ])
    let result = try CommandRun.dtheap("plan", folder.path + "/board.dts", folder.path + "/plan.yaml")
    #expect(result.status == 1)
    #expect(result.output.contains("misaligned-cma"))
    #expect(result.errors.contains("error[DTH317]"))
    #expect(result.errors.contains("error[DTH230]"))
  }

  @Test func refusesBadUsage() throws {
    for arguments in [
      ["no-such-board.dts", Self.playback], [Self.camera, "no-such-plan.yaml"], [Self.camera],
      ["--heap-model", "halfing", Self.camera, Self.chunks], ["--seed", "-1", Self.camera, Self.chunks],
      ["--format", "xml", Self.camera, Self.chunks], ["-", "-"],
      [
        "--record", "/no/such/folder/trace.json", Self.camera,
        Examples.path("examples/plans/camera-recording.yaml"),
      ],
    ] {
      let result = try CommandRun.dtheap(["plan"] + arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(!result.errors.isEmpty)
    }
  }

  @Test func helpHasAnExample() throws {
    let help = try CommandRun.dtheap("plan", "--help")
    #expect(help.status == 0)
    #expect(help.output.contains("Example: dtheap plan"))
  }
}
