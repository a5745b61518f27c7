/// A span as it is shown: in the file that the user wrote, where that can be read.
public struct ResolvedSpan: Sendable {
  /// File, lines and columns.
  public let location: SourceLocation
  /// The file whose text is shown.
  public let source: SourceFile
  /// The bytes of ``source`` that are meant; empty for a place between two bytes.
  public let range: Range<Int>
  /// Whether ``source`` is the file that ``location`` names, and not what a preprocessor made of it.
  public let isOriginal: Bool
  /// Whether ``range`` holds the very text of the span, and not the use of a macro that expanded to it; only then may
  /// an edit be applied to it.
  public let isExact: Bool

  /// The text of the line, `0` for the first line of the span and `-1` for the one above it, without its line end.
  public func line(_ offset: Int) -> ArraySlice<UInt8> {
    source.line(source.lineIndex(at: UInt32(clamping: range.lowerBound)) + offset)
  }
}

extension SourceMap {
  /// How many `/include/`s deep a chain is followed; the parser refuses deeper ones.
  private static var includeDepthMax: Int { 200 }

  /// Where a span is, as an editor shows it.
  ///
  /// A span that ends in another file than it began in ends with its first line.
  /// - Parameter span: a span of a file of this map.
  /// - Returns: lines and columns from 1, ends exclusive.
  /// - Complexity: O(log n) in lines and markers, and linear in the length of the lines at both ends.
  public func location(of span: SourceSpan) -> SourceLocation { resolve(span).location }

  /// The text of the line on which a span begins, without its line end: the one the user wrote where it can be read,
  /// else the preprocessed one.
  public func displayLine(of span: SourceSpan) -> ArraySlice<UInt8> { resolve(span).line(0) }

  /// Where the file that holds a span was included, the innermost `/include/` first.
  ///
  /// An `#include` is the preprocessor's business and leaves no trace here.
  public func includeChain(of span: SourceSpan) -> [SourceLocation] {
    var chain: [SourceLocation] = []
    var next = self[span.file].includedFrom
    while let place = next, chain.count < Self.includeDepthMax {
      chain.append(location(of: place))
      next = self[place.file].includedFrom
    }
    return chain
  }

  /// Finds what a span shows of the file that the user wrote.
  /// - Parameter span: a span of a file of this map.
  /// - Returns: the place, and the text there.
  public func resolve(_ span: SourceSpan) -> ResolvedSpan {
    let file = self[span.file]
    let start = min(Int(span.start), file.bytes.count)
    var end = max(start, min(Int(span.end), file.bytes.count))
    let first = place(start, in: span.file)
    var last = place(max(start, end - 1), in: span.file)
    if last.index == first.index {
      last = first
    } else if last.name != first.name || last.number <= first.number {
      last = first
      end = file.line(first.index).endIndex
    }
    // The line end itself is not shown.
    end = max(start, min(end, file.line(last.index).endIndex))
    if let original = original(of: first, last, range: start..<end, in: file) { return original }
    let location = SourceLocation(
      file: first.name, line: first.number, column: column(of: start, in: file, line: first.index),
      endLine: last.number, endColumn: column(of: end, in: file, line: last.index))
    let isItsOwn = markers[Int(span.file.rawValue)].isEmpty
    return ResolvedSpan(
      location: location, source: file, range: start..<end, isOriginal: isItsOwn, isExact: isItsOwn)
  }

  /// A line of a file of the map and what the line markers call it.
  private struct Place {
    let index: Int
    let name: String
    let number: Int
    let isMarked: Bool
  }

  private func place(_ offset: Int, in id: SourceFileID) -> Place {
    let file = self[id]
    let index = file.lineIndex(at: UInt32(offset))
    let all = markers[Int(id.rawValue)]
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(all[middle].offset) <= offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return Place(index: index, name: file.name, number: index + 1, isMarked: false) }
    let marker = all[low - 1]
    let (number, overflow) = marker.line.addingReportingOverflow(index - file.lineIndex(at: marker.offset))
    return Place(index: index, name: marker.name, number: overflow ? .max : max(1, number), isMarked: true)
  }

  private func column(of offset: Int, in file: SourceFile, line index: Int) -> Int {
    file.scalarCount(in: min(Int(file.lineStarts[index]), offset)..<offset) + 1
  }

  /// The same span in the file that a line marker names, if that is readable and has such a line.
  private func original(of first: Place, _ last: Place, range: Range<Int>, in file: SourceFile)
    -> ResolvedSpan?
  {
    guard first.isMarked, let original = originals?.file(first.name),
      let head = aligned(range, at: first, in: file, with: original),
      let tail = aligned(range, at: last, in: file, with: original)
    else { return nil }
    let start = head.range.lowerBound
    let end = max(start, tail.range.upperBound)
    let firstIndex = original.lineIndex(at: UInt32(start))
    let lastIndex = original.lineIndex(at: UInt32(end))
    let location = SourceLocation(
      file: first.name, line: firstIndex + 1, column: column(of: start, in: original, line: firstIndex),
      endLine: lastIndex + 1, endColumn: column(of: end, in: original, line: lastIndex))
    return ResolvedSpan(
      location: location, source: original, range: start..<end, isOriginal: true,
      isExact: head.isExact && tail.isExact)
  }

  /// The part of `range` that lies in the line of `place`, in the source's terms.
  private func aligned(
    _ range: Range<Int>, at place: Place, in file: SourceFile, with original: SourceFile
  ) -> (range: Range<Int>, isExact: Bool)? {
    guard place.number <= original.lineStarts.count else { return nil }
    let line = file.line(place.index)
    let part = range.clamped(to: line.startIndex..<line.endIndex)
    let key = LineAlignment.Key(line: place.index, originalName: place.name, originalLine: place.number - 1)
    let alignment = file.alignment(key) { LineAlignment(key, of: file, with: original) }
    return alignment.isPlausible ? alignment.sourceRange(of: part) : nil
  }
}
