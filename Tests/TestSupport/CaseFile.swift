import Foundation
import Synchronization
import Testing

/// A Markdown file of test cases: each `##` heading is a case, its fenced blocks are the inputs and expectations.
public struct CaseFile: Sendable {
  /// A fenced block.
  public struct Block: Hashable, Sendable {
    /// The word after the fence: `dts`, `snapshot`.
    public let language: String
    /// What else stands on the fence's line, such as a file's name.
    public let argument: String
    /// The lines between the fences, each with its line end.
    public let text: String
    /// The line of the opening fence, from 1.
    public let line: Int
    /// Lines between the fences.
    let lineCount: Int
  }

  /// One case.
  ///
  /// Its title is the test case's name in reports.
  public struct Case: Hashable, Sendable, CustomTestStringConvertible {
    /// The heading.
    public let title: String
    /// The blocks, in order.
    public let blocks: [Block]
    /// The file's path.
    public let path: String

    /// The file's name and the title.
    public var testDescription: String { "\(URL(fileURLWithPath: path).lastPathComponent): \(title)" }

    /// The text of the first block in `language`.
    public func text(_ language: String) -> String? { blocks.first { $0.language == language }?.text }
  }

  /// The file's path.
  public let path: String
  /// The cases, in order.
  public let cases: [Case]

  /// Reads a file.
  public init(path: String) throws {
    let text = try String(decoding: Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    self.init(path: path, text: text)
  }

  /// Takes the cases from `text`.
  public init(path: String, text: String) {
    var cases: [Case] = []
    var title: String?
    var blocks: [Block] = []
    var open: (line: Int, info: Substring, lines: [Substring])?
    func finished() -> [Case] { title.map { [Case(title: $0, blocks: blocks, path: path)] } ?? [] }
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if let block = open {
        if line == "```" {
          blocks.append(Self.block(block))
          open = nil
        } else {
          open?.lines.append(line)
        }
      } else if line.hasPrefix("```") {
        open = (index + 1, line.dropFirst(3), [])
      } else if line.hasPrefix("## ") {
        cases += finished()
        (title, blocks) = (String(line.dropFirst(3)), [])
      }
    }
    self.path = path
    self.cases = cases + finished()
  }

  private static func block(_ open: (line: Int, info: Substring, lines: [Substring])) -> Block {
    let words = open.info.split(separator: " ", maxSplits: 1)
    return Block(
      language: words.first.map(String.init) ?? "", argument: words.count > 1 ? String(words[1]) : "",
      text: open.lines.map { $0 + "\n" }.joined(), line: open.line, lineCount: open.lines.count)
  }

  /// The cases of all `.md` files in `folder` beside the test, by file name.
  ///
  /// Unreadable files yield none, so a suite
  /// should also check that there are some.
  public static func all(in folder: String = "Cases", filePath: String = #filePath) -> [Case] {
    let place = URL(fileURLWithPath: filePath).deletingLastPathComponent().appendingPathComponent(folder).path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted().flatMap {
      (try? CaseFile(path: "\(place)/\($0)"))?.cases ?? []
    }
  }
}

extension CaseFile.Case {
  private static let writing = Mutex(())

  /// Compares `text` with this case's block in `language`.
  ///
  /// In a recording run the block is rewritten, and the test fails.
  public func expectBlock(
    _ language: String = "snapshot", equals text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    if isRecording {
      do {
        try Self.writing.withLock { _ in
          // The file as it is now: other cases may have been recorded since this one was read.
          let url = URL(fileURLWithPath: path)
          let now = try String(decoding: Data(contentsOf: url), as: UTF8.self)
          try Data(rewriting(language, to: text, in: now).utf8).write(to: url, options: .atomic)
        }
        Issue.record("recorded new baseline for \(testDescription)", sourceLocation: sourceLocation)
      } catch {
        Issue.record(error, "cannot record \(path)", sourceLocation: sourceLocation)
      }
      return
    }
    guard let expected = self.text(language) else {
      Issue.record("\(testDescription) has no `\(language)` block", sourceLocation: sourceLocation)
      return
    }
    guard expected != text else { return }
    Issue.record(
      "\(testDescription) differs:\n\(lineDifference(from: expected, to: text))",
      sourceLocation: sourceLocation)
  }

  /// The Markdown `file` with this case's block in `language` replaced, or added behind its other blocks.
  func rewriting(_ language: String, to text: String, in file: String) -> String {
    guard let known = CaseFile(path: path, text: file).cases.first(where: { $0.title == title }) else {
      return file
    }
    var lines = file.components(separatedBy: "\n")
    let body = text.components(separatedBy: "\n").dropLast()
    if let block = known.blocks.first(where: { $0.language == language }) {
      lines.replaceSubrange(block.line..<(block.line + block.lineCount), with: body)
    } else {
      let heading = (lines.firstIndex(of: "## \(title)") ?? 0) + 1
      let end = known.blocks.last.map { $0.line + $0.lineCount + 1 } ?? heading
      lines.insert(contentsOf: ["```\(language)"] + body + ["```"], at: end)
    }
    return lines.joined(separator: "\n")
  }
}
