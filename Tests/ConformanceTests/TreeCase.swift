import Foundation
import Testing

/// A section of a file in Tests/Conformance/trees; `scripts/cases.py` describes the format.
struct TreeCase: Sendable, CustomTestStringConvertible {
  let file: String
  let name: String
  var blocks: [Block] = []

  struct Block: Sendable {
    /// The words behind the fence.
    let words: [String]
    let text: String
  }

  var testDescription: String { "\(file): \(name)" }

  /// The board, unless the case is about overlays.
  var board: Block? {
    blocks.first { $0.words.first == "dts" && $0.words.contains { $0 == "accept" || $0 == "reject" } }
  }

  /// Whether dtc's outcome is known to differ, or the text needs more than a file.
  var isPlain: Bool {
    guard let board else { return false }
    return !board.words.contains {
      $0.hasPrefix("differs=") || $0 == "escaped" || $0 == "cpp" || $0.hasPrefix("include=")
    }
      && !blocks.contains { $0.words.first == "file" || $0.words.first == "overlay" }
  }

  /// All cases of the folder, in order.
  static let all: [TreeCase] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Conformance/trees")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") && $0 != "README.md" }.sorted().flatMap { name in
      read(name, (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? "")
    }
  }()

  private static func read(_ file: String, _ text: String) -> [TreeCase] {
    var cases: [TreeCase] = []
    var fence: (words: [String], lines: [Substring])?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if let open = fence {
        if line == "```" {
          if !cases.isEmpty {
            cases[cases.count - 1].blocks.append(
              Block(words: open.words, text: open.lines.map { $0 + "\n" }.joined()))
          }
          fence = nil
        } else {
          fence?.lines.append(line)
        }
      } else if line.hasPrefix("```") {
        fence = (line.dropFirst(3).split(separator: " ").map(String.init), [])
      } else if line.hasPrefix("## ") {
        cases.append(TreeCase(file: file, name: String(line.dropFirst(3))))
      }
    }
    return cases
  }
}
