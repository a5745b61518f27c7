import DTParse
import Diagnostics

/// A source read from memory.
func load(_ source: String, _ options: LoadOptions = LoadOptions()) throws -> LoadResult {
  try DevicetreeLoader.load(bytes: Array(source.utf8), path: "test.dts", options)
}

/// The tree of a source that has no faults.
func tree(_ source: String, _ options: LoadOptions = LoadOptions()) throws -> Devicetree {
  let loaded = try load(source, options)
  guard let tree = loaded.tree, !loaded.hasErrors else {
    throw UnexpectedFindings(messages: loaded.diagnostics.map(\.message))
  }
  return tree
}

struct UnexpectedFindings: Error { let messages: [String] }

/// `CODE line:column` of every finding, in order of discovery.
func places(_ loaded: LoadResult) -> [String] {
  loaded.diagnostics.map { finding in
    guard let span = finding.span else { return finding.rule.code }
    let file = loaded.sources[span.file]
    let line = file.lineIndex(at: span.start)
    return "\(finding.rule.code) \(line + 1):\(span.start - file.lineStarts[line] + 1)"
  }
}

/// The source text under a span.
func text(_ span: SourceSpan?, _ sources: SourceMap) -> String {
  guard let span else { return "" }
  return String(decoding: sources[span.file].bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
}

/// Writes a file of a test.
func write(_ text: String, to path: String) throws { try FileSystem.write(Array(text.utf8), to: path).get() }
