import HeapModel

/// Lays out a picture from top to bottom, and writes it.
struct SVGPage {
  private typealias Measure = MapSVG.Measure

  private let title: String
  private let rules: (light: String, dark: String)
  private var body = ""
  private var y = Measure.margin
  private var width = 640

  /// An empty page.
  ///
  /// - Parameters:
  ///   - title: for those who do not see it.
  ///   - rules: of style beside those of maps.
  init(title: String, rules: (light: String, dark: String) = ("", "")) {
    self.title = title
    self.rules = rules
  }

  // MARK: Rows

  /// Puts a line of text.
  mutating func line(_ text: String, isStrong: Bool = false) {
    y += Measure.row
    put(text, x: Measure.margin, y: y - 5, isStrong: isStrong)
  }

  /// Leaves the height of a line empty.
  mutating func space() { y += Measure.row }

  /// Puts a row with a sample of every kind of piece, and its name.
  mutating func legend(_ kinds: [MapSVG.Kind]) {
    y += Measure.row
    var x = Measure.margin
    for kind in kinds {
      rectangle(kind, x: x, y: Double(y - 15), width: 16, height: 12, title: nil)
      put(kind.words, x: x + 22, y: y - 5)
      x += 22 + extent(kind.words) + 20
    }
    width = max(width, x)
    y += Measure.row / 2
  }

  /// Puts a row of squares, each of a style of the page's own rules, with their words.
  mutating func samples(_ samples: [(style: String, words: String)]) {
    y += Measure.row
    var x = Measure.margin
    for (style, words) in samples {
      body += "  <rect class=\"\(style)\" x=\"\(x)\" y=\"\(y - 14)\" width=\"10\" height=\"10\"/>\n"
      put(words, x: x + 18, y: y - 5)
      x += 18 + extent(words) + 20
    }
  }

  /// Puts a figure that draws itself, from the height that it is told.
  mutating func figure(width: Int, height: Int, _ draw: (Int, inout MarkupWriter) -> Void) {
    var svg = MarkupWriter()
    draw(y, &svg)
    body += svg.text
    y += height
    self.width = max(self.width, width)
  }

  // MARK: Bars

  /// Puts a bar with its pieces, its addresses and its lines of text.
  mutating func bar(_ bar: MapSVG.Bar) {
    space()
    line(bar.title, isStrong: true)
    y += 6
    let top = Double(y)
    var centres: [Double] = []
    var position = top
    for piece in bar.pieces {
      rectangle(
        piece.kind, x: Measure.barLeft, y: position, width: Measure.barWidth, height: piece.height,
        title: piece.text)
      centres.append(position + piece.height / 2)
      position += piece.height
    }
    if let ends = bar.ends {
      put(ends.first, x: Measure.barLeft - 8, y: Int(top) + 11, anchor: "end")
      put(
        ends.last, x: Measure.barLeft - 8, y: max(Int(position) - 1, Int(top) + 11 + Measure.row),
        anchor: "end")
    }
    let widest = bar.pieces.map { extent($0.place) }.max() ?? 0
    let sizeRight = Measure.labelLeft + widest + 16 + extent("1023.9 MiB")
    let rows = Self.rows(centres, from: top, to: max(position, top + Double(bar.pieces.count * Measure.row)))
    for (index, piece) in bar.pieces.enumerated() {
      lead(from: centres[index], to: rows[index])
      let base = Int(rows[index]) + 4
      put(piece.place, x: Measure.labelLeft, y: base)
      put(piece.size, x: sizeRight, y: base, anchor: "end")
      put(piece.words, x: sizeRight + 16, y: base)
    }
    let last = (rows.last ?? top) + Double(Measure.row) / 2
    y = Int(max(position, last, top + 2 * Double(Measure.row))) + 6
    if bar.hiddenCount > 0 { line("and \(bar.hiddenCount) more pieces, not drawn") }
  }

  /// The middles of rows that are as near as can be to `centres`, in the same order, a row's height apart, and inside.
  static func rows(_ centres: [Double], from top: Double, to bottom: Double) -> [Double] {
    let height = Double(Measure.row)
    var rows: [Double] = []
    for centre in centres {
      let wanted = (centre).rounded()
      rows.append(max(wanted, (rows.last ?? top - height / 2) + height))
    }
    var limit = bottom - height / 2
    for index in rows.indices.reversed() {
      rows[index] = min(rows[index], limit)
      limit = rows[index] - height
    }
    return rows
  }

  // MARK: Shapes

  /// How wide a text is at most.
  private func extent(_ text: String) -> Int { Int((Double(text.count) * Measure.character).rounded(.up)) }

