import Foundation
import Testing

/// What a program can check of the project's style, for every Swift file.
@Suite struct TidyTests {
  static let functionLinesMax = 70
  static let columnsMax = 120

  /// What each module may import of ours: a lower module never imports a higher one.
  static let layers: [String: Set<String>] = [
    "Diagnostics": [],
    "HeapModel": [],
    "DTParse": ["Diagnostics", "CLibFDT"],
    "BindingSchema": ["Diagnostics", "DTParse"],
    "HeapCompiler": ["Diagnostics", "DTParse", "BindingSchema", "HeapModel"],
  ]

  /// Modules of ours, and those of which no module below the commands may know.
  static let known = Set(["CLibFDT", "ArgumentParser", "Rendering", "dtheap"]).union(layers.keys)

  @Test func thereAreSources() { #expect(Repository.swiftFiles.count > 10) }

  @Test(arguments: Repository.swiftFiles) func codeIsTidy(path: String) {
    let text = Repository.text(path)
    let source = SwiftSource(text)
    #expect(
      source.lines.first?.allSatisfy(\.isWhitespace) == false, "\(path) does not start with its subject")
    #expect(text.hasSuffix("\n") && !text.hasSuffix("\n\n"), "\(path) does not end with one line end")
    for objection in source.forcedUnwraps { Issue.record("\(path):\(objection): forced") }
    for objection in source.postponedWork {
      Issue.record("\(path):\(objection): do it, or write it down elsewhere")
    }
    for objection in source.longLines(limit: Self.columnsMax) { Issue.record("\(path):\(objection)") }
    for objection in source.longFunctions(limit: Self.functionLinesMax) {
      Issue.record("\(path):\(objection)")
    }
  }

  @Test(arguments: Repository.files(under: ["Sources"], suffix: ".swift"))
  func modulesKeepToTheirLayer(path: String) {
    let imports = SwiftSource(Repository.text(path)).imports
    let module = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
    #expect(!imports.contains("Foundation"), "\(path): Foundation costs start-up time")
    guard let allowed = Self.layers[module] else { return }
    for name in imports where Self.known.contains(name) {
      #expect(allowed.contains(name), "\(path) imports \(name), which is above \(module)")
    }
  }

  /// A snapshot that no test compares with hides that something is no longer tested.
  @Test(arguments: Repository.files(under: ["Tests"], suffix: "").filter { $0.contains("/Snapshots/") })
  func snapshotsAreRead(path: String) {
    let url = URL(fileURLWithPath: path)
    guard !url.pathExtension.isEmpty else { return }
    let suite = url.deletingLastPathComponent().lastPathComponent
    let folder = url.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .relativePath
    let test = Repository.text("\(folder)/\(suite).swift")
    #expect(!test.isEmpty, "\(path) has no suite \(suite).swift")
    // Where the name is put together, its fixed beginning must be there: "long-\(name)".
    let name = url.deletingPathExtension().lastPathComponent
    let prefixes = name.indices.map { name[..<$0] }
    let isNamed =
      test.contains("\"\(name)\"") || test.contains("named: \"\\(") || test.contains("named: name")
      || prefixes.contains { !$0.isEmpty && test.contains("\"\($0)\\(") }
    #expect(isNamed, "\(path) is not named in \(suite).swift")
  }
}
