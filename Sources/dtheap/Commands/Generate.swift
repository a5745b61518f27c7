import ArgumentParser
import HeapCompiler
import Rendering

/// `dtheap generate`: the heaps of a board for other programs.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a board's heaps for other programs: JSON, a C header, or Swift.",
    discussion: """
      What is written is enough to allocate from a heap and to find its node. Nothing is written for a board with \
      errors, and the exit status is 1; --force writes all the same, and the file says so.

      Example: dtheap generate --emit c-header -o heaps.h board.dts
      """)

  @OptionGroup var options: BoardOptions

  @Option(help: ArgumentHelp("json, c-header or swift.", valueName: "format"))
  var emit: Format

  @Flag(help: "Write although the board has errors; the file says so.")
  var force = false

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp("The file to write; `-` for standard output.", valueName: "file"))
  var output = "-"

  @Argument(help: ArgumentHelp("A .dts, a .dtb, or `-` for standard input.", valueName: "board"))
  var board: String

  /// What the heaps are written as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case json
    case cHeader = "c-header"
    case swift
  }

  func validate() throws { try options.requireOneKernel() }

  func run() throws {
    let booted = try options.boot(board, kernel: options.kernels.first)
    let faults =
      booted.loaded.diagnostics.filter { $0.severity == .error }.map(\.message)
      + MapFault.all(of: booted).filter(\.isFatal).map(\.text)
    if !faults.isEmpty, !force {
      for fault in faults { Console.printError("error: \(DisplayText.harmless(fault))\n") }
      Reading.fail("nothing is generated from a board with errors; --force does it all the same")
      throw ExitCode(1)
    }
    let document = HeapDocument(board: booted.name, map: booted.map, tree: booted.tree, faults: faults)
    let text =
      switch emit {
      case .json: HeapsDocument.text(document)
      case .cHeader: CHeaderEmitter.emit(document)
      case .swift: SwiftEmitter.emit(document)
      }
    try Reading.write(Array(text.utf8), to: output)
  }
}
