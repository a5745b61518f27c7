import Foundation
import Testing

/// The session in the README is real: its commands are run and their output compared.
///
/// With `DTH_RECORD` set the outputs in the README are replaced by what the commands print now, and the test fails.
@Suite struct ReadmeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  @Test func sessionIsReal() throws {
    let path = Self.root + "/README.md"
    var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    var commands = 0
    var index = 0
    while index < lines.count {
      guard lines[index].hasPrefix("$ dtheap ") else {
        index += 1
        continue
      }
      commands += 1
      let words = lines[index].dropFirst("$ dtheap ".count).split(separator: " ").map(String.init)
      var end = index + 1
      while end < lines.count, lines[end] != "```", !lines[end].hasPrefix("$ ") { end += 1 }
      let actual = try output(of: words)
      let expected = Array(lines[(index + 1)..<end])
      if ProcessInfo.processInfo.environment["DTH_RECORD"] != nil {
        lines.replaceSubrange((index + 1)..<end, with: actual)
        index += actual.count
      } else {
        #expect(actual == expected, "dtheap \(words.joined(separator: " "))")
        index = end
      }
    }
    #expect(commands >= 5)
    if ProcessInfo.processInfo.environment["DTH_RECORD"] != nil {
      try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
      Issue.record("recorded the README's outputs")
    }
  }

  private func output(of words: [String]) throws -> [String] {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let binary = URL(filePath: tests).deletingLastPathComponent().appending(path: "dtheap").path
    let script = "cd \"$0\" && exec \"$@\" 2>&1"
    let run = try CommandRun.run("/bin/sh", ["-c", script, Self.root, binary] + words)
    var lines = run.output.components(separatedBy: "\n")
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
