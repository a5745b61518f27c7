import DTParse
import Diagnostics

extension Node {
  /// The edits that give a node another unit address, or take it away; see ``edits(renamingTo:)``.
  func edits(unitAddress: String?) -> [SourceEdit]? {
    edits(renamingTo: baseName + (unitAddress.map { "@" + $0 } ?? ""))
  }

  /// The edits that give a node another name, wherever it is written; nil where that cannot be done in place.
  func edits(renamingTo wanted: String) -> [SourceEdit]? {
    // No sibling may have the name already.
    guard parent?.child(wanted) == nil else { return nil }
    let written = places.filter { tree.text($0.name) == name }
    guard !written.isEmpty, !tree.mentions("/" + name) else { return nil }
    return written.map { SourceEdit(span: $0.name, text: wanted) }
  }

  /// The edit that adds a property before all others; nil in a blob.
  func insertion(of statement: String) -> SourceEdit? {
    guard let body = places.last?.body, body.start < body.end, tree.text(body).hasPrefix("{") else {
      return nil
    }
    let place = SourceSpan(file: body.file, start: body.start + 1, end: body.start + 1)
    // A preprocessor leaves out comments and turns tabs into blanks: what counts is the text that the user wrote.
    let written = tree.sources.resolve(place)
    let rest = written.source.bytes[written.range.upperBound...].prefix(Self.indentationBytesMax)
    let lineEnd = rest.prefix { $0 == UInt8(ascii: "\r") }.count == 1 ? "\r\n" : "\n"
    guard rest.starts(with: lineEnd.utf8) else { return SourceEdit(span: place, text: " \(statement)") }
    let indentation = rest.dropFirst(lineEnd.utf8.count).prefix { $0 == 0x20 || $0 == 0x09 }
    let text = "\(lineEnd)\(String(decoding: indentation, as: UTF8.self))\(statement)"
    return SourceEdit(span: place, text: text)
  }

  /// The most bytes of a line that are looked at for its indentation.
  private static var indentationBytesMax: Int { 256 }
}

extension Property {
  /// The edit that takes away a property without value; nil in a blob, and where it is written in several places, since
  /// another one would count then.
  var removal: SourceEdit? {
    guard places.count == 1, let place = places.first, place.body.start == place.body.end else { return nil }
    let bytes = tree.sources[place.name.file].bytes
    var end = Int(place.name.end)
    while end < bytes.count, [0x20, 0x09].contains(bytes[end]) { end += 1 }
    guard end < bytes.count, bytes[end] == UInt8(ascii: ";") else { return nil }
    return SourceEdit(
      span: SourceSpan(file: place.name.file, start: place.name.start, end: UInt32(end + 1)), text: "")
  }

  /// The edit that writes another value in place of the one that counts; nil in a blob or where there is no value.
  func replacement(by value: String) -> SourceEdit? {
    guard let body = places.first?.body, body.start < body.end else { return nil }
    return SourceEdit(span: body, text: value)
  }
}
