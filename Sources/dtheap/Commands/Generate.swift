import ArgumentParser
import Diagnostics
import HeapCompiler
import Rendering

/// `dtheap generate`: the heaps of a board for other programs.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a board's heaps for other programs: JSON, a C header, or Swift.",
    discussion: """
      What is written is enough to allocate from a heap and to find its node. Nothing is written for a board in \
      which `dtheap lint` or `dtheap map` finds an error, and the exit status is 1; --force writes all the same, and \
      the file says so.

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
    let faults = try faults(of: booted)
    if !faults.isEmpty, !force {
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

  /// What lint finds wrong, and what the map has besides; all of it is printed.
  private func faults(of booted: BootedBoard) throws -> [String] {
    var linting = Linter.Options(profile: booted.profile)
    linting.overrides = booted.overrides
    linting.disabled = try options.configuration(for: board)?.configuration.disabledRules ?? []
    let report = Linter.lint(booted.loaded, linting)
    let errors = report.findings.sorted.filter { $0.severity == .error }
    // What reading the tree found has been printed.
    let known = Set(booted.loaded.diagnostics)
    Reading.printFindings(errors.filter { !known.contains($0) }, in: report.sources)
    // The kernel's view of a node adds nothing where a rule has said what is wrong with it.
    let nodes = Set(errors.compactMap(\.node))
    let rest = MapFault.all(of: booted).filter { fault in
      fault.isFatal
        && (fault.node.map { !nodes.contains($0) } ?? (errors.isEmpty || !booted.map.boots))
    }
    for fault in rest { Console.printError("error: \(DisplayText.harmless(fault.text))\n") }
    return errors.map { line(for: $0, in: report) } + rest.map(\.text)
  }

  private func line(for finding: Diagnostic, in report: LintReport) -> String {
    let place = finding.span.map { report.sources.location(of: $0) }
    let prefix = place.map { "\($0.file):\($0.line):\($0.column)" } ?? finding.node ?? board
    return "\(prefix): \(finding.message) (\(finding.rule.code))"
  }
}
