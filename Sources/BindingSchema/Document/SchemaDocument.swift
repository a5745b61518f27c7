/// A binding: one YAML file, as written or after the fixups.
public struct SchemaDocument: Sendable {
  /// Its `$id` without the trailing `#`, which is the base of its relative references.
  public let id: String
  /// The file's path as it was found.
  public let path: String
  /// The schema.
  public var root: SchemaValue

  /// A binding.
  public init(id: String, path: String, root: SchemaValue) {
    self.id = id
    self.path = path
    self.root = root
  }
}
