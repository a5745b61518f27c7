/// The bindings of a run after the fixups, before they are compiled.
public struct BindingSet: Sendable {
  /// The bindings that can be used, by `$id`; no `$id` occurs twice.
  public var documents: [SchemaDocument]
  /// The types of all properties that they name.
  public var types: PropertyTypes

  /// A set of bindings, in rising order of their `$id`.
  public init(documents: [SchemaDocument], types: PropertyTypes) {
    self.documents = documents
    self.types = types
  }
}
