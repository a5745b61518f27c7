import ArgumentParser
import BindingSchema
import Diagnostics
import Rendering

/// `dtheap bindings`: bindings by themselves.
struct Bindings: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the bindings that boards are checked with.", subcommands: [Check.self])

  /// `dtheap bindings check`: what is wrong with bindings.
  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Report what is wrong with YAML bindings.",
      discussion: """
        Folders that are named together are looked at together: a reference may lead from one into another. The \
        bindings that ship are there for references as well. The exit status is 1 where there is an error.

        Example: dtheap bindings check Documentation/devicetree/bindings
        """)

    @Option(help: ArgumentHelp("text or json.", valueName: "format"))
    var format = Format.text

    @Flag(help: "Let warnings count as errors in the exit status.")
    var strict = false

    @Option(help: ArgumentHelp("Colour in text: auto, always or never.", valueName: "when"))
    var color = ColorChoice.auto

    @Argument(help: ArgumentHelp("A folder with bindings, or one of them.", valueName: "dir"))
    var directories: [String]

    /// What findings are written as.
    enum Format: String, CaseIterable, ExpressibleByArgument {
      case text, json
    }

    func run() throws {
      try BindingOptions.requireFolders(directories)
      let checked = BindingStore.check(directories: directories)
      var findings = DiagnosticList()
      findings.add(contentsOf: checked.findings)
      switch format {
      case .json:
        Console.print(
          FindingsJSON.document(
            [FileFindings(file: directories[0], findings: findings, sources: checked.sources)],
            fileCount: checked.fileCount))
      case .text:
        let renderer = TextRenderer(sources: checked.sources, hasColor: color.isOnForOutput)
        Console.print(renderer.render(findings))
        let files = Text.count(checked.fileCount, "binding")
        Console.print("\(TextRenderer.summary(findings.counts)) in \(files)\n")
      }
      if findings.counts.errors > 0 || strict && findings.counts.warnings > 0 { throw ExitCode(1) }
    }
  }
}
