import HeapCompiler
import HeapModel

/// The memory map for the eye.
package struct MapText {
  private let booted: BootedBoard
  private let style: TextStyle
  private let segments: [MapSegment]
  private let labels: MapLabels
  /// Characters of the bar that stands for a bank of memory.
  private static let barWidth = 32
  /// Pieces that are shown of one bank; a board with more is not read by eye.
  private static let rowsMax = 2000

  /// The map of a board.
  package init(_ booted: BootedBoard, hasColor: Bool) {
    self.booted = booted
    style = TextStyle(hasColor: hasColor)
    segments = MapSegment.joined(of: booted)
    labels = MapLabels(booted)
  }

  /// The whole text.
  package var text: String {
    ([head] + banks + outside + [heaps] + [faults]).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var map: MemoryMap { booted.map }

  private var head: String { style(labels.title, .strong) + "\n" }

  // MARK: Memory

  private var banks: [String] {
    map.memory.map { bank in
      let end = bank.base.value &+ bank.size.bytes
      let pieces = segments.filter { $0.isMemory && $0.base >= bank.base.value && $0.end <= end }
      let title = "memory \(hex(bank.base.value))-\(hex(end &- 1))  \(bank.size.inBinaryUnits)"
      return style(title, .strong) + "\n" + rows(pieces, of: bank)
    }
  }

  private var outside: [String] {
    let pieces = segments.filter { !$0.isMemory }
    return pieces.isEmpty ? [] : [style("outside memory", .strong) + "\n" + rows(pieces, of: nil)]
  }

  private func rows(_ pieces: [MapSegment], of bank: AddressRange?) -> String {
    let digits = pieces.map { hex($0.end - 1).count }.max() ?? 0
    var text = ""
    for piece in pieces.prefix(Self.rowsMax) {
      let (base, last) = (hex(piece.base), hex(piece.end - 1))
      let size = ByteCount(piece.size).inBinaryUnits
      text += "  " + padded(base, digits) + "-" + padded(last, digits) + "  " + padded(size, 11)
      if let bank { text += "  |" + bar(of: piece, in: bank) + "|" }
      text += "  " + label(of: piece) + "\n"
    }
    if pieces.count > Self.rowsMax { text += "  and \(pieces.count - Self.rowsMax) more\n" }
    return text
  }

  /// Where the piece lies in its bank, to scale; the smallest piece has one character.
  private func bar(of piece: MapSegment, in bank: AddressRange) -> String {
    let width = UInt64(Self.barWidth)
    // Banks are at least a page; the quotient keeps products below 2^64.
    let unit = max(bank.size.bytes / width, 1)
    let start = min((piece.base - bank.base.value) / unit, width - 1)
    let end = min(max((piece.end - bank.base.value + unit / 2) / unit, start + 1), width)
    let mark = piece.owners.isEmpty ? "." : piece.owners.contains { labels.isPool($0) } ? "#" : "="
    return String(repeating: " ", count: Int(start))
      + style(String(repeating: mark, count: Int(end - start)), mark == "#" ? .help : .plain)
      + String(repeating: " ", count: Int(width - end))
  }

  private func label(of piece: MapSegment) -> String {
    if piece.owners.isEmpty { return "free" }
    var names = piece.owners.map { owner in
      let words = labels.words(for: owner)
      return words.text + (words.fault.map { style("  (\($0))", .error) } ?? "")
    }
    if piece.ownersBeyond > 0 { names.append("\(piece.ownersBeyond) more") }
    let text = names.joined(separator: " + ")
    return piece.isOverlap ? style(text + "  (overlap)", .error) : text
  }

  // MARK: Heaps

  private var heaps: String {
    guard !map.heaps.isEmpty else { return map.boots ? style("no heaps", .strong) + "\n" : "" }
    let width = min(map.heaps.map { DisplayText.harmless($0.device).count }.max() ?? 0, 60)
    var text = style("heaps", .strong) + "\n"
    for heap in map.heaps {
      let what = labels.words(for: heap)
      text +=
        "  " + padded(DisplayText.harmless(heap.device), width, isLeft: true) + "  "
        + padded(heap.size.inBinaryUnits, 11)
      text += " at \(hex(heap.base.value))  \(what)  (\(DisplayText.harmless(heap.region)))\n"
    }
    return text
  }

  // MARK: Problems

  private var faults: String {
    let faults = MapFault.all(of: booted)
    guard !faults.isEmpty else { return "all regions are as the tree asks\n" }
    var text = style("problems", .strong) + "\n"
    for fault in faults.prefix(Self.rowsMax) {
      let mark = fault.isFatal ? style("error", .error) : style("warning", .warning)
      text += "  \(mark): \(DisplayText.harmless(fault.text))\n"
    }
    if faults.count > Self.rowsMax { text += "  and \(faults.count - Self.rowsMax) more\n" }
    return text
  }

  private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

/// Text with blanks before it, or behind it, so that columns line up.
func padded(_ text: String, _ width: Int, isLeft: Bool = false) -> String {
  let blanks = String(repeating: " ", count: max(width - text.count, 0))
  return isLeft ? text + blanks : blanks + text
}

/// Gives text the style that a terminal shows, or none.
struct TextStyle {
  let hasColor: Bool

  /// The text in a style; it must be harmless.
  func callAsFunction(_ text: String, _ style: Style) -> String {
    var styled = StyledText(hasColor: hasColor)
    styled.put(text, style)
    return styled.text
  }
}
