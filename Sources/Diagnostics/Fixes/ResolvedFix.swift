/// A cure with the places of its edits in the files that the user wrote.
public struct ResolvedFix: Sendable {
  /// One edit.
  public struct Edit: Sendable {
    /// The place as an editor shows it.
    public let location: SourceLocation
    /// The file; its name is that of ``location``.
    public let file: SourceFile
    /// The replacement in the file's bytes.
    public let edit: TextEdit
  }

  /// What the edits do, in a few words.
  public let title: String
  /// The edits, as the rule gave them.
  public let edits: [Edit]
}

extension SourceMap {
  /// Finds the text that a cure edits; nil where one of its edits is about text that is not there, as in the expansion
  /// of a macro, or in a file that cannot be read.
  public func resolve(_ fix: FixIt) -> ResolvedFix? {
    var edits: [ResolvedFix.Edit] = []
    for edit in fix.edits {
      let place = resolve(edit.span)
      guard place.isExact else { return nil }
      edits.append(
        ResolvedFix.Edit(
          location: place.location, file: place.source, edit: TextEdit(place.range, edit.text)))
    }
    return ResolvedFix(title: fix.title, edits: edits)
  }
}
