import Foundation
import TestSupport
import Testing

/// `Documentation/pressure.md` holds the tables that the tests of scenarios have recorded.
@Suite struct ScenarioPageTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let page = folder.appendingPathComponent("../../../Documentation/pressure.md")

  /// In a recording run the page is written anew from what is recorded at its start.
  @Test(arguments: ["ScenarioTests/table", "ScenarioTests/moves", "ScenarioLoadTests/loads"])
  func showsWhatIsRecorded(name: String) throws {
    let table = try text(Self.folder.appendingPathComponent("Snapshots/\(name).md"))
    let page = try text(Self.page)
    let (begin, end) = ("<!-- \(name) -->\n", "<!-- end -->\n")
    let start = try #require(page.range(of: begin))
    let stop = try #require(page.range(of: end, range: start.upperBound..<page.endIndex))
    let shown = page[start.upperBound..<stop.lowerBound]
    guard shown != table else { return }
    if isRecording {
      try Data((page[..<start.upperBound] + table + page[stop.lowerBound...]).utf8).write(to: Self.page)
    }
    Issue.record("the page differs:\n\(lineDifference(from: String(shown), to: table))")
  }

  private func text(_ file: URL) throws -> String {
    try String(decoding: Data(contentsOf: file), as: UTF8.self)
  }
}
