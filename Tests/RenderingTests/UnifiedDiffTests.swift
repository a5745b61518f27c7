import Diagnostics
import Foundation
import HeapModel
import Rendering
import TestSupport
import Testing

/// Differences, judged by the program that applies them.
@Suite struct UnifiedDiffTests {
  private func patched(_ before: [UInt8], _ edits: [TextEdit]) async throws -> [UInt8] {
    let folder = try ScratchFolder()
    let path = folder.path + "/f"
    try Data(before).write(to: URL(filePath: path))
    let difference = UnifiedDiff.of("f", before, edits)
    guard !difference.isEmpty else { return before }
    let run = try await runTool("patch", ["-s", "-p0", "-F0"], stdin: difference, in: folder.path)
    #expect(run.status == 0, "\(run.text)\(run.errorText)\(String(decoding: difference, as: UTF8.self))")
    return try Array(Data(contentsOf: URL(filePath: path)))
  }

  @Test func oneLineChanges() {
    let before = Array((1...12).map { "line \($0)\n" }.joined().utf8)
    let at = 5 * 7
    let text = UnifiedDiff.of("a/b.dts", before, [TextEdit(at + 5..<at + 6, "six")])
    #expect(
      String(decoding: text, as: UTF8.self) == """
        --- a/b.dts
        +++ a/b.dts
        @@ -3,7 +3,7 @@
         line 3
         line 4
         line 5
        -line 6
        +line six
         line 7
         line 8
         line 9

        """)
    #expect(UnifiedDiff.of("f", before, []).isEmpty)
    #expect(UnifiedDiff.of("f", before, [TextEdit(at + 5..<at + 6, "6")]).isEmpty, "nothing changes")
  }

  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/patch"), "patch is not installed"))
  func patchMakesTheSameFile() async throws {
    var random = SplitMix64(seed: 4)
    for _ in 0..<60 {
      let alphabet = Array("ab\n".utf8)
      let before = (0..<Int.random(in: 1...80, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<3, using: &random)]
      }
      var edits: [TextEdit] = []
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let start = Int.random(in: 0...before.count, using: &random)
        let end = min(before.count, start + Int.random(in: 0...6, using: &random))
        let new = ["", "x", "\n", "x\ny", "\n\n"][Int.random(in: 0..<5, using: &random)]
        let edit = TextEdit(start..<end, new)
        if !edits.contains(where: { $0.conflicts(with: edit) }) { edits.append(edit) }
      }
      let after = edits.applied(to: before)
      // patch removes a file that becomes empty.
      if after.isEmpty { continue }
      #expect(try await patched(before, edits) == after, "\(before) \(edits)")
    }
  }
}
