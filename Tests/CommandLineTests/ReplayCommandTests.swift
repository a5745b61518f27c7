import Foundation
import TestSupport
import Testing

@Suite struct ReplayCommandTests {
  private static let folder = "Tests/HeapModelTests/Fixtures/traces"
  private static let recording = Examples.path("\(folder)/multi-188.json")

  private func json(_ result: CommandRun) throws -> [[String: Any]] {
    let object = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["schemaVersion"] as? Int == 1)
    return try #require(object["traces"] as? [[String: Any]])
  }

  /// A recording in a scratch folder, with one text replaced by another.
  private func changed(_ old: String, to new: String, in folder: ScratchFolder) throws -> String {
    let source = URL(filePath: Self.recording)
    let text = String(decoding: try Data(contentsOf: source), as: UTF8.self)
    #expect(text.contains(old))
    let path = "\(folder.path)/trace.json"
    try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func agreesWithEveryRecording() throws {
    let traces = try Examples.files(in: Self.folder, suffix: ".json")
    #expect(traces.count == 141)
    let result = try CommandRun.dtheap(["replay", "--check"] + traces)
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("all 141 traces agree\n"))
  }

  @Test func agreesWithTheExamples() throws {
    let result = try CommandRun.dtheap(
      ["replay", "--check"] + Examples.files(in: "examples/traces", suffix: ".json"))
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("all 3 traces agree\n"))
  }

  /// The story that the examples tell: who gets 300 MiB round one pinned page, and round one in every pageblock.
  @Test(arguments: [
    ("one-pin", ["repeated", "pageblock-scan", "bulk", "failfast", "halving"]),
    ("pin-per-pageblock", ["pageblock-scan", "halving"]),
  ])
  func tellsWhoGets300MiB(_ name: String, _ winners: [String]) throws {
    let path = Examples.path("examples/traces/300-mib-\(name).json")
    let traces = try json(try CommandRun.dtheap("replay", "--format", "json", path))
    let operations = try #require(traces[0]["operations"] as? [[String: Any]])
    let requests = operations.filter { $0["op"] as? String == "alloc" }
    #expect(requests.count == 6)
    #expect(requests.filter { $0["result"] as? Int == 0 }.compactMap { $0["heap"] as? String } == winners)
  }

  @Test func showsOperations() throws {
    let result = try CommandRun.dtheap("replay", Self.recording)
    #expect(result.status == 0)
    expectSnapshot(Examples.normalized(result.output), named: "operations")
  }

  @Test func writesTheKeysThatScriptsRead() throws {
    let traces = try json(try CommandRun.dtheap("replay", "--format", "json", Self.recording))
    #expect(traces.count == 1)
    #expect(traces[0]["title"] as? String == "multi-188")
    #expect(traces[0]["agrees"] as? Bool == true)
    #expect(traces[0]["firstDifference"] is NSNull)
    let operations = try #require(traces[0]["operations"] as? [[String: Any]])
    #expect(Set(operations[0].keys) == ["op", "heap", "id", "bytes", "result", "pages", "cmaCalls", "used"])
    #expect(operations[2]["attempts"] as? Int == 1)
    #expect(operations[0]["pages"] as? [[Int]] == [[784384, 16]])
  }

  @Test func namesTheFirstDifference() throws {
    let folder = try ScratchFolder()
    let path = try changed("\"pages\": [[764416, 500]]", to: "\"pages\": [[764417, 500]]", in: folder)
    let result = try CommandRun.dtheap("replay", "--check", path)
    #expect(result.status == 1)
    #expect(result.output.contains("operation 3"))
    #expect(result.output.contains("`pages` is recorded as 764417+500, the model has 764416+500"))
    let traces = try json(try CommandRun.dtheap("replay", "--format", "json", path))
    let difference = try #require(traces[0]["firstDifference"] as? [String: Any])
    #expect(difference["operation"] as? Int == 3)
    #expect(difference["key"] as? String == "pages")
    #expect(difference["recorded"] as? [[Int]] == [[764417, 500]])
    #expect(difference["model"] as? [[Int]] == [[764416, 500]])
    #expect(try CommandRun.dtheap("replay", path).status == 0)
  }

  @Test func refusesWhatIsNoTrace() throws {
    let folder = try ScratchFolder()
    let cut = try changed(", \"used\": 752}\n ]}", to: "", in: folder)
    let result = try CommandRun.dtheap("replay", "--format", "json", cut, Self.recording)
    #expect(result.status == 2)
    #expect(result.errors.contains("trace.json:10:1"))
    #expect(result.errors.contains("DTH331"))
    // What can be read is still shown.
    #expect(try json(result).count == 1)
    #expect(try CommandRun.dtheap("replay", "no-such-trace.json").status == 2)
    #expect(try CommandRun.dtheap("replay").status == 2)
  }

  @Test func placesWhatCannotBeRun() throws {
    let folder = try ScratchFolder()
    let path = try changed(
      "\"op\": \"alloc\", \"heap\": \"kc\"", to: "\"op\": \"alloc\", \"heap\": \"kd\"", in: folder)
    let result = try CommandRun.dtheap("replay", path)
    #expect(result.status == 2)
    #expect(result.errors.contains("trace.json:4:3"))
  }

  @Test func warnsOfMisspeltAnswers() throws {
    let folder = try ScratchFolder()
    let path = try changed("\"used\": 752", to: "\"usde\": 751", in: folder)
    let result = try CommandRun.dtheap("replay", "--check", path)
    #expect(result.status == 0)
    #expect(result.errors.contains("did you mean `used`?"))
  }

  @Test func readsStandardInput() throws {
    let text = try String(contentsOfFile: Self.recording, encoding: .utf8)
    #expect(try CommandRun.dtheap("replay", "--check", "-", input: text).status == 0)
  }

  @Test func helpHasAnExample() throws {
    let help = try CommandRun.dtheap("replay", "--help")
    #expect(help.status == 0)
    #expect(help.output.contains("Example: dtheap replay"))
  }
}

