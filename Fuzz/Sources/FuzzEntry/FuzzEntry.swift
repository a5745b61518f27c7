import DTParse

/// What the fuzz targets do with one input: the only module here that knows the libraries' interfaces.
public enum FuzzEntry {
  /// Reads a source, and writes what came of it as a blob, which must be readable again.
  ///
  /// An input that would start the C preprocessor is passed over: the target is the parser, not a process.
  public static func readSource(_ bytes: [UInt8]) {
    if isBlob(bytes) || startsPreprocessor(bytes) { return }
    var options = LoadOptions()
    options.generatesSymbols = bytes.count.isMultiple(of: 2)
    guard let result = try? DevicetreeLoader.load(bytes: bytes, path: "fuzz.dts", options) else { return }
    guard let tree = result.tree, !result.hasErrors else { return }
    readBlob(tree.blob())
  }

  /// Reads a blob; one that is accepted is written again, and that must be a fixed point.
  public static func readBlob(_ bytes: [UInt8]) {
    guard let first = accepted(bytes) else { return }
    let written = first.blob()
    guard let second = accepted(written) else { fatalError("what was written cannot be read") }
    precondition(second.blob() == written, "writing again gives other bytes")
  }

  private static func accepted(_ bytes: [UInt8]) -> Devicetree? {
    guard isBlob(bytes), let result = try? DevicetreeLoader.load(bytes: bytes, path: "fuzz.dtb") else {
      return nil
    }
    return result.hasErrors ? nil : result.tree
  }

  static func isBlob(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xd0, 0x0d, 0xfe, 0xed]) }

  /// Whether a line begins like a directive; more than the parser's own rule, so that no input reaches it.
  static func startsPreprocessor(_ bytes: [UInt8]) -> Bool {
    var isAtLineStart = true
    for (index, byte) in bytes.enumerated() {
      if isAtLineStart, byte == UInt8(ascii: "#") {
        let next = bytes[(index + 1)...].first { $0 != 0x20 && $0 != 0x09 }
        if let next, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next) { return true }
      }
      if byte == 0x0a || byte == 0x0d {
        isAtLineStart = true
      } else if byte != 0x20, byte != 0x09, byte != 0x0b, byte != 0x0c {
        isAtLineStart = false
      }
    }
    return false
  }
}
