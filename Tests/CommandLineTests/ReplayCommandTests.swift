import Foundation
import TestSupport
import Testing

@Suite struct ReplayCommandTests {
  private static let folder = "Tests/HeapModelTests/Fixtures/traces"

  private func json(_ result: ToolResult) throws -> [[String: Any]] {
    let object = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
    #expect(object["schemaVersion"] as? Int == 1)
    return try #require(object["traces"] as? [[String: Any]])
  }

  private func traces() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(BuiltTool.root)/\(Self.folder)")
      .filter { $0.hasSuffix(".json") }.sorted().map { "\(Self.folder)/\($0)" }
  }

  /// A recording in a scratch folder, with one text replaced by another.
  private func changed(_ old: String, to new: String, in folder: ScratchFolder) throws -> String {
    let source = URL(fileURLWithPath: "\(BuiltTool.root)/\(Self.folder)/multi-188.json")
    let text = String(decoding: try Data(contentsOf: source), as: UTF8.self)
    #expect(text.contains(old))
    let path = "\(folder.path)/trace.json"
    try Data(text.replacingOccurrences(of: old, with: new).utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func agreesWithEveryRecording() async throws {
    let traces = try traces()
    #expect(traces.count == 141)
    let result = try await runTool(BuiltTool.path, ["replay", "--check"] + traces, in: BuiltTool.root)
    #expect(result.status == 0)
    #expect(result.text.hasSuffix("all 141 traces agree\n"))
  }

  @Test func showsOperations() async throws {
    let result = try await BuiltTool.run("replay", "\(Self.folder)/multi-188.json")
    #expect(result.status == 0)
    expectSnapshot(result.text, named: "operations")
  }

  @Test func writesTheKeysThatScriptsRead() async throws {
    let traces = try json(try await BuiltTool.run("replay", "--format", "json", "\(Self.folder)/multi-188.json"))
    #expect(traces.count == 1)
    #expect(traces[0]["title"] as? String == "multi-188")
    #expect(traces[0]["agrees"] as? Bool == true)
    #expect(traces[0]["firstDifference"] is NSNull)
    let operations = try #require(traces[0]["operations"] as? [[String: Any]])
    #expect(Set(operations[0].keys) == ["op", "heap", "id", "bytes", "result", "pages", "cmaCalls", "used"])
    #expect(operations[2]["attempts"] as? Int == 1)
    #expect(operations[0]["pages"] as? [[Int]] == [[784384, 16]])
  }

  @Test func namesTheFirstDifference() async throws {
    let folder = try ScratchFolder()
    let path = try changed("\"pages\": [[764416, 500]]", to: "\"pages\": [[764417, 500]]", in: folder)
    let result = try await BuiltTool.run("replay", "--check", path)
    #expect(result.status == 1)
    #expect(result.text.contains("operation 3"))
    #expect(result.text.contains("`pages` is recorded as 764417+500, the model has 764416+500"))
    let traces = try json(try await BuiltTool.run("replay", "--format", "json", path))
    let difference = try #require(traces[0]["firstDifference"] as? [String: Any])
    #expect(difference["operation"] as? Int == 3)
    #expect(difference["key"] as? String == "pages")
    #expect(difference["recorded"] as? [[Int]] == [[764417, 500]])
    #expect(difference["model"] as? [[Int]] == [[764416, 500]])
    #expect(try await BuiltTool.run("replay", path).status == 0)
  }

  @Test func refusesWhatIsNoTrace() async throws {
    let folder = try ScratchFolder()
    let cut = try changed(", \"used\": 752}\n ]}", to: "", in: folder)
    let result = try await BuiltTool.run("replay", "--format", "json", cut, "\(Self.folder)/multi-188.json")
    #expect(result.status == 2)
    #expect(result.errorText.contains("trace.json:10:1: error"))
    #expect(result.errorText.contains("DTH331"))
    // What can be read is still shown.
    #expect(try json(result).count == 1)
    #expect(try await BuiltTool.run("replay", "no-such-trace.json").status == 2)
    #expect(try await BuiltTool.run("replay").status == 2)
  }

  @Test func placesWhatCannotBeRun() async throws {
    let folder = try ScratchFolder()
    let path = try changed("\"op\": \"alloc\", \"heap\": \"kc\"", to: "\"op\": \"alloc\", \"heap\": \"kd\"", in: folder)
    let result = try await BuiltTool.run("replay", path)
    #expect(result.status == 2)
    #expect(result.errorText.contains("trace.json:4:3: error[DTH338]: the trace declares no heap `kd`"))
  }

  @Test func warnsOfMisspeltAnswers() async throws {
    let folder = try ScratchFolder()
    let path = try changed("\"used\": 752", to: "\"usde\": 751", in: folder)
    let result = try await BuiltTool.run("replay", "--check", path)
    #expect(result.status == 0)
    #expect(result.errorText.contains("did you mean `used`?"))
  }

  @Test func readsStandardInput() async throws {
    let text = try String(contentsOfFile: "\(BuiltTool.root)/\(Self.folder)/multi-188.json", encoding: .utf8)
    #expect(try await BuiltTool.run("replay", "--check", "-", stdin: text).status == 0)
  }

  @Test func helpHasAnExample() async throws {
    let help = try await BuiltTool.run("replay", "--help")
    #expect(help.status == 0)
    #expect(help.text.contains("Example: dtheap replay"))
  }
}