/// `dtheap replay --ftrace`: what another heap or size would have done.
@Suite struct ReplayRecordingTests {
  private static let camera = Examples.path("examples/traces/camera-start.ftrace.txt")

  private func replay(_ arguments: String...) throws -> CommandRun {
    try CommandRun.dtheap(["replay", "--ftrace", Self.camera] + arguments)
  }

  private func replays(_ result: CommandRun) throws -> [[String: Any]] {
    let object = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["schemaVersion"] as? Int == 1)
    return try #require(object["replays"] as? [[String: Any]])
  }

  @Test func comparesHeaps() throws {
    let result = try replay(
      "--heap", "cma", "--heap", "halving", "--heap", "pageblock-scan", "--heap", "repeated")
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    expectSnapshot(Examples.normalized(result.output), named: "heaps")
  }

  /// Range by range, the model refuses what the device refused, and uses as much as the device.
  @Test func doesAsTheDeviceDid() throws {
    let result = try replay("--format", "json", "--check")
    #expect(result.status == 0)
    let replay = try #require(try replays(result).first)
    #expect(replay["heap"] as? String == "cma")
    #expect(replay["chunkOrder"] is NSNull)
    #expect(replay["lost"] as? Int == 0)
    #expect(replay["won"] as? Int == 0)
    #expect(replay["refused"] as? Int == 1)
    let requests = try #require(replay["requests"] as? [[String: Any]])
    #expect(
      requests.map { $0["result"] as? String == "ok" } == requests.map { $0["recorded"] as? String == "ok" })
    #expect(requests[0]["at"] is NSNull)
    #expect(
      Set(requests[1].keys) == [
        "line", "at", "task", "bytes", "alignOrder", "recorded", "result", "tries", "used",
      ])
    let first = try #require(replay["firstRefused"] as? [String: Any])
    #expect(first["at"] as? String == "65.111917")
    #expect(first["bytes"] as? Int == 12 << 20)
  }

  @Test func runsWithAnotherSizeAndOrder() throws {
    let small = try replay(
      "--format", "json", "--check", "--area", "40M", "--heap", "halving", "--chunk-order", "2")
    #expect(small.status == 1)
    let replay = try #require(try replays(small).first)
    #expect(replay["size"] as? Int == 40 << 20)
    #expect(replay["chunkOrder"] as? Int == 2)
    #expect(replay["lost"] as? Int ?? 0 > 0)
    let large = try self.replay("--check", "--area", "reserved=96MiB")
    #expect(large.status == 0)
    #expect(large.output.contains("`cma` gives what the device refused:\n    12 MiB at 65.111917"))
  }

  @Test(arguments: [
    (["--heap", "halfing"], "there is no heap `halfing`"), (["--area", "other=1M"], "has no area `other`"),
    (["--area", "0"], "no size that can be run"), (["--area", "4T"], "'4T' is invalid"),
    (["--chunk-order", "25"], "--chunk-order is from 0 to 24"), (["a.json"], "takes the place of traces"),
    (["--arch", "arm", "--page-size", "64K"], "arm has no pages of 64 KiB"),
  ])
  func refusesWhatMeansNothing(_ arguments: [String], _ message: String) throws {
    let result = try CommandRun.dtheap(["replay", "--ftrace", Self.camera] + arguments)
    #expect(result.status == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test func wantsAnAreaOfKnownSize() throws {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/trace.txt"
    let start = "codec-1 [000] ..... 1.5: cma_alloc_start: name="
    try Data("\(start)a count=4 align=2\n\(start)b count=8 align=0\n".utf8).write(
      to: URL(fileURLWithPath: path))
    let unknown = try CommandRun.dtheap("replay", "--ftrace", path)
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("nothing in the recording shows how large area `a` is"))
    #expect(unknown.errors.contains("trace.txt:1:1\n"), "\(unknown.errors)")
    #expect(unknown.errors.contains("= help: say it with --area a=SIZE"), "\(unknown.errors)")
    let unnamed = try CommandRun.dtheap("replay", "--ftrace", path, "--area", "1M")
    #expect(unnamed.status == 2)
    #expect(unnamed.errors.contains("the areas `a` and `b`"))
    let result = try CommandRun.dtheap("replay", "--ftrace", path, "--area", "a=1M", "--area", "b=16K")
    #expect(result.status == 0)
    #expect(result.output.contains("`b`"))
  }
}
