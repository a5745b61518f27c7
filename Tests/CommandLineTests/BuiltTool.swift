import Foundation
import TestSupport

/// The dtheap that was built together with these tests.
enum BuiltTool {
  /// The project's folder.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The path of the binary: beside the test bundle.
  static let path: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("dtheap").path
  }()

  /// Runs dtheap in the project's folder.
  static func run(_ arguments: String..., stdin: String = "") async throws -> ToolResult {
    try await runTool(path, arguments, stdin: Array(stdin.utf8), in: root)
  }
}
