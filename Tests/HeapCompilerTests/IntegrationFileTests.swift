import Diagnostics
import Foundation
import Testing

@testable import HeapCompiler

/// The files by which other tools know dtheap are YAML, and what they name is there.
@Suite struct IntegrationFileTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func value(_ name: String) throws -> YAMLValue {
    let bytes = try Array(Data(contentsOf: Self.root.appending(path: name)))
    return try YAMLReader.read(bytes, file: SourceFileID(rawValue: 0), as: ConfigurationDecoder.dialect).get()
  }

  private func members(_ value: YAMLValue) -> [String: YAMLValue] {
    guard case .mapping(let pairs) = value.content else { return [:] }
    var members: [String: YAMLValue] = [:]
    for pair in pairs { if case .scalar(let key, _) = pair.key.content { members[key] = pair.value } }
    return members
  }

  private func text(_ value: YAMLValue?) -> String? {
    guard case .scalar(let text, _)? = value?.content else { return nil }
    return text
  }

  @Test func hooksAreComplete() throws {
    guard case .list(let hooks) = try value(".pre-commit-hooks.yaml").content else {
      Issue.record("no list")
      return
    }
    let all = hooks.map(members)
    #expect(all.map { text($0["id"]) } == ["dtheap-lint", "dtheap-fix", "dtheap-lint-system"])
    for hook in all {
      #expect(text(hook["entry"])?.hasPrefix("dtheap lint") == true && text(hook["name"]) != nil)
      #expect(["swift", "system"].contains(text(hook["language"]) ?? ""))
      let pattern = try Regex(text(hook["files"]) ?? "")
      #expect("a/b.dts".contains(pattern) && "b.dtso".contains(pattern) && !"b.dtsi".contains(pattern))
    }
  }

  @Test func theActionRunsItsScript() throws {
    let action = members(try value("action.yml"))
    let runs = members(try #require(action["runs"]))
    #expect(text(runs["using"]) == "composite")
    guard case .list(let steps)? = runs["steps"]?.content else {
      Issue.record("no steps")
      return
    }
    let lint = members(try #require(steps.last))
    let script = try #require(text(lint["run"])).replacing("\"", with: "")
      .replacing("$GITHUB_ACTION_PATH/", with: "")
    #expect(FileManager.default.isExecutableFile(atPath: Self.root.appending(path: script).path))
    let inputs = members(try #require(action["inputs"]))
    let environment = members(try #require(lint["env"]))
    // What comes from a pull request reaches the shell as a variable and never as a part of its text.
    for name in ["files", "options", "sarif"] {
      #expect(
        text(environment["INPUT_\(name.uppercased())"]) == "${{ inputs.\(name) }}" && inputs[name] != nil)
    }
    #expect(steps.allSatisfy { text(members($0)["run"])?.contains("${{") == false })
  }
}
