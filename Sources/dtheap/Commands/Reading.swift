import ArgumentParser
import DTParse
import Diagnostics
import Glibc
import Rendering

/// Why a command cannot do what was asked. Thrown out of it, the message is printed and the status is 2.
struct Refusal: Error {
  /// A complete sentence by itself, without a full stop.
  let message: String
}

/// Reading inputs and writing outputs, with the exit codes of every command.
enum Reading {
  /// Reads a board; a file that cannot be had ends the command with status 2.
  static func load(_ path: String, _ options: LoadOptions) throws -> LoadResult {
    do {
      return try DevicetreeLoader.load(path: path, options)
    } catch {
      throw refusal(error.description)
    }
  }

  /// Writes a file; one that cannot be written ends the command with status 2.
  static func write(_ bytes: [UInt8], to path: String) throws {
    if case .failure(let failure) = FileSystem.write(bytes, to: path) {
      throw refusal("cannot write `\(path)`: \(failure)")
    }
  }

  /// What to throw where the command cannot do what was asked.
  static func refusal(_ message: String) -> Refusal { Refusal(message: message) }

  /// Says why the command cannot do what was asked.
  static func fail(_ message: String) { Console.printError("dtheap: \(message)\n") }

  /// Prints findings for a person on standard error.
  static func printFindings(_ loaded: LoadResult) {
    printFindings(loaded.diagnostics, in: loaded.sources)
    if loaded.droppedCount > 0 {
      Console.printError("... and \(Text.count(loaded.droppedCount, "more finding")) not shown\n")
    }
  }

  /// Prints findings for a person on standard error; `sources` are the files that they point into.
  static func printFindings(_ diagnostics: [Diagnostic], in sources: SourceMap) {
    var findings = DiagnosticList()
    findings.add(contentsOf: diagnostics)
    Console.printError(TextRenderer(sources: sources).render(findings))
  }
}
