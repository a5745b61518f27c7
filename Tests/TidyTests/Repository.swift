import Foundation

/// The files of this repository.
enum Repository {
  /// Its folder.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The paths of all files under `folders` whose names end in `suffix`, relative to the root, in order.
  static func files(under folders: [String], suffix: String) -> [String] {
    folders.flatMap { folder -> [String] in
      let all = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
      return (all?.compactMap { $0 as? String } ?? []).filter { name in
        name.hasSuffix(suffix) && !name.split(separator: "/").contains(".build")
      }.map { "\(folder)/\($0)" }
    }.sorted()
  }

  /// The text of a file; empty if it cannot be read.
  static func text(_ path: String) -> String {
    (try? String(decoding: Data(contentsOf: root.appendingPathComponent(path)), as: UTF8.self)) ?? ""
  }

  /// All Swift files of ours.
  static let swiftFiles =
    files(under: ["Sources", "Tests", "Benchmarks", "Fuzz"], suffix: ".swift") + ["Package.swift"]
}
