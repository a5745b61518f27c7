import DTParse
import Diagnostics

extension Node {
  /// Where the node was first written, in the terms of the line markers; nil in a blob.
  public var location: SourceLocation? {
    guard let span, Int(span.file.rawValue) < tree.sources.files.count else { return nil }
    let file = tree.sources[span.file]
    let line = file.lineIndex(at: span.start)
    let start = Int(file.lineStarts[line])
    let column = 1 + file.bytes[start..<Int(span.start)].count { $0 & 0xc0 != 0x80 }
    let width = file.bytes[Int(span.start)..<Int(span.end)].count { $0 & 0xc0 != 0x80 }
    var (name, number) = (file.name, line + 1)
    if let marker = tree.sources.markers[Int(span.file.rawValue)].last(where: { $0.offset <= span.start }) {
      name = marker.name
      number = marker.line + line - file.lineIndex(at: marker.offset)
    }
    return SourceLocation(
      file: name, line: number, column: column, endLine: number, endColumn: column + width)
  }
}
