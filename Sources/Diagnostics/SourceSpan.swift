/// The index of a file in a ``SourceMap``, in the order in which files were opened.
public struct SourceFileID: Hashable, Comparable, Sendable {
  /// The index, from 0.
  public let rawValue: UInt32

  /// Wraps an index of ``SourceMap/files``.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Files in the order of opening.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A half-open range of UTF-8 bytes of one file.
public struct SourceSpan: Hashable, Comparable, Sendable {
  /// The file that holds the bytes.
  public let file: SourceFileID
  /// Offset of the first byte, from 0.
  public let start: UInt32
  /// Offset after the last byte; never less than `start`.
  public let end: UInt32

  /// The bytes `start..<end` of `file`.
  public init(file: SourceFileID, start: UInt32, end: UInt32) {
    self.file = file
    self.start = start
    self.end = max(start, end)
  }

  /// The smallest span that holds this one and `other`, which must be of the same file; else this one.
  public func extended(to other: SourceSpan) -> SourceSpan {
    guard other.file == file else { return self }
    return SourceSpan(file: file, start: min(start, other.start), end: max(end, other.end))
  }

  /// By file, start and end.
  public static func < (a: Self, b: Self) -> Bool {
    (a.file, a.start, a.end) < (b.file, b.start, b.end)
  }
}
