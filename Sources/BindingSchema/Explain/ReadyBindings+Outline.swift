import DTParse
import Diagnostics

extension ReadyBindings {
  /// What a binding asks for.
  ///
  /// - Parameter name: its `$id`, whole or the path in it, with or without `.yaml`; or a compatible string.
  /// - Returns: the outline; nil where no binding has that name.
  /// - Complexity: O(*n*) in the number of bindings; for a compatible string in the number of their bytes.
  public func outline(of name: String) -> BindingOutline? {
    let documents = compiled.documents
    if let document = documents.first(where: { Self.isName(name, of: $0.id) }) { return outline(document) }
    for document in documents {
      if let outline = outline(document), outline.compatibles.contains(name) { return outline }
    }
    return nil
  }

  /// What a binding can be called: the paths in the `$id`s, and the compatible strings.
  public var names: [String] {
    compiled.documents.map { Self.path(in: $0.id) } + compiled.documentedCompatibles
  }

  private func outline(_ document: CompiledBindings.Document) -> BindingOutline? {
    guard let root = Self.root(document.path) else { return nil }
    return BindingOutline(id: document.id, path: document.path, root: root) { id in
      compiled.documents.first { $0.id == id }.flatMap { Self.root($0.path) }
    }
  }

  /// The binding as it is written; nil where the file is not there any more.
  private static func root(_ path: String) -> SchemaValue? {
    if let text = ShippedBindings.text(path) { return try? SchemaReader.read(Array(text.utf8)) }
    guard case .success(let bytes) = FileSystem.read(path, bytesMax: SchemaReader.bytesMax) else {
      return nil
    }
    return try? SchemaReader.read(bytes)
  }

  private static func isName(_ name: String, of id: String) -> Bool {
    let path = path(in: id)
    let wanted = name.hasSuffix("#") ? String(name.dropLast()) : name
    return [id, path].contains { $0 == wanted || $0 == wanted + ".yaml" }
  }

  /// The part of an `$id` behind the folder of all schemas.
  private static func path(in id: String) -> String {
    let root = "http://devicetree.org/schemas/"
    return id.hasPrefix(root) ? String(id.dropFirst(root.count)) : id
  }
}
