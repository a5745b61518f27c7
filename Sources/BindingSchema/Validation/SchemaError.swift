/// A keyword that does not hold, before anybody has said what it means.
struct SchemaError {
  /// The keyword.
  var opcode: Opcode
  /// The schema that has the keyword.
  var schema: UInt32
  /// Where the keyword begins in the image; 0 for a schema that is `false` as such.
  var keyword: UInt32
  /// The line of the keyword in its binding.
  var line: UInt32
  /// Where the fault is.
  var place: Place
  /// What was held against the keyword.
  var instance: Instance
  /// The names that the fault is about: what is missing or not expected, and what wants it.
  var names: [UInt32] = []
  /// What failed in each branch of `anyOf` or `oneOf`, or inside a `not`.
  var branches: [[SchemaError]] = []
  /// How many branches or elements do hold.
  var matches = 0
  /// Whether it only fails because something else does, which is reported by itself.
  var isConsequence = false

  /// The node, the member of it and the element of its value.
  struct Place {
    var node: Int32
    /// The number of the property's or child's name; nil for the node itself.
    var member: UInt32?
    /// Row and cell.
    var element: [Int32] = []
  }

  /// Whether dt-schema lets it pass in a disabled node.
  var isLetPassIfDisabled: Bool {
    if Self.passes.contains(opcode) { return true }
    return branches.contains { $0.contains { Self.passes.contains($0.opcode) } }
  }

  private static let passes: Set<Opcode> = [.required, .unevaluatedProperties]
}
