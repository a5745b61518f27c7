import Diagnostics

/// One file of bindings after everything that can be done without the others.
///
/// A function of the path and the bytes alone, so that many files can be read on several threads.
public struct BindingFile: Sendable {
  /// The file's path as it was found.
  public let path: String
  /// Its bytes, for the places of findings.
  public let bytes: [UInt8]
  /// The binding after the fixups; nil where it cannot be used.
  public let document: SchemaDocument?
  /// What is wrong with it, in the order of the file.
  public let problems: [BindingProblem]
  /// Where its `$id` stands.
  let idMark: SchemaValue.Mark
  /// Every `$ref` as it is written.
  let references: [SchemaValue]

  /// Reads a file.
  /// - Complexity: O(n) in the number of bytes.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var root: SchemaValue
    do throws(BindingProblem) {
      root = try SchemaReader.read(bytes)
    } catch {
      (document, problems, idMark, references) = (nil, [error], .none, [])
      return
    }
    guard root.map != nil else {
      let problem = BindingProblem(
        .unreadableBinding, "a binding is a map, but this is \(root.kind)", at: root.mark)
      (document, problems, idMark, references) = (nil, [problem], .none, [])
      return
    }
    let check = ShapeCheck(root)
    references = check.references
    idMark = root["$id"]?.mark ?? .none
    guard check.isUsable else {
      (document, problems) = (nil, check.problems)
      return
    }
    guard let id = root["$id"]?.string.map(Self.withoutFragment), !id.isEmpty else {
      let missing = BindingProblem(
        .missingBindingID, "the binding has no `$id`", at: root.mark,
        help: "add `$id: http://devicetree.org/schemas/\(QuotedText.shown(Self.name(of: path)))#`")
      (document, problems) = (nil, check.problems + [missing])
      return
    }
    SchemaFixups.apply(to: &root)
    document = SchemaDocument(id: id, path: path, root: root)
    problems = check.problems
  }

  /// An `$id` without the `#` at its end.
  static func withoutFragment(_ id: String) -> String {
    var rest = id[...]
    while rest.utf8.last == UInt8(ascii: "#") { rest = rest.dropLast() }
    return String(rest)
  }

  private static func name(of path: String) -> String {
    path.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? path } ?? path
  }
}
