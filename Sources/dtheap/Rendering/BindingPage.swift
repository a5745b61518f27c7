import BindingSchema

/// The page about a binding, for terminals.
public struct BindingPage {
  private let outline: BindingOutline

  /// How many compatible strings are shown.
  private static let compatiblesMax = 20
  /// The widest that a column of values gets.
  private static let valuesWidthMax = 60

  /// The page of a binding.
  public init(_ outline: BindingOutline) { self.outline = outline }

  /// The page: what the binding is about, its compatible strings, and its properties as a table.
  public var text: String {
    var text = DisplayText.harmless(outline.id) + "\n"
    if !outline.title.isEmpty { text += DisplayText.harmless(outline.title) + "\n" }
    if !outline.summary.isEmpty { text += "\n" + DisplayText.harmless(outline.summary) + "\n" }
    text += compatibles
    for (origin, rows) in groups {
      text += origin.map { "\nFrom \(DisplayText.harmless($0)):\n\n" } ?? "\n"
      text += table(rows).text(indent: 2)
    }
    text += "\n\(closing)\n"
    text += "Written in \(DisplayText.harmless(outline.path))\n"
    return text
  }

  private var compatibles: String {
    guard !outline.compatibles.isEmpty else { return "" }
    var lines = outline.compatibles.prefix(Self.compatiblesMax).map { "  \(DisplayText.harmless($0))\n" }
    let more = outline.compatibles.count - Self.compatiblesMax
    if more > 0 { lines.append("  … \(more) more\n") }
    return "\nFor nodes that are compatible with\n\n" + lines.joined()
  }

  /// The rows of the binding itself, then those of each common binding.
  private var groups: [(origin: String?, rows: [BindingOutline.Row])] {
    var groups: [(origin: String?, rows: [BindingOutline.Row])] = []
    for row in outline.rows {
      if let last = groups.last, last.origin == row.origin {
        groups[groups.count - 1].rows.append(row)
      } else {
        groups.append((row.origin, [row]))
      }
    }
    return groups
  }

  private func table(_ rows: [BindingOutline.Row]) -> TextTable {
    var cells = [["property", "", "type", "values", "meaning"]]
    for row in rows {
      cells.append([
        DisplayText.harmless(row.name), row.isRequired ? "required" : "", row.type,
        Self.cut(DisplayText.harmless(row.values), Self.valuesWidthMax), DisplayText.harmless(row.summary),
      ])
    }
    return TextTable(cells, alignment: [.left, .left, .left, .left, .left])
  }

  private var closing: String {
    var text = outline.isOpen ? "Other properties are allowed." : "No other property is allowed."
    switch outline.conditionCount {
    case 0: break
    case 1: text += " One rule holds under a condition only; see the file."
    default: text += " \(outline.conditionCount) rules hold under conditions only; see the file."
    }
    return text
  }

  private static func cut(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(width - 1) + "…"
  }
}
