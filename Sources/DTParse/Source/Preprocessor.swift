import Diagnostics

/// Runs the system's C preprocessor over a source, with the flags of a kernel build.
struct Preprocessor {
  let includeDirectories: [String]
  /// `NAME` or `NAME=VALUE`.
  let defines: [String]
  let outputBytesMax: Int

  /// What came of a run.
  struct Output: Sendable {
    let text: [UInt8]
    let messages: [UInt8]
    let isGood: Bool
  }

  /// The preprocessor could not be run at all.
  struct Unavailable: Error, CustomStringConvertible {
    let description: String
  }

  /// Whether a source has a line with a directive of the C preprocessor.
  /// - Complexity: O(n); looks only at what follows a line end.
  static func isNeeded(by source: [UInt8]) -> Bool {
    source.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        if index < bytes.count, bytes[index] == UInt8(ascii: "#"), beginsDirective(bytes, after: index + 1) {
          return true
        }
        while index < bytes.count, bytes[index] != 0x0a { index += 1 }
        index += 1
      }
      return false
    }
  }

  private static let directives: [[UInt8]] = [
    "include", "define", "undef", "if", "ifdef", "ifndef", "elif", "else", "endif", "error", "warning",
    "pragma",
  ].map { Array($0.utf8) }

  private static func beginsDirective(_ bytes: UnsafeBufferPointer<UInt8>, after start: Int) -> Bool {
    var start = start
    while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
    var end = start
    while end < bytes.count, (0x61...0x7a).contains(bytes[end]) { end += 1 }
    guard end > start, end - start <= 8 else { return false }
    let next = end < bytes.count ? bytes[end] : 0x0a
    let isWord = !CharacterClass(rawValue: CharacterClass.table[Int(next)]).contains(.name)
    return isWord && directives.contains { $0.elementsEqual(bytes[start..<end]) }
  }

  private var flags: [String] {
    ["-E", "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]
      + includeDirectories.map { "-I\($0)" }
      + defines.map { "-D\($0)" }
  }

  /// Preprocesses the file at `path`; where there is none, `source` is read as if it stood there.
  func run(path: String, source: [UInt8]) throws(Unavailable) -> Output {
    let isFile = path != "-" && FileSystem.isFile(path)
    let name = isFile ? (path.hasPrefix("-") ? "./" + path : path) : "-"
    var flags = flags
    var input: [UInt8] = []
    if !isFile {
      let directory = FileSystem.directory(of: path)
      flags += ["-iquote", directory.isEmpty ? "." : directory]
      input = path == "-" ? source : Array("# 1 \"\(path)\"\n".utf8) + source
    }
    let outcome: ChildProcess.Outcome
    do {
      outcome = try ChildProcess.run(
        "cc", flags + [name], input: input, outputBytesMax: outputBytesMax)
    } catch {
      throw Unavailable(description: "cannot run the C preprocessor `cc`: \(error)")
    }
    switch outcome.status {
    case 127: throw Unavailable(description: "there is no C compiler `cc` to preprocess it with")
    case nil:
      throw Unavailable(
        description:
          "the C preprocessor was stopped: more than \(ChildProcess.secondsMax) s or \(outputBytesMax >> 20) MiB"
      )
    default: return Output(text: outcome.output, messages: outcome.errors, isGood: outcome.status == 0)
    }
  }
}
