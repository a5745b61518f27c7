import ArgumentParser
import DTParse
import Diagnostics
import Glibc

/// `dtheap compile`: what dtc does with `-I dts -O dtb`, byte for byte.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compile devicetree source to a blob, byte-identical to dtc's.",
    discussion: """
      A blob as input is written again in the same layout; overlays are applied first. Several boards go to \
      --output-dir in one run.

      Example: dtheap compile -@ -o board.dtb board.dts
      """)

  @OptionGroup var source: SourceOptions

  @Flag(name: .customShort("@"), help: "Make `__symbols__`, so that overlays can be applied.")
  var symbols = false

  @Option(name: .customShort("H"), help: "The property that phandles are written to: legacy, epapr or both.")
  var phandles = PhandleFormat.epapr

  @Flag(name: .customShort("s"), help: "Sort nodes, properties and memory reservations.")
  var sort = false

  @Option(name: .customShort("b"), help: ArgumentHelp("The boot CPU's physical ID.", valueName: "n"))
  var bootCPU: CNumber?

  @Option(name: .customShort("R"), help: ArgumentHelp("Make room for N memory reservations.", valueName: "n"))
  var reservations = CNumber(0)

  @Option(name: .customShort("S"), help: ArgumentHelp("Make the blob at least N bytes long.", valueName: "n"))
  var minimumSize = CNumber(0)

  @Option(name: .customShort("p"), help: ArgumentHelp("Add N bytes of padding.", valueName: "n"))
  var padding = CNumber(0)

  @Option(
    name: .customShort("a"),
    help: ArgumentHelp("Round the size up to a multiple of N, a power of two.", valueName: "n"))
  var alignment = CNumber(0)

  @Option(
    name: .customShort("d"), help: ArgumentHelp("Write a Makefile dependency file.", valueName: "depfile"))
  var dependencyFile: String?

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp("The file to write; `-` for standard output.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("The folder for the blobs of several boards.", valueName: "dir"))
  var outputDir: String?

  @Flag(help: "Treat warnings as errors.")
  var strict = false

  @Argument(help: ArgumentHelp("A .dts, a .dtb, or `-` for standard input.", valueName: "board"))
  var boards: [String]

  func validate() throws {
    if minimumSize.value > 0, padding.value > 0 { throw ValidationError("-p and -S cannot be combined") }
    if alignment.value != 0, alignment.value & (alignment.value - 1) != 0 {
      throw ValidationError("-a takes a power of two, not \(alignment.value)")
    }
    if output != nil, outputDir != nil { throw ValidationError("-o and --output-dir cannot be combined") }
    if boards.count > 1, outputDir == nil { throw ValidationError("several boards need --output-dir") }
    if boards.count > 1, dependencyFile != nil { throw ValidationError("-d takes one board") }
    for number in [reservations, minimumSize, padding, alignment] where !(0...1 << 30).contains(number.value)
    {
      throw ValidationError("\(number.value) is no size between 0 and 1 GiB")
    }
  }

  func run() throws {
    var options = source.loadOptions
    options.generatesSymbols = symbols
    options.phandleFormat = phandles
    try requireDistinctOutputs()
    var hasErrors = false
    for board in boards {
      let loaded = try Reading.load(board, options)
      Reading.printFindings(loaded)
      let isRefused = loaded.hasErrors || strict && !loaded.diagnostics.isEmpty
      guard let tree = loaded.tree, !isRefused else {
        hasErrors = true
        continue
      }
      let target = outputPath(for: board)
      try Reading.write(tree.blob(blobOptions), to: target)
      if let dependencyFile { try Reading.write(dependencies(of: target, loaded), to: dependencyFile) }
    }
    if hasErrors { throw ExitCode(1) }
  }

  private var blobOptions: BlobOptions {
    var options = BlobOptions()
    options.bootCPUID = bootCPU.map { UInt32(truncatingIfNeeded: $0.value) }
    options.extraReservations = reservations.value
    options.bytesMin = minimumSize.value
    options.paddingBytes = padding.value
    options.alignmentBytes = alignment.value
    options.isSorted = sort
    return options
  }

  /// Two boards of one name would write the same file, and a blob might replace its own source.
  private func requireDistinctOutputs() throws {
    guard outputDir != nil else { return }
    var boardOfOutput: [String: String] = [:]
    for board in boards {
      let path = outputPath(for: board)
      if let other = boardOfOutput.updateValue(board, forKey: path) {
        throw Reading.refusal("`\(other)` and `\(board)` would both be written to `\(path)`")
      }
      if boards.contains(path) { throw Reading.refusal("`\(path)` is an input and would be replaced") }
    }
  }

  private func outputPath(for board: String) -> String {
    if let output { return output }
    guard let outputDir else { return "-" }
    let name = board.split(separator: "/").last.map(String.init) ?? board
    for (suffix, replacement) in [(".dtso", ".dtbo"), (".dts", ".dtb")] where name.hasSuffix(suffix) {
      return FileSystem.join(outputDir, name.dropLast(suffix.count) + replacement)
    }
    return FileSystem.join(
      outputDir, name.hasSuffix(".dtb") || name.hasSuffix(".dtbo") ? name : name + ".dtb")
  }

  /// `target: file file …`, with what make would misread escaped.
  private func dependencies(of target: String, _ loaded: LoadResult) -> [UInt8] {
    let names = loaded.dependencies.map { name in
      name.reduce(into: "") { text, character in
        switch character {
        case " ", "#", "\\": text += "\\\(character)"
        case "$": text += "$$"
        default: text.append(character)
        }
      }
    }
    return Array("\(target): \(names.joined(separator: " "))\n".utf8)
  }
}

extension PhandleFormat: ExpressibleByArgument {}

/// A number as C writes it: decimal, 0x… or 0….
struct CNumber: ExpressibleByArgument {
  let value: Int

  init(_ value: Int) { self.value = value }

  init?(argument: String) {
    let isNegative = argument.hasPrefix("-")
    let digits = isNegative ? String(argument.dropFirst()) : argument
    let lowered = digits.lowercased()
    let parsed: Int? =
      if lowered.hasPrefix("0x") {
        Int(lowered.dropFirst(2), radix: 16)
      } else if lowered.count > 1, lowered.hasPrefix("0") {
        Int(lowered, radix: 8)
      } else {
        Int(lowered)
      }
    guard let parsed, parsed >= 0, !lowered.contains("+") else { return nil }
    value = isNegative ? -parsed : parsed
  }

  var defaultValueDescription: String { String(value) }
}
