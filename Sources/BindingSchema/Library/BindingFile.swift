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
  /// Its `$id`, also where it cannot be used; nil where it has none.
  let id: String?
  /// Where its `$id` stands.
  let idMark: SchemaValue.Mark
  /// Every `$ref` as it is written.
  let references: [SchemaValue]
  /// Every regular expression.
  let patterns: [BindingPattern]

  /// The most regular expressions of a binding; the list of vendors has some hundred.
  static let patternsMax = 4096

  /// Reads a file.
  /// - Complexity: O(n) in the number of bytes.
  public init(path: String, bytes: [UInt8]) {
    do throws(BindingProblem) {
      self.init(path, bytes, try SchemaReader.read(bytes))
    } catch {
      self.init(refusing: path, bytes, [error])
    }
  }

  /// A file that cannot be used.
  private init(
    refusing path: String, _ bytes: [UInt8], _ problems: [BindingProblem], id: SchemaValue? = nil
  ) {
    (self.path, self.bytes, self.problems, document) = (path, bytes, problems, nil)
    (references, patterns) = ([], [])
    self.id = id?.string.map(Self.withoutFragment)
    idMark = id?.mark ?? .none
  }

  private init(_ path: String, _ bytes: [UInt8], _ value: SchemaValue) {
    var root = value
    guard root.map != nil else {
      let problem = BindingProblem(
        .unreadableBinding, "a binding is a map, but this is \(root.kind)", at: root.mark)
      self.init(refusing: path, bytes, [problem])
      return
    }
    let check = ShapeCheck(root)
    let named = root["$id"]
    guard check.isUsable else {
      self.init(refusing: path, bytes, check.problems, id: named)
      return
    }
    guard let named, let id = named.string.map(Self.withoutFragment), !id.isEmpty else {
      let missing = BindingProblem(
        .missingBindingID, "the binding has no `$id`", at: root.mark,
        help: "add `$id: http://devicetree.org/schemas/\(QuotedText.shown(Self.name(of: path)))#`")
      self.init(refusing: path, bytes, check.problems + [missing])
      return
    }
    guard check.patterns.count <= Self.patternsMax else {
      let problem = BindingProblem(
        .oversizedBinding, "the binding has more than \(Self.patternsMax) regular expressions")
      self.init(refusing: path, bytes, [problem], id: named)
      return
    }
    guard SchemaFixups.apply(to: &root) else {
      let problem = BindingProblem(
        .oversizedBinding, "the binding grows beyond \(SchemaFixups.valuesMax) values when it is written out")
      self.init(refusing: path, bytes, [problem], id: named)
      return
    }
    self.init(SchemaDocument(id: id, path: path, root: root), bytes, idMark: named.mark, check)
  }

  private init(
    _ document: SchemaDocument, _ bytes: [UInt8], idMark: SchemaValue.Mark, _ check: ShapeCheck
  ) {
    (path, self.bytes, id, self.idMark) = (document.path, bytes, document.id, idMark)
    self.document = document
    (problems, references, patterns) = (check.problems, check.references, check.patterns)
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
