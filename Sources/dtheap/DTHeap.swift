import ArgumentParser
import Glibc

/// The command line's root.
@main
struct DTHeap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dtheap",
    abstract: "Checks a board's contiguous memory before the board boots.",
    discussion: """
      Reads devicetree sources, blobs and overlays, says what the kernel will make of their reserved memory, and tries \
      allocation plans on the heaps that come of it.

      Example: dtheap lint board.dts
      """,
    version: "0.1.0",
    subcommands: [
      Lint.self, Map.self, Generate.self, Diff.self, Plan.self, Replay.self, Compile.self, Bindings.self,
      Explain.self,
    ])

  /// Parses and runs; usage errors end with status 2, as every failure to do what was asked.
  static func main() {
    // A reader that goes away is an output that cannot be written, not a death by signal.
    signal(SIGPIPE, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let refusal as Refusal {
      Reading.fail(refusal.message)
      Glibc.exit(2)
    } catch {
      let code = exitCode(for: error)
      let message = fullMessage(for: error)
      if !message.isEmpty {
        if code == .success { Console.print(message + "\n") } else { Console.printError(message + "\n") }
      }
      Glibc.exit(code == .validationFailure ? 2 : code.rawValue)
    }
  }
}
