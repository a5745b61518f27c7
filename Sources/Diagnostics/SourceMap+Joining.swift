extension SourceMap {
  /// Takes over the files of another map, which come after those that are here.
  /// - Returns: what must be added to the other map's file indices.
  public mutating func append(_ other: SourceMap) -> UInt32 {
    let shift = UInt32(files.count)
    for (file, markers) in zip(other.files, other.markers) {
      let place = file.includedFrom?.shifted(by: shift)
      let id = add(SourceFile(name: file.name, bytes: file.bytes, includedFrom: place))
      for marker in markers { add(marker, to: id) }
    }
    originals = originals ?? other.originals
    return shift
  }
}

extension SourceSpan {
  /// The same bytes after the files of another map have been put before.
  public func shifted(by files: UInt32) -> SourceSpan {
    SourceSpan(file: SourceFileID(rawValue: file.rawValue + files), start: start, end: end)
  }
}

extension Diagnostic {
  /// The same finding after the files of another map have been put before.
  public func shifted(by files: UInt32) -> Diagnostic {
    var moved = self
    moved.span = span?.shifted(by: files)
    moved.related = related.map { RelatedPlace($0.message, at: $0.span.shifted(by: files)) }
    moved.fixes = fixes.map { fix in
      FixIt(
        title: fix.title, edits: fix.edits.map { SourceEdit(span: $0.span.shifted(by: files), text: $0.text) }
      )
    }
    return moved
  }
}
