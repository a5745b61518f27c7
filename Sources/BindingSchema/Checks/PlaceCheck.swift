import Diagnostics

/// Checks that the `$id` of a binding is where the file lies.
enum PlaceCheck {
  private static let base = "/schemas/"

  /// What is wrong; nil where the path ends in what stands behind `schemas/` in the `$id`.
  static func problem(of file: BindingFile, _ document: SchemaDocument) -> BindingProblem? {
    let shown = QuotedText.shown(document.id)
    guard let range = document.id.firstRange(of: base) else {
      return BindingProblem(
        .misplacedBinding, "the `$id` `\(shown)` is not under `http://devicetree.org/schemas/`",
        at: file.idMark,
        help: "begin it with `http://devicetree.org/schemas/`")
    }
    let place = document.id[range.upperBound...]
    guard file.path != place, !file.path.hasSuffix("/" + place) else { return nil }
    return BindingProblem(
      .misplacedBinding, "the `$id` `\(shown)` does not end in the path of the file", at: file.idMark,
      help: "rename the file to `\(QuotedText.shown(String(place)))`, or change the `$id`")
  }
}
