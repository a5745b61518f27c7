/// A `$ref`, resolved against the `$id` of the document that it stands in (RFC 3986, 5.2; RFC 6901).
struct SchemaReference: Hashable {
  /// The document's `$id` without fragment.
  let document: String
  /// The steps of the JSON pointer; empty for the whole document.
  let steps: [String]

  /// Resolves `text` against `base`, an absolute `$id` without fragment.
  init(_ text: String, base: String) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let target = parts.first.map(String.init) ?? ""
    let fragment = parts.count > 1 ? String(parts[1]) : ""
    document = Self.resolve(target, base: base)
    steps = Self.decodePercent(fragment).split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { Self.unescape(String($0)) }
  }

  private static func resolve(_ target: String, base: String) -> String {
    if target.isEmpty { return base }
    let scheme = target.prefix { $0 != ":" && $0 != "/" }
    if scheme.endIndex != target.endIndex, target[scheme.endIndex] == ":" { return target }
    let (root, path) = split(base)
    if target.hasPrefix("//") { return String(root.prefix { $0 != "/" }) + target }
    if target.hasPrefix("/") { return root + withoutDots(target) }
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
    return root + withoutDots(folder + target)
  }

  /// Scheme and authority, and the path.
  private static func split(_ url: String) -> (root: String, path: String) {
    let bytes = Array(url.utf8)
    var index = 0
    while index + 1 < bytes.count, !(bytes[index] == 0x2F && bytes[index + 1] == 0x2F) { index += 1 }
    guard index + 1 < bytes.count else { return ("", url) }
    let start = index + 2
    let slash = bytes[start...].firstIndex(of: 0x2F) ?? bytes.count
    return (
      String(decoding: bytes[..<slash], as: UTF8.self), String(decoding: bytes[slash...], as: UTF8.self)
    )
  }

  private static func withoutDots(_ path: String) -> String {
    var result: [Substring] = []
    for step in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      switch step {
      case ".": continue
      case "..": if !result.isEmpty { result.removeLast() }
      default: result.append(step)
      }
    }
    return "/" + result.joined(separator: "/")
  }

  private static func decodePercent(_ text: String) -> String {
    guard text.utf8.contains(0x25) else { return text }
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
      {
        result.append(value)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static func unescape(_ step: String) -> String {
    guard step.utf8.contains(0x7E) else { return step }
    var result: [UInt8] = []
    var isEscaped = false
    for byte in step.utf8 {
      switch (isEscaped, byte) {
      case (true, 0x31): result[result.count - 1] = 0x2F
      case (true, 0x30): break
      default: result.append(byte)
      }
      isEscaped = byte == 0x7E && !isEscaped
    }
    return String(decoding: result, as: UTF8.self)
  }
}
