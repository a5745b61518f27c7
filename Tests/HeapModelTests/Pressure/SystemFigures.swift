import Foundation
import TestSupport
import Testing

/// Figures of a system, which a test has measured on the model and `Documentation/systems.md` shows.
///
/// They are compared with a snapshot, and every line of the snapshot has to be in the page.
func expectFigures(
  _ table: String, named name: String, sourceLocation: SourceLocation = #_sourceLocation,
  filePath: String = #filePath
) {
  expectSnapshot(table, named: name, type: "md", sourceLocation: sourceLocation, filePath: filePath)
  var root = URL(fileURLWithPath: filePath)
  for _ in 0..<4 { root.deleteLastPathComponent() }
  let page = root.appendingPathComponent("Documentation/systems.md")
  let text = (try? String(decoding: Data(contentsOf: page), as: UTF8.self)) ?? ""
  #expect(
    text.contains(table), "\(name).md is not in Documentation/systems.md", sourceLocation: sourceLocation)
}

/// A number with so many digits behind the point.
func rounded(_ value: Double, _ digits: Int = 0) -> String { String(format: "%.\(digits)f", value) }
