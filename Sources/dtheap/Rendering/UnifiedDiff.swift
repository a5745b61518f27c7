import Diagnostics

/// What edits change of a file, in the form that `patch` reads.
public enum UnifiedDiff {
  /// Lines that are shown before and after a change.
  private static let context = 3

  /// Lines that are replaced by others.
  private struct Change {
    var old: Range<Int>
    var new: [ArraySlice<UInt8>]
  }

  /// The difference; empty where the edits change nothing.
  ///
  /// - Parameters:
  ///   - name: the file's name in the heading.
  ///   - before: the file.
  ///   - edits: the edits, none of which conflict.
  /// - Returns: the text, byte for byte what the file has in its lines.
  /// - Complexity: O(n log n) in the edits, and linear in the file and the new text.
  public static func of(_ name: String, _ before: [UInt8], _ edits: [TextEdit]) -> [UInt8] {
    let lines = Self.lines(before[...])
    let changes = changes(lines, edits.inOrder)
    guard !changes.isEmpty else { return [] }
    var text = Array("--- \(name)\n+++ \(name)\n".utf8)
    var shift = 0
    var first = 0
    while first < changes.count {
      var last = first
      while last + 1 < changes.count,
        changes[last + 1].old.lowerBound - changes[last].old.upperBound <= 2 * context
      {
        last += 1
      }
      text += hunk(changes[first...last], lines, &shift)
      first = last + 1
    }
    return text
  }

  /// The lines of a text, each with its line end.
  private static func lines(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = text.startIndex
    while start < text.endIndex {
      let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.endIndex
      lines.append(text[start..<end])
      start = end
    }
    return lines
  }

  /// The lines that differ, edits that touch the same line together.
  private static func changes(_ lines: [ArraySlice<UInt8>], _ edits: [TextEdit]) -> [Change] {
    var changes: [Change] = []
    var line = 0
    var index = 0
    while index < edits.count {
      let place = edits[index].range.lowerBound
      while line < lines.count, lines[line].endIndex <= place { line += 1 }
      // An insertion behind a last line that has no end belongs to that line.
      if line == lines.count, let last = lines.last, last.last != 0x0A { line -= 1 }
      let first = line
      var end = line < lines.count ? lines[line].endIndex : place
      var group: [TextEdit] = []
      // What is written behind the last line goes with it.
      while index < edits.count,
        group.isEmpty || edits[index].range.lowerBound < (line + 1 < lines.count ? end : end + 1)
      {
        // What is cut off at a line's end goes on with the next line.
        while end <= edits[index].range.upperBound, !edits[index].range.isEmpty, line + 1 < lines.count {
          line += 1
          end = lines[line].endIndex
        }
        group.append(edits[index])
        index += 1
      }
      let past = min(line + 1, lines.count)
      append(group, lines, first..<past, to: &changes)
      line = past
    }
    return changes
  }

  private static func append(
    _ edits: [TextEdit], _ lines: [ArraySlice<UInt8>], _ old: Range<Int>, to changes: inout [Change]
  ) {
    let start = old.isEmpty ? edits.first?.range.lowerBound ?? 0 : lines[old.lowerBound].startIndex
    let text = lines[old].flatMap { $0 }
    let moved = edits.map { edit in
      TextEdit(edit.range.lowerBound - start..<edit.range.upperBound - start, edit.text)
    }
    var new = Self.lines(moved.applied(to: text)[...])[...]
    var old = old
    while let first = new.first, !old.isEmpty, lines[old.lowerBound] == first {
      new.removeFirst()
      old.removeFirst()
    }
    while let last = new.last, !old.isEmpty, lines[old.upperBound - 1] == last {
      new.removeLast()
      old.removeLast()
    }
    if !old.isEmpty || !new.isEmpty { changes.append(Change(old: old, new: Array(new))) }
  }

  private static func hunk(
    _ changes: ArraySlice<Change>, _ lines: [ArraySlice<UInt8>], _ shift: inout Int
  ) -> [UInt8] {
    guard let first = changes.first, let last = changes.last else { return [] }
    let start = max(0, first.old.lowerBound - context)
    let end = min(lines.count, last.old.upperBound + context)
    var body: [UInt8] = []
    var growth = 0
    var position = start
    for change in changes {
      for line in lines[position..<change.old.lowerBound] { put(" ", line, to: &body) }
      for line in lines[change.old] { put("-", line, to: &body) }
      for line in change.new { put("+", line, to: &body) }
      growth += change.new.count - change.old.count
      position = change.old.upperBound
    }
    for line in lines[position..<end] { put(" ", line, to: &body) }
    // A side without lines is named by the line before it.
    func range(_ first: Int, _ count: Int) -> String { "\(count == 0 ? first : first + 1),\(count)" }
    let count = end - start
    let heading = "@@ -\(range(start, count)) +\(range(start + shift, count + growth)) @@\n"
    shift += growth
    return Array(heading.utf8) + body
  }

  private static func put(_ mark: StaticString, _ line: ArraySlice<UInt8>, to text: inout [UInt8]) {
    text += "\(mark)".utf8
    text += line
    if line.last != 0x0A { text += "\n\\ No newline at end of file\n".utf8 }
  }
}