  private mutating func put(
    _ text: String, x: Int, y: Int, isStrong: Bool = false, anchor: String = "start"
  ) {
    var text = text
    if text.count > Measure.lineCharactersMax { text = text.prefix(Measure.lineCharactersMax - 1) + "…" }
    let attributes =
      (isStrong ? " class=\"strong\"" : "") + (anchor == "start" ? "" : " text-anchor=\"\(anchor)\"")
    body += "  <text x=\"\(x)\" y=\"\(y)\"\(attributes)>\(XMLText.escaped(text))</text>\n"
    if anchor == "start" { width = max(width, x + extent(text) + Measure.margin) }
  }

  private mutating func rectangle(
    _ kind: MapSVG.Kind, x: Int, y: Double, width: Int, height: Double, title: String?
  ) {
    let place = "x=\"\(x)\" y=\"\(Self.number(y))\" width=\"\(width)\" height=\"\(Self.number(height))\""
    let words = title.map { "<title>\(XMLText.escaped($0))</title>" }
    body += "  <rect class=\"piece \(kind.rawValue)\" \(place)"
    body += words.map { ">\($0)</rect>\n" } ?? "/>\n"
    guard let hatching = Self.hatching(kind) else { return }
    body += "  <rect fill=\"url(#\(hatching))\" pointer-events=\"none\" \(place)/>\n"
  }

  private static func hatching(_ kind: MapSVG.Kind) -> String? {
    switch kind {
    case .nomap: "dots"
    case .fault: "cross"
    case .kernel: "rising"
    case .chunk: "level"
    case .free, .reserved, .cma, .coherent: nil
    }
  }

  private mutating func lead(from centre: Double, to row: Double) {
    let edge = Measure.barLeft + Measure.barWidth
    let (start, end) = (Self.number(centre), Self.number(row))
    body += "  <path class=\"lead\" d=\"M\(edge + 2) \(start)H\(edge + 10)"
    body += "L\(Measure.labelLeft - 14) \(end)H\(Measure.labelLeft - 6)\"/>\n"
  }

  /// A coordinate with one digit behind the point at most.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  // MARK: The document

  /// The fill of every kind of piece, then page, text and lines.
  private static let light: [(name: String, colour: String)] = [
    ("free", "#f4f4f2"), ("kernel", "#d6d6d6"), ("reserved", "#b9c4d6"), ("nomap", "#8e9cb5"),
    ("cma", "#8fc79a"), ("chunk", "#f0c36b"), ("coherent", "#a9d3e8"), ("fault", "#e88a80"),
    ("page", "#ffffff"), ("text", "#1a1a1a"), ("line", "#666666"),
  ]

  private static let dark: [(name: String, colour: String)] = [
    ("free", "#24272d"), ("kernel", "#4a4d54"), ("reserved", "#43536e"), ("nomap", "#2f3b52"),
    ("cma", "#2f6b3c"), ("chunk", "#8a6418"), ("coherent", "#2b6280"), ("fault", "#9c3b32"),
    ("page", "#16181c"), ("text", "#e8e8e8"), ("line", "#9a9a9a"),
  ]

  /// Plain rules, because not every reader of pictures knows variables.
  private static func rules(_ colours: [(name: String, colour: String)]) -> String {
    colours.map { name, colour in
      switch name {
      case "text": "text { fill: \(colour) }"
      case "line": ".piece, .lead, .hatch { stroke: \(colour) }"
      default: ".\(name) { fill: \(colour) }"
      }
    }.joined(separator: " ")
  }

  private var style: String {
    """
      <style>
        text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }
        .strong { font-weight: bold }
        .piece { stroke-width: 0.5 }
        .lead, .hatch { fill: none; stroke-width: 0.75 }
        \(Self.rules(Self.light))\(extra(rules.light))
        @media (prefers-color-scheme: dark) { \(Self.rules(Self.dark))\(extra(rules.dark)) }
        @media print { \(Self.rules(Self.light))\(extra(rules.light)) }
      </style>

    """
  }

  private func extra(_ rules: String) -> String { rules.isEmpty ? "" : " " + rules }

  private static let patterns: String = {
    let paths = [
      ("dots", "M2 3h1"), ("rising", "M0 6L6 0"), ("level", "M0 3h6"), ("cross", "M0 6L6 0M0 0L6 6"),
    ]
    let lines = paths.map { name, path in
      "    <pattern id=\"\(name)\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">"
        + "<path class=\"hatch\" d=\"\(path)\"/></pattern>\n"
    }
    return "  <defs>\n" + lines.joined() + "  </defs>\n"
  }()

  /// The whole document.
  var document: String {
    let height = y + Measure.margin
    let name = XMLText.escaped(title)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" viewBox="0 0 \(width) \(height)" \
      role="img" aria-label="\(name)" xml:space="preserve">
        <title>\(name)</title>

      """ + style + Self.patterns + "  <rect class=\"page\" width=\"\(width)\" height=\"\(height)\"/>\n"
        + body
        + "</svg>\n"
  }
}
