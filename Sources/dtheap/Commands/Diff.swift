import ArgumentParser
import HeapCompiler
import HeapModel
import Rendering

/// `dtheap diff`: what is different between two boots.
struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what changes in regions, pools and heaps between two boards or two kernels.",
    discussion: """
      Two boards with one kernel, one board with two, or both. The exit status is 1 where something is different.

      Example: dtheap diff --kernel 6.1 --kernel 6.12 board.dts
      """)

  @OptionGroup var options: BoardOptions

  @Option(help: ArgumentHelp("text or json.", valueName: "format"))
  var format = Format.text

  @Argument(help: ArgumentHelp("One board with two kernels, or two boards.", valueName: "board"))
  var boards: [String]

  /// What the changes are written as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  func validate() throws {
    if boards.count > 2 { throw ValidationError("two boards at most, not \(boards.count)") }
    if options.kernels.count > 2 {
      throw ValidationError("two kernels at most, not \(options.kernels.count)")
    }
    if boards.count < 2, options.kernels.count < 2 {
      throw ValidationError("one board needs two kernels: --kernel A --kernel B")
    }
    if boards == ["-", "-"] { throw ValidationError("standard input can be one board, not both") }
  }

  func run() throws {
    let old = try options.boot(boards[0], kernel: options.kernels.first)
    let new: BootedBoard
    if boards.count == 1 {
      // Standard input can be read once.
      new = try options.reboot(old, kernel: options.kernels.last)
    } else {
      new = try options.boot(boards[1], kernel: options.kernels.last)
    }
    let difference = MapDifference(from: old.map, to: new.map)
    switch format {
    case .text:
      Console.print(
        DifferenceText(difference, old, new, hasColor: options.color.isOnForOutput).text)
    case .json: Console.print(DifferenceDocument.text(difference, old, new))
    }
    let hasErrors = old.loaded.hasErrors || new.loaded.hasErrors
    if hasErrors || !difference.changes.isEmpty || old.map.boots != new.map.boots { throw ExitCode(1) }
  }
}
