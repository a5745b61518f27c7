import Foundation
import TestSupport

/// The files that the project ships and the tests use, by their full paths.
enum Examples {
  /// The project's folder, with a slash.
  static let root =
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/"

  /// A file of the project.
  static func path(_ name: String) -> String { root + name }

  /// The files of a folder with an extension, in alphabetical order.
  static func files(in folder: String, suffix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { $0.hasSuffix(suffix) }.sorted()
      .map { path("\(folder)/\($0)") }
  }

  /// A text without the place of the project.
  static func normalized(_ text: String) -> String { TestSupport.normalized(text, replacing: [root: ""]) }
}
