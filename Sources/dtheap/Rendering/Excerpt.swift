import Diagnostics

/// The source lines that a finding points at, ready to be written: which lines of which files, and what is underlined.
struct Excerpt {
  /// One underlined stretch of one line.
  struct Underline {
    /// An index range of the line's bytes; empty for a place between two of them.
    let range: Range<Int>
    let label: String?
    let isPrimary: Bool
  }

  /// One line and what is underlined in it.
  struct Line {
    let number: Int
    let text: ArraySlice<UInt8>
    var underlines: [Underline]
  }

  /// The lines of one file, by number.
  struct Block {
    let file: String
    /// The place to write beside the file's name.
    let line: Int
    let column: Int
    var lines: [Line] = []
  }

  /// The file of the primary place, then others as they are named first.
  private(set) var blocks: [Block] = []

  init(_ finding: Diagnostic, in sources: SourceMap) {
    guard let span = finding.span else { return }
    add(sources.resolve(span), label: finding.label, isPrimary: true)
    for place in finding.related {
      add(sources.resolve(place.span), label: place.message, isPrimary: false)
    }
    for index in blocks.indices {
      blocks[index].lines.sort { $0.number < $1.number }
    }
  }

  /// The digits of the largest line number.
  var numberWidth: Int {
    blocks.flatMap(\.lines).map { String($0.number).count }.max() ?? 1
  }

  private mutating func add(_ place: ResolvedSpan, label: String?, isPrimary: Bool) {
    let location = place.location
    let index = blocks.firstIndex { $0.file == location.file } ?? blocks.count
    if index == blocks.count {
      blocks.append(Block(file: location.file, line: location.line, column: location.column))
    }
    let first = place.line(0)
    let lastIndex = place.source.lineIndex(at: UInt32(clamping: place.range.upperBound))
    let last = place.source.line(lastIndex)
    if location.endLine == location.line || first.startIndex == last.startIndex {
      add(
        Underline(range: place.range, label: label, isPrimary: isPrimary), location.line, first, block: index)
      return
    }
    // Of several lines the first and the last are shown, and the label stands at the end.
    let firstEnd = first.lastIndex { $0 > UInt8(ascii: " ") }.map { $0 + 1 } ?? first.endIndex
    let lastStart = last.firstIndex { $0 > UInt8(ascii: " ") } ?? last.startIndex
    let start = place.range.lowerBound
    let end = place.range.upperBound
    add(
      Underline(range: start..<max(start, firstEnd), label: nil, isPrimary: isPrimary), location.line, first,
      block: index)
    add(
      Underline(range: min(lastStart, end)..<end, label: label, isPrimary: isPrimary), location.endLine, last,
      block: index)
  }

  private mutating func add(_ underline: Underline, _ number: Int, _ text: ArraySlice<UInt8>, block: Int) {
    let place = blocks[block].lines.firstIndex {
      $0.number == number && $0.text.startIndex == text.startIndex
    }
    if let place {
      blocks[block].lines[place].underlines.append(underline)
    } else {
      blocks[block].lines.append(Line(number: number, text: text, underlines: [underline]))
    }
  }
}
