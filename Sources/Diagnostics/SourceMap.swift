import Synchronization

/// A place in a line marker's terms, as an editor shows it.
public struct SourceLocation: Hashable, Sendable {
  /// The file's name as the user or the preprocessor wrote it.
  public let file: String
  /// First line, from 1.
  public let line: Int
  /// First column in Unicode scalars, from 1; a tab is one column.
  public let column: Int
  /// Last line, from 1.
  public let endLine: Int
  /// Column after the last scalar.
  public let endColumn: Int

  /// Describes the scalars from `line:column` up to, not including, `endLine:endColumn` of `file`.
  public init(file: String, line: Int, column: Int, endLine: Int, endColumn: Int) {
    self.file = file
    self.line = line
    self.column = column
    self.endLine = endLine
    self.endColumn = endColumn
  }
}

/// What a preprocessor's line marker says: the line after it is line `line` of `name`.
public struct LineMarker: Hashable, Sendable {
  /// Offset of the first byte after the marker's own line.
  public let offset: UInt32
  /// The number that the marker gives to that line.
  public let line: Int
  /// The file that the marker names.
  public let name: String

  /// A marker in force from `offset` on.
  public init(offset: UInt32, line: Int, name: String) {
    self.offset = offset
    self.line = line
    self.name = name
  }
}

/// One file's text and how its lines are called.
public final class SourceFile: Sendable {
  /// The name under which it was opened.
  public let name: String
  /// Its bytes.
  public let bytes: [UInt8]
  /// The `/include/` that opened it, if any.
  public let includedFrom: SourceSpan?
  private let lineStartsCache = Mutex<[UInt32]?>(nil)
  private let scalarSumsCache = Mutex<[UInt32]?>(nil)
  private let alignmentCache = Mutex<LineAlignment?>(nil)

  /// Describes an open file.
  public init(name: String, bytes: [UInt8], includedFrom: SourceSpan? = nil) {
    self.name = name
    self.bytes = bytes
    self.includedFrom = includedFrom
  }

  /// Offsets of the first byte of every line; computed once, on the first question about a line.
  public var lineStarts: [UInt32] {
    lineStartsCache.withLock { cache in
      if let cache { return cache }
      var starts: [UInt32] = [0]
      for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
        starts.append(UInt32(offset + 1))
      }
      cache = starts
      return starts
    }
  }

  /// How many scalars begin before each multiple of ``scalarSumStep`` bytes; computed once, for lines of huge length.
  private var scalarSums: [UInt32] {
    scalarSumsCache.withLock { cache in
      if let cache { return cache }
      var sums: [UInt32] = [0]
      for start in stride(from: 0, to: bytes.count, by: Self.scalarSumStep) {
        let end = min(start + Self.scalarSumStep, bytes.count)
        sums.append(sums[sums.count - 1] + UInt32(UTF8Scalar.count(bytes[...], in: start..<end)))
      }
      cache = sums
      return sums
    }
  }

  private static let scalarSumStep = 4096

  /// How many Unicode scalars begin in `range`; a byte that is not valid UTF-8 counts as one.
  /// - Complexity: O(1) after the first question about a long range; the shorter of that and the range's length.
  func scalarCount(in range: Range<Int>) -> Int {
    let step = Self.scalarSumStep
    guard range.count > 2 * step else { return UTF8Scalar.count(bytes[...], in: range) }
    let sums = scalarSums
    func before(_ offset: Int) -> Int {
      Int(sums[offset / step]) + UTF8Scalar.count(bytes[...], in: (offset / step * step)..<offset)
    }
    return before(range.upperBound) - before(range.lowerBound)
  }

  /// The alignment for `key`, made by `make` unless it is the one asked for last: findings come line by line.
  func alignment(_ key: LineAlignment.Key, make: () -> LineAlignment) -> LineAlignment {
    if let known = alignmentCache.withLock({ $0 }), known.key == key { return known }
    let fresh = make()
    alignmentCache.withLock { $0 = fresh }
    return fresh
  }

  /// The index, from 0, of the line that holds `offset`.
  /// - Complexity: O(log n) in the number of lines.
  public func lineIndex(at offset: UInt32) -> Int {
    let starts = lineStarts
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }

  /// The bytes of line `index` (from 0) without its line end; empty beyond the last line.
  public func line(_ index: Int) -> ArraySlice<UInt8> {
    let starts = lineStarts
    guard index >= 0, index < starts.count else { return [] }
    let start = Int(starts[index])
    var end = index + 1 < starts.count ? Int(starts[index + 1]) - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return bytes[start..<max(start, end)]
  }
}

/// All files that one run over a devicetree has opened, and what their positions are called.
public struct SourceMap: Sendable {
  /// The files in the order of opening; a ``SourceFileID`` is an index of it.
  public private(set) var files: [SourceFile] = []
  /// The line markers of each file, by rising offset.
  public private(set) var markers: [[LineMarker]] = []
  /// Reads the file that a line marker names, so that its own lines can be shown.
  public var originals: OriginalSources?

  /// An empty map.
  public init() {}

  /// Adds a file and returns its index.
  public mutating func add(_ file: SourceFile) -> SourceFileID {
    files.append(file)
    markers.append([])
    return SourceFileID(rawValue: UInt32(files.count - 1))
  }

  /// Records a line marker; markers of a file come with rising offsets.
  public mutating func add(_ marker: LineMarker, to file: SourceFileID) {
    markers[Int(file.rawValue)].append(marker)
  }

  /// The file with an index that this map gave out.
  public subscript(id: SourceFileID) -> SourceFile { files[Int(id.rawValue)] }
}
