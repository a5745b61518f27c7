import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import BindingSchema

/// Folders of bindings are loaded in a fixed order, and what cannot be used is left out.
@Suite struct LibraryTests {
  private func folder(_ files: [String: String]) throws -> ScratchFolder {
    let folder = try ScratchFolder()
    for (name, text) in files {
      let url = URL(fileURLWithPath: "\(folder.path)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    return folder
  }

  private func binding(_ id: String, _ rest: String = "") -> String {
    "$id: http://devicetree.org/schemas/\(id)#\ntitle: \(id)\n\(rest)"
  }

  private func texts(_ loaded: LoadedBindings, _ folder: ScratchFolder) -> [String] {
    loaded.findings.map { finding in
      let at = finding.span.map { loaded.sources.location(of: $0) }
      let place = at.map { "\($0.file):\($0.line):\($0.column)-\($0.endColumn)" } ?? finding.file ?? ""
      return "\(finding.rule.code) \(place): \(finding.message)".replacing(folder.path + "/", with: "")
    }
  }

  @Test func filesAreTakenInTheOrderOfTheirPaths() throws {
    let folder = try folder([
      "b/x.yaml": binding("b/x.yaml"), "a.yaml": binding("a.yaml"), "B.yaml": binding("B.yaml"),
      ".hidden.yaml": "[", "notes.txt": "[", "c.yml": "[", ".git/x.yaml": "[",
    ])
    let paths = BindingLibrary.list([folder.path]).entries.map(\.path)
    #expect(paths == ["B.yaml", "a.yaml", "b/x.yaml"].map { "\(folder.path)/\($0)" })
    let loaded = BindingLibrary.load(directories: [folder.path])
    #expect(
      loaded.bindings.documents.map(\.id)
        == ["B", "a", "b/x"].map { "http://devicetree.org/schemas/\($0).yaml" })
    #expect(loaded.findings == [])
    #expect(loaded.sources.files.isEmpty)
  }

  @Test func linksInACircleEnd() throws {
    let folder = try folder(["a/x.yaml": binding("a/x.yaml")])
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/a/up", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/again", withDestinationPath: "\(folder.path)/a")
    #expect(BindingLibrary.list([folder.path]).entries.map(\.path) == ["\(folder.path)/a/x.yaml"])
  }

  @Test func aFolderNamedEarlierReplacesBindings() throws {
    let mine = try folder(["x.yaml": binding("x.yaml", "description: mine\n")])
    let theirs = try folder([
      "x.yaml": binding("x.yaml", "description: theirs\n"), "y.yaml": binding("y.yaml"),
    ])
    let loaded = BindingLibrary.load(directories: [mine.path, theirs.path, mine.path])
    #expect(loaded.bindings.documents.map { $0.root["description"]?.string } == ["mine", nil])
    #expect(loaded.findings == [])
    let single = BindingLibrary.load(directories: ["\(theirs.path)/x.yaml"])
    #expect(single.bindings.documents.map { $0.root["description"]?.string } == ["theirs"])
  }

  @Test func whatCannotBeUsedIsLeftOut() throws {
    let folder = try folder([
      "a.yaml": binding("x.yaml"), "b.yaml": binding("x.yaml"), "c.yaml": "title: c\n", "d.yaml": "a: [\n",
      "e.yaml": "[a]\n", "f.yaml": binding("f.yaml", "properties:\n  y: \n"),
      "g.yaml": binding("g.yaml", "maxitems: 1\n"),
    ])
    let loaded = BindingLibrary.load(directories: [folder.path, "\(folder.path)/none"])
    #expect(loaded.bindings.documents.map(\.path) == ["g.yaml", "a.yaml"].map { "\(folder.path)/\($0)" })
    #expect(
      texts(loaded, folder) == [
        "DTH150 none: `none` cannot be read: no such file or directory",
        "DTH153 b.yaml:1:6-43: another binding has the `$id` `http://devicetree.org/schemas/x.yaml`",
        "DTH152 c.yaml:1:1-6: the binding has no `$id`",
        "DTH150 d.yaml:2:1-1: this is no YAML: did not find expected node content",
        "DTH150 e.yaml:1:1-3: a binding is a map, but this is a list",
        "DTH157 f.yaml:4:5-6: `y` must be a schema, that is a map, `true` or `false`, but this is nothing",
        "DTH156 g.yaml:3:1-9: `maxitems` is no keyword of bindings",
      ])
    #expect(loaded.findings.last?.help == "did you mean `maxItems`?")
  }

  @Test func anEmptyFolderIsReported() throws {
    let folder = try folder(["a.txt": ""])
    #expect(BindingLibrary.load(directories: [folder.path]).findings.map(\.rule.code) == ["DTH160"])
  }

  @Test func hugeFilesAreNotRead() throws {
    let folder = try folder(["a.yaml": String(repeating: " ", count: SchemaReader.bytesMax + 1)])
    #expect(BindingLibrary.load(directories: [folder.path]).findings.map(\.rule.code) == ["DTH151"])
  }
}
