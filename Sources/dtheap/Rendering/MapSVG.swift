import HeapCompiler
import HeapModel

/// The memory map as a picture: a bar to scale for every bank, and a line of text for every piece beside it.
///
/// Text stands in rows of equal height, so that no label covers another; lines lead from them to their pieces. A piece
/// too small for its scale is drawn as high as a thin line. Colours follow the reader's light or dark scheme; on paper
/// they are the light ones, and every kind of piece has a hatching or an outline of its own as well.
package struct MapSVG {
  /// The measures of the picture, in its own units.
  enum Measure {
    static let margin = 24
    static let row = 18
    static let barLeft = 128
    static let barWidth = 96
    static let labelLeft = 288
    /// What a character of the text takes; fonts of fixed width take less.
    static let character = 7.5
    static let pieceHeightMin = 3.0
    static let barHeightMin = 40.0
    /// What all bars together have, unless the pieces need more.
    static let barsHeight = 480.0
    static let lineCharactersMax = 140
    static let rowsMax = 400
  }

  /// A bar with its rows of text, laid out.
  struct Bar {
    var title: String
    /// The first and the last address, where the bar is a bank.
    var ends: (first: String, last: String)?
    /// By rising addresses, from the top down.
    var pieces: [Piece]
    /// Pieces that are not drawn, because there are too many.
    var hiddenCount: Int
    var height: Double { pieces.reduce(0) { $0 + $1.height } }
  }

  /// One piece of a bar.
  struct Piece {
    var kind: Kind
    /// Its first and last address.
    var place: String
    var size: String
    /// What holds it.
    var words: String
    var height: Double

    /// All of it in one line.
    var text: String { "\(place)  \(size)  \(words)" }
  }

  /// What a piece is, which decides how it looks.
  enum Kind: String, CaseIterable {
    case free, kernel, reserved, nomap, cma, chunk, coherent, fault

    /// Its name in the legend.
    var words: String {
      switch self {
      case .free: "free"
      case .kernel: "kernel, at boot"
      case .reserved: "reserved"
      case .nomap: "no-map"
      case .cma: "CMA area"
      case .chunk: "chunk heap"
      case .coherent: "other pool"
      case .fault: "overlap or fault"
      }
    }
  }

  private let booted: BootedBoard
  private let labels: MapLabels

  /// The picture of a board.
  package init(_ booted: BootedBoard) {
    self.booted = booted
    labels = MapLabels(booted)
  }

  private var map: MemoryMap { booted.map }

  /// The whole document.
  package var text: String {
    var page = SVGPage(title: labels.title)
    page.line(labels.title, isStrong: true)
    page.legend(Kind.allCases)
    for bar in bars { page.bar(bar) }
    if !map.heaps.isEmpty {
      page.space()
      page.line("heaps", isStrong: true)
      for heap in map.heaps.prefix(Measure.rowsMax) { page.line(line(for: heap)) }
    }
    let faults = MapFault.all(of: booted)
    if !faults.isEmpty {
      page.space()
      page.line("problems", isStrong: true)
      for fault in faults.prefix(Measure.rowsMax) {
        page.line((fault.isFatal ? "error: " : "warning: ") + DisplayText.harmless(fault.text))
      }
      if faults.count > Measure.rowsMax { page.line("and \(faults.count - Measure.rowsMax) more") }
    }
    return page.document
  }

  private func line(for heap: HeapInstance) -> String {
    let place = "\(heap.size.inBinaryUnits) at 0x\(String(heap.base.value, radix: 16))"
    return "\(DisplayText.harmless(heap.device))  \(place)  \(labels.words(for: heap))"
  }

  // MARK: Bars

  private var bars: [Bar] {
    let segments = MapSegment.joined(of: booted)
    var bars: [(bar: Bar, sizes: [UInt64])] = map.memory.map { bank in
      let end = bank.base.value &+ bank.size.bytes
      let inside = segments.filter { $0.isMemory && $0.base >= bank.base.value && $0.end <= end }
      let (first, last) = (hex(bank.base.value), hex(end &- 1))
      return bar("memory \(first)-\(last)  \(bank.size.inBinaryUnits)", (first, last), inside)
    }
    let outside = segments.filter { !$0.isMemory }
    if !outside.isEmpty { bars.append(bar("outside memory", nil, outside)) }
    // One scale for all bars, so that they can be compared.
    let total = bars.reduce(0.0) { $0 + $1.sizes.reduce(0.0) { $0 + Double($1) } }
    return bars.map { bar, sizes in
      var bar = bar
      for (index, size) in sizes.enumerated() {
        bar.pieces[index].height = max(
          Measure.pieceHeightMin, Double(size) / max(total, 1) * Measure.barsHeight)
      }
      if bar.height < Measure.barHeightMin {
        let factor = Measure.barHeightMin / max(bar.height, 1)
        for index in bar.pieces.indices { bar.pieces[index].height *= factor }
      }
      return bar
    }
  }

  private func bar(
    _ title: String, _ ends: (first: String, last: String)?, _ segments: [MapSegment]
  ) -> (bar: Bar, sizes: [UInt64]) {
    let shown = segments.prefix(Measure.rowsMax)
    let pieces = shown.map { piece in
      Piece(
        kind: kind(of: piece), place: "\(hex(piece.base))-\(hex(piece.end - 1))",
        size: ByteCount(piece.size).inBinaryUnits, words: words(for: piece), height: 0)
    }
    let bar = Bar(title: title, ends: ends, pieces: pieces, hiddenCount: segments.count - shown.count)
    return (bar, shown.map(\.size))
  }

  private func words(for piece: MapSegment) -> String {
    if piece.owners.isEmpty { return "free" }
    var names = piece.owners.map { owner in
      let words = labels.words(for: owner)
      return words.text + (words.fault.map { "  (\($0))" } ?? "")
    }
    if piece.ownersBeyond > 0 { names.append("\(piece.ownersBeyond) more") }
    return names.joined(separator: " + ") + (piece.isOverlap ? "  (overlap)" : "")
  }

  private func kind(of piece: MapSegment) -> Kind {
    if piece.isOverlap { return .fault }
    var kind = Kind.free
    for case .region(let row) in piece.owners {
      let region = map.regions[row]
      if region.isFaulty { return .fault }
      switch (region.type, region.state) {
      case (.cma, .ready): kind = .cma
      case (.chunk, .ready): kind = .chunk
      case (.coherent, .ready), (.restricted, .ready): kind = .coherent
      default: kind = region.noMap ? .nomap : .reserved
      }
    }
    return kind == .free && !piece.owners.isEmpty ? .kernel : kind
  }

  private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
