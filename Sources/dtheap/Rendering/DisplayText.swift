import Diagnostics

/// How text looks in a terminal: harmless, and how many columns wide.
package enum DisplayText {
  /// A tab goes to the next multiple of this many columns.
  static let tabWidth = 8

  /// `text` without anything that a terminal would obey or that hides other text; see ``shown(_:)``.
  package static func harmless(_ text: String) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      result += scalar == "\t" ? "\\t" : scalar == "\n" ? "\\n" : shown(scalar).text
    }
  }

  /// What is shown of a scalar, and its width in columns.
  ///
  /// Control characters, invisible ones and those that turn the writing direction are written as escapes.
  static func shown(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
    if (0x20..<0x7F).contains(scalar.value) { return (String(scalar), 1) }
    if scalar.value < 0x80 { return escape(byte: UInt8(scalar.value)) }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator:
      return escape(scalar)
    case .format:
      // Joiners belong to scripts and to emoji.
      return scalar.value == 0x200C || scalar.value == 0x200D ? (String(scalar), 0) : escape(scalar)
    case .nonspacingMark, .enclosingMark:
      return (String(scalar), 0)
    default:
      return (String(scalar), isWide(scalar) ? 2 : 1)
    }
  }

  /// What is shown of a byte that is no text: `\x1b`.
  static func escape(byte: UInt8) -> (text: String, width: Int) {
    let digits = String(byte, radix: 16)
    return ("\\x" + (digits.count < 2 ? "0" : "") + digits, 4)
  }

  private static func escape(_ scalar: Unicode.Scalar) -> (text: String, width: Int) {
    let text = "\\u{\(String(scalar.value, radix: 16))}"
    return (text, text.count)
  }

  /// Blocks whose characters take two columns (Unicode, EastAsianWidth.txt: W and F).
  private static let wideBlocks: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
    0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60,
    0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F200...0x1F265, 0x1F900...0x1F9FF,
    0x20000...0x3FFFD,
  ]

  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x1100 else { return false }
    // Two of the letters that make a flag take its two columns together.
    if (0x1F1E6...0x1F1FF).contains(scalar.value) { return false }
    return scalar.properties.isEmojiPresentation || wideBlocks.contains { $0.contains(scalar.value) }
  }
}

/// One source line as it is shown: tabs expanded, harmless, and cut to a window if it is very long.
struct ShownLine {
  private struct Cell {
    let offset: Int
    let column: Int
    let width: Int
    let text: String
  }

  private static let cut = "..."

  /// The text, without trailing white space.
  let text: String
  private let cells: ArraySlice<Cell>
  /// Columns to take off a cell's own column; negative where the text begins with a cut.
  private let shift: Int
  private let endOffset: Int
  private let isCutAtStart: Bool
  private let isCutAtEnd: Bool

  /// Shows `line`, or if it is wider than `widthMax` columns the part round the byte `focus` (an index of `line`).
  init(_ line: ArraySlice<UInt8>, focus: Int, widthMax: Int) {
    // Of a huge line only the bytes that can be in the window are looked at.
    var start = max(line.startIndex, focus - 8 * widthMax)
    while start < line.endIndex, !UTF8Scalar.begins(line, at: start) { start += 1 }
    let end = max(start, min(line.endIndex, focus + 8 * widthMax))
    let all = Self.cells(line[..<end], from: start)
    let width = all.last.map { $0.column + $0.width } ?? 0
    var first = 0
    if width > widthMax {
      let focusColumn = all.first { $0.offset >= focus }?.column ?? width
      first = max(0, min(focusColumn - widthMax / 4, width - widthMax))
    }
    let low = all.firstIndex { $0.column >= first } ?? all.endIndex
    let high = all[low...].firstIndex { $0.column + $0.width > first + widthMax } ?? all.endIndex
    cells = all[low..<high]
    isCutAtStart = start > line.startIndex || low > 0
    isCutAtEnd = end < line.endIndex || high < all.endIndex
    endOffset = high < all.endIndex ? all[high].offset : end
    shift = (cells.first?.column ?? 0) - (isCutAtStart ? Self.cut.count : 0)
    let body = (isCutAtStart ? Self.cut : "") + cells.map(\.text).joined() + (isCutAtEnd ? Self.cut : "")
    text = String(body.reversed().drop { $0 == " " }.reversed())
  }

  private static func cells(_ line: ArraySlice<UInt8>, from start: Int) -> [Cell] {
    var cells: [Cell] = []
    var column = 0
    var at = start
    while at < line.endIndex {
      let (scalar, length) = UTF8Scalar.decode(line, at: at)
      var (text, width) = scalar.map(DisplayText.shown) ?? DisplayText.escape(byte: line[at])
      if scalar == "\t" {
        width = DisplayText.tabWidth - column % DisplayText.tabWidth
        text = String(repeating: " ", count: width)
      }
      cells.append(Cell(offset: at, column: column, width: width, text: text))
      column += width
      at += length
    }
    return cells
  }

  /// Whether the byte at `offset`, or the place after the last one, can be pointed at.
  func contains(_ offset: Int) -> Bool {
    let start = cells.first?.offset ?? endOffset
    return (offset >= start || !isCutAtStart) && (offset < endOffset || !isCutAtEnd)
  }

  /// The columns, from 0, under the bytes `range`, at least one; cut to the window.
  func columns(of range: Range<Int>) -> Range<Int> {
    let start = column(of: range.lowerBound)
    return start..<max(start + 1, column(of: range.upperBound))
  }

  private func column(of offset: Int) -> Int {
    if let cell = cells.first(where: { $0.offset >= offset }) { return cell.column - shift }
    return (cells.last.map { $0.column + $0.width } ?? 0) - shift
  }
}
