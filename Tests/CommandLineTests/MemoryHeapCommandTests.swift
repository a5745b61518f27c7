import Foundation
import TestSupport
import Testing

/// Heaps that take their pages from all memory, from the command line.
@Suite struct MemoryHeapCommandTests {
  private static let camera = Examples.path("examples/boards/camera.dts")
  private static let plan = Examples.path("examples/plans/fragmented-memory.yaml")

  @Test func comparesThreeHeaps() throws {
    let result = try CommandRun.dtheap("plan", Self.camera, Self.plan)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("as the plan expects"))
    #expect(result.output.contains("pool `pool` keeps up to 128 MiB ready beside its buffers"))
    let folder = try ScratchFolder()
    let text = try String(contentsOfFile: Self.plan, encoding: .utf8)
    let bare = "\(folder.path)/bare.yaml"
    let without = text.replacingOccurrences(
      of: "low: 8, fill: 64, high: 128", with: "low: 0, fill: 0, high: 0")
    #expect(without != text)
    try Data(without.utf8).write(to: URL(fileURLWithPath: bare))
    let refused = try CommandRun.dtheap("plan", Self.camera, bare)
    #expect(refused.status == 1)
    #expect(refused.output.contains("`pooled[0]` is refused"))
    #expect(refused.output.contains("pages of `database`, which nothing moves"))
  }

  @Test func writesWhatThePoolDid() throws {
    let result = try CommandRun.dtheap("plan", "--format", "json", Self.camera, Self.plan)
    let object = try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let heaps = try #require(object["heaps"] as? [[String: Any]])
    let keys: Set<String> = ["name", "size", "peak", "peakAt", "largestFree", "wasted"]
    #expect(heaps.filter { $0["pool"] == nil }.allSatisfy { Set($0.keys) == keys })
    let pool = try #require(heaps.first { $0["name"] as? String == "pool" }?["pool"] as? [String: Any])
    #expect(pool["mostHeld"] as? Int == 128 << 20)
    #expect(Set(pool.keys) == ["held", "mostHeld", "reclaimed", "softFailures", "hardFailures"])
  }

  @Test(arguments: ["compound-pool", "system"])
  func runsTheHeapsOfABoardAsOne(_ model: String) throws {
    let arguments = [
      "plan", "--heap-model", model, Self.camera, Examples.path("examples/plans/camera-recording.yaml"),
    ]
    let result = try CommandRun.dtheap(arguments)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    for format in ["svg", "html"] {
      let picture = try CommandRun.dtheap(arguments + ["--format", format])
      #expect(picture.status == 0 && picture.output.contains("all memory"))
    }
    let record = try CommandRun.dtheap(arguments + ["--record", "-"])
    #expect(record.status == 2)
    #expect(record.errors.contains("cannot be recorded: a trace has areas and no other memory"))
    let replay = try CommandRun.dtheap(
      "replay", "--ftrace", Examples.path("examples/traces/camera-start.ftrace.txt"), "--heap", model)
    #expect(replay.status == 2)
    #expect(replay.errors.contains("takes its pages outside areas, and a recording shows only areas"))
  }
}
