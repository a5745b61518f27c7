/// Columns of text, as wide as what is in them.
struct TextTable {
  enum Alignment {
    case left, right
  }

  private let rows: [[String]]
  private let alignment: [Alignment]

  /// Rows of equally many cells, one alignment for each.
  init(_ rows: [[String]], alignment: [Alignment]) {
    self.rows = rows
    self.alignment = alignment
  }

  /// The table, each line ended, without blanks at the ends of lines.
  func text(indent: Int) -> String {
    let widths = alignment.indices.map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    var text = ""
    for row in rows {
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() where column < widths.count {
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        line += (column > 0 ? "  " : "") + (alignment[column] == .left ? cell + blanks : blanks + cell)
      }
      while line.last == " " { line.removeLast() }
      text += line + "\n"
    }
    return text
  }
}
