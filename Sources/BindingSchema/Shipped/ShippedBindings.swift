import DTParse

/// The bindings that ship with the program: those of the folder `bindings`, compiled ahead.
///
/// `ShippedBindings+Generated.swift` is written by the test that says whether it is current.
public enum ShippedBindings {
  /// What the paths of files in the program begin with, and no path that a user names by accident.
  private static let scheme = "dtheap:"

  /// The compiled bindings.
  static let compiled: CompiledBindings = {
    if let image = Base64.decoded(imageText), let compiled = try? CompiledBindings(image) { return compiled }
    // Only while the layout of images is being changed: the texts are always right.
    return CompiledBindings(own: SchemaCompiler.compile(set))
  }()

  /// The bindings before they are compiled.
  static var set: BindingSet {
    var listing = BindingLibrary.Listing()
    var files: [Result<BindingFile, FileSystem.Failure>] = []
    append(to: &listing, &files)
    return BindingLibrary.assemble(listing, files: files).bindings
  }

  /// Adds the bindings to those of folders, after all of them.
  static func append(
    to listing: inout BindingLibrary.Listing, _ files: inout [Result<BindingFile, FileSystem.Failure>]
  ) {
    let folder = (listing.entries.last?.folder ?? -1) + 1
    for (path, text) in texts {
      listing.entries.append(BindingLibrary.Entry(path: scheme + path, folder: folder))
      files.append(.success(BindingFile(path: scheme + path, bytes: Array(text.utf8))))
    }
  }

  /// The text of a binding by the path that it goes by; nil for a path of the file system.
  static func text(_ path: String) -> String? {
    guard path.hasPrefix(scheme) else { return nil }
    return texts.first { scheme + $0.path == path }?.text
  }
}

/// Bytes as text, six bits a character (RFC 4648, section 4).
enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The text of bytes, with `=` up to a multiple of four characters.
  /// - Complexity: O(*n*).
  static func encoded(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        text.append(
          place <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text; nil where it is none of ``encoded(_:)``'s.
  /// - Complexity: O(*n*).
  static func decoded(_ text: StaticString) -> [UInt8]? {
    var values = [UInt8](repeating: 64, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return text.withUTF8Buffer { characters -> [UInt8]? in
      guard characters.count % 4 == 0 else { return nil }
      let padding = characters.reversed().prefix(2).prefix { $0 == UInt8(ascii: "=") }.count
      var bytes: [UInt8] = []
      bytes.reserveCapacity(characters.count / 4 * 3)
      for start in stride(from: 0, to: characters.count, by: 4) {
        let known = start + 4 == characters.count ? 4 - padding : 4
        var bits: UInt32 = 0
        for place in 0..<4 {
          let value = place < known ? values[Int(characters[start + place])] : 0
          guard value < 64 else { return nil }
          bits = bits << 6 | UInt32(value)
        }
        for place in 0..<known - 1 { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))) }
      }
      return bytes
    }
  }
}
