/// What a fixup has to know of the way from the top of a binding to where it works.
struct FixupPath {
  /// Whether a part of the way is called `reg`.
  private(set) var isUnderReg = false
  /// Whether the way leads through `then` or `else`.
  private(set) var isUnderConditional = false
  /// The property whose schema this is or belongs to: the part behind the last `properties`, `$defs` or `definitions`.
  private(set) var property: String?
  private var isPropertyNext = false

  /// The way on through a member.
  func entering(_ key: String) -> FixupPath {
    var path = self
    if key == "reg" { path.isUnderReg = true }
    if key == "then" || key == "else" { path.isUnderConditional = true }
    if path.isPropertyNext || key == "properties" || key == "$defs" || key == "definitions" {
      path.property = key
    }
    path.isPropertyNext = !isPropertyNext && (key == "properties" || key == "$defs" || key == "definitions")
    return path
  }
}
