/// A replacement of bytes of one file.
public struct TextEdit: Hashable, Sendable {
  /// The bytes to replace, from the file's start; empty for an insertion.
  public let range: Range<Int>
  /// The new text.
  public let text: String

  /// Replaces the bytes in `range` by `text`.
  public init(_ range: Range<Int>, _ text: String) {
    self.range = range
    self.text = text
  }

  /// Whether both cannot be applied: they replace the same byte, or one inserts into what the other replaces.
  ///
  /// Two insertions at one place can.
  public func conflicts(with other: TextEdit) -> Bool {
    if range.isEmpty || other.range.isEmpty {
      return range.lowerBound < other.range.upperBound && other.range.lowerBound < range.upperBound
    }
    return range.overlaps(other.range)
  }

  /// The edit, taking whole lines with it where it leaves nothing but blanks of them.
  ///
  /// - Parameter bytes: the file.
  /// - Returns: an edit that also removes the blanks and the line end, if this one has no text; else this one.
  public func withoutEmptyLines(in bytes: [UInt8]) -> TextEdit {
    guard text.isEmpty, !range.isEmpty, range.upperBound <= bytes.count else { return self }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var (start, end) = (range.lowerBound, range.upperBound)
    while start > 0, isBlank(bytes[start - 1]) { start -= 1 }
    while end < bytes.count, isBlank(bytes[end]) { end += 1 }
    guard start == 0 || bytes[start - 1] == 0x0A, end == bytes.count || bytes[end] == 0x0A else {
      return self
    }
    return TextEdit(start..<min(end + 1, bytes.count), "")
  }
}

extension [TextEdit] {
  /// The edits by place, insertions before what is replaced there, and otherwise as they were.
  ///
  /// - Complexity: O(n log n).
  public var inOrder: [TextEdit] {
    enumerated().sorted { a, b in
      let (first, second) = (a.element.range, b.element.range)
      return (first.lowerBound, first.upperBound, a.offset) < (second.lowerBound, second.upperBound, b.offset)
    }.map(\.element)
  }

  /// A file's bytes after all edits.
  ///
  /// - Parameter bytes: the file before them.
  /// - Returns: the file after them.
  /// - Precondition: no two edits conflict, and all lie inside of the file.
  /// - Complexity: O(n log n) in the edits, and linear in the file and the new text.
  public func applied(to bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var position = 0
    for edit in inOrder {
      precondition(
        edit.range.lowerBound >= position && edit.range.upperBound <= bytes.count,
        "an edit of \(edit.range) after \(position) in \(bytes.count) bytes")
      result += bytes[position..<edit.range.lowerBound]
      result += edit.text.utf8
      position = edit.range.upperBound
    }
    return result + bytes[position...]
  }
}
