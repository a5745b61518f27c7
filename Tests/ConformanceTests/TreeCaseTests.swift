import DTParse
import Foundation
import TestSupport
import Testing

/// The cases of Tests/Conformance/trees, in this process, against the installed dtc: the same bytes or both
/// refuse.
///
/// `make conformance` runs them through the program, with every set of options and the cases that need more
/// files.
@Suite struct TreeCaseTests {
  static let plainCases = TreeCase.all.filter(\.isPlain)

  @Test func theCasesAreFound() { #expect(Self.plainCases.count > 500) }

  @Test(arguments: plainCases)
  func dtcAgrees(_ example: TreeCase) async throws {
    let board = try #require(example.board)
    let scratch = try ScratchFolder()
    let source = "\(scratch.path)/board.dts"
    try Data(board.text.utf8).write(to: URL(fileURLWithPath: source))
    for symbols in [false, true] {
      var options = LoadOptions()
      options.generatesSymbols = symbols
      let loaded = try DevicetreeLoader.load(path: source, options)
      let expected = try await runTool(
        "dtc", (symbols ? ["-@"] : []) + ["-q", "-I", "dts", "-O", "dtb", source])
      #expect(
        loaded.hasErrors == (expected.status != 0),
        "\(loaded.diagnostics.map(\.message)) \(expected.errorText)")
      guard expected.status == 0, !loaded.hasErrors, let tree = loaded.tree else { continue }
      #expect(tree.blob() == expected.output)
    }
  }
}
