/// Finds the name of a type in a reference.
enum TypeName {
  /// Every type that a reference may name, the longest of several that begin alike first.
  private static let names: [[UInt8]] = {
    var names = ["address", "flag", "string-array", "string", "phandle-array", "phandle"]
    for sign in ["u", ""] {
      for width in ["8", "16", "32", "64"] {
        for shape in ["-array", "-matrix", ""] { names.append("\(sign)int\(width)\(shape)") }
      }
    }
    return names.map { Array($0.utf8) }
  }()

  /// The name that stands first in a text, as long as possible: `string-array` in `non-unique-string-array`.
  /// - Complexity: O(n).
  static func first(in text: String) -> String? {
    let bytes = Array(text.utf8)
    for start in bytes.indices {
      // All names begin with one of these.
      guard "afspui".utf8.contains(bytes[start]) else { continue }
      if let name = names.first(where: { bytes[start...].starts(with: $0) }) {
        return String(decoding: name, as: UTF8.self)
      }
    }
    return nil
  }
}
