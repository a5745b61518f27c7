import ArgumentParser
import DTParse
import Diagnostics
import Rendering

/// The cures of findings, in the files that a command names and in no others.
struct LintFixing {
  /// What is changed.
  private(set) var selection = FixSelection()
  private let named: Set<String>
  private var identities: [String: String?] = [:]

  /// Nothing is changed yet.
  ///
  /// - Parameter files: the files that may be changed.
  init(in files: [String]) { named = Set(files.filter { $0 != "-" }.compactMap(FileSystem.identity)) }

  /// Takes the cures of an input's findings, in their order.
  mutating func add(_ input: FileFindings) {
    for finding in input.findings.sorted {
      selection.add(finding, in: input.sources) { name in
        if let known = identities[name] { return known }
        let identity = FileSystem.identity(of: name).flatMap { named.contains($0) ? $0 : nil }
        identities[name] = .some(identity)
        return identity
      }
    }
  }

  /// Writes the files.
  ///
  /// - Throws: `ExitCode` 2 where one cannot be written; the others are written all the same.
  func write() throws {
    var hasFailed = false
    for file in selection.files {
      do {
        try FileSystem.replace(file.name, file.before, by: file.after)
      } catch {
        Reading.fail("cannot fix `\(file.name)`: \(error)")
        hasFailed = true
      }
    }
    if hasFailed { throw ExitCode(2) }
  }

  /// What ``write()`` would change, as `patch -p0` reads it.
  var difference: [UInt8] {
    selection.files.flatMap { UnifiedDiff.of($0.name, $0.before, $0.edits) }
  }

  /// How many findings were fixed, or would be, and how many cures are left; in words.
  func summary(isDryRun: Bool) -> String {
    let findings = Text.count(selection.takenCount, "finding")
    var parts = [isDryRun ? "\(findings) can be fixed" : "\(findings) fixed"]
    if selection.conflictingCount > 0 {
      parts.append("\(Text.count(selection.conflictingCount, "fix", plural: "fixes")) left for another run")
    }
    if selection.foreignCount > 0 {
      parts.append(
        "\(Text.count(selection.foreignCount, "fix", plural: "fixes")) in files that are not named")
    }
    return parts.joined(separator: "; ")
  }
}
