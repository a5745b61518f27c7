import Foundation
import Testing

@testable import BindingSchema

/// Writes the bindings of `DTH_BINDINGS` after the fixups to `DTH_BINDINGS_DUMP`, for
/// `scripts/conformance-fixups.py`.
@Suite struct BindingDumpTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let text = DocumentText(indent: nil, dropsDescriptions: false)

  @Test(.enabled(if: environment["DTH_BINDINGS_DUMP"] != nil)) func dump() throws {
    let directories = (Self.environment["DTH_BINDINGS"] ?? "").split(separator: ":").map(String.init)
    let loaded = BindingLibrary.load(directories: directories)
    let documents = loaded.bindings.documents.map { "\(Self.text.quoted($0.id)):\(Self.text.json($0.root))" }
    let types = loaded.bindings.types
    let exact = types.exact.sorted { $0.key < $1.key }.map { Self.entry($0.key, $0.value) }
    let patterns = types.patterns.map { Self.entry($0.pattern, $0.types) }
    let parts = [("documents", documents), ("types", exact), ("patterns", patterns)].map { name, entries in
      "\"\(name)\":{\(entries.joined(separator: ",\n"))}"
    }
    let path = try #require(Self.environment["DTH_BINDINGS_DUMP"])
    try Data("{\(parts.joined(separator: ",\n"))}\n".utf8).write(to: URL(fileURLWithPath: path))
  }

  /// A name and its types: `"x":[["uint32-matrix",[[1,2],[3,3]]]]`.
  private static func entry(_ name: String, _ types: [PropertyType]) -> String {
    let types = types.map { type in
      let dimensions = type.dimensions.map {
        "[[\($0.outer.min),\($0.outer.max)],[\($0.inner.min),\($0.inner.max)]]"
      }
      return "[\(type.name.map { text.quoted($0.rawValue) } ?? "null"),\(dimensions ?? "null")]"
    }
    return "\(text.quoted(name)):[\(types.joined(separator: ","))]"
  }
}
