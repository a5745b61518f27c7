import Foundation
import TestSupport
import Testing

@testable import BindingSchema

@Suite struct ShippedBindingsTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let generated = root.appendingPathComponent(
    "Sources/BindingSchema/Shipped/ShippedBindings+Generated.swift")

  /// The YAML files of the folder `bindings`, by path.
  private static func files() throws -> [(path: String, text: String)] {
    let folder = root.appendingPathComponent("bindings")
    let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".yaml") }.sorted().map { name in
      ("bindings/\(name)", try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8))
    }
  }

  private static func source(_ texts: [(path: String, text: String)]) -> String {
    var listing = BindingLibrary.Listing()
    listing.entries = texts.map { BindingLibrary.Entry(path: "dtheap:\($0.path)", folder: 0) }
    let files = texts.map { BindingFile(path: "dtheap:\($0.path)", bytes: Array($0.text.utf8)) }
    let loaded = BindingLibrary.assemble(listing, files: files.map { .success($0) })
    let digits = Base64.encoded(SchemaCompiler.compile(loaded.bindings))
    var lines = [
      "// Made from the folder `bindings`; to make it anew: DTH_RECORD=1 swift test --filter ShippedBindings",
      "", "extension ShippedBindings {", "  /// The compiled bindings, in base 64.",
      "  static let imageText: StaticString = \"\"\"",
    ]
    var rest = digits[...]
    while !rest.isEmpty {
      let line = rest.prefix(108)
      rest = rest.dropFirst(line.count)
      lines.append("    \(line)\(rest.isEmpty ? "" : "\\")")
    }
    lines += ["    \"\"\"", "", "  /// The bindings as they are written, by path."]
    lines.append("  static let texts: [(path: String, text: String)] = [")
    for (path, text) in texts {
      lines += ["    (", "      \"\(path)\",", "      #\"\"\""]
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "      \($0)" }
      lines += ["      \"\"\"#", "    ),"]
    }
    lines += ["  ]", "}"]
    return lines.map { $0 + "\n" }.joined()
  }

  @Test func generatedFileIsCurrent() throws {
    let source = Self.source(try Self.files())
    if ProcessInfo.processInfo.environment["DTH_RECORD"] != nil {
      try source.write(to: Self.generated, atomically: true, encoding: .utf8)
    }
    let written = try String(contentsOf: Self.generated, encoding: .utf8)
    #expect(written == source, "make it anew: DTH_RECORD=1 swift test --filter ShippedBindings")
  }

  /// A run without other bindings reads no YAML: the image that was compiled ahead is the one that is used.
  @Test func imageIsUsed() throws {
    let image = try #require(Base64.decoded(ShippedBindings.imageText))
    _ = try CompiledBindings(image)
    let isSame = image == SchemaCompiler.compile(ShippedBindings.set)
    #expect(isSame)
  }

  @Test func base64ComesBack() throws {
    #expect(Base64.encoded([]) == "")
    #expect(Base64.encoded(Array("fo".utf8)) == "Zm8=")
    #expect(Base64.decoded("Zm9vYmE=") == Array("fooba".utf8))
    #expect(Base64.decoded("Zm9vYg==") == Array("foob".utf8))
    #expect(Base64.decoded("Zm9v!mE=") == nil)
    #expect(Base64.decoded("Zm9") == nil)
  }
}
