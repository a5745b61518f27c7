import ArgumentParser
import HeapCompiler
import HeapModel
import Rendering

/// `dtheap map`: what the kernel reserves at boot, and the heaps that come of it.
struct Map: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what the kernel makes of a board's memory at boot.",
    discussion: """
      Places every region as the kernel would, and says which become pools and heaps and which do not. The exit status \
      is 1 where a region is not as the tree asks or the kernel does not boot.

      Example: dtheap map --kernel 6.1 --cmdline "cma=64M" board.dts
      """)

  @OptionGroup var options: BoardOptions

  @Option(
    help: ArgumentHelp("text, json, svg (a picture) or log (the kernel's own lines).", valueName: "format"))
  var format = Format.text

  @Argument(help: ArgumentHelp("A .dts, a .dtb, or `-` for standard input.", valueName: "board"))
  var board: String

  /// What the map is written as.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case text, json, svg, log
  }

  func validate() throws { try options.requireOneKernel() }

  func run() throws {
    let booted = try options.boot(board, kernel: options.kernels.first)
    switch format {
    case .text: Console.print(MapText(booted, hasColor: options.color.isOnForOutput).text)
    case .json: Console.print(MapDocument.text(booted))
    case .svg: Console.print(MapSVG(booted).text)
    case .log: Console.print(booted.map.logLines.map { $0 + "\n" }.joined())
    }
    if booted.loaded.hasErrors || MapFault.all(of: booted).contains(where: \.isFatal) { throw ExitCode(1) }
  }
}
