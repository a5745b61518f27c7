/// Of the cures that findings offer, those that are applied together, file by file.
///
/// A cure is applied whole or not at all. Of two that are at odds the first wins, so that the order of the findings
/// decides and nothing else.
public struct FixSelection: Sendable {
  /// One file that changes.
  public struct File: Sendable {
    /// The file as it was read.
    public let source: SourceFile
    /// The edits, none of which conflict.
    public fileprivate(set) var edits: [TextEdit]

    /// The file's name, as the first cure called it.
    public var name: String { source.name }
    /// The file's bytes before the edits.
    public var before: [UInt8] { source.bytes }
    /// The file's bytes after the edits.
    public var after: [UInt8] { edits.applied(to: source.bytes) }
  }

  /// What became of a finding's cure.
  public enum Outcome: Hashable, Sendable {
    /// It is applied.
    case taken
    /// An earlier cure changes the same text.
    case conflicting
    /// It would change a file that may not be changed.
    case foreign
    /// There is none, or none that can be applied to the text, or more than one.
    case none
  }

  /// The files that change, in the order of their first edit.
  public private(set) var files: [File] = []
  /// How many cures are applied.
  public private(set) var takenCount = 0
  /// How many are left because an earlier one changes the same text.
  public private(set) var conflictingCount = 0
  /// How many are left because they would change a file that may not be changed.
  public private(set) var foreignCount = 0
  private var indices: [String: Int] = [:]

  /// No cures.
  public init() {}

  /// Takes the cure of a finding that has exactly one.
  ///
  /// - Parameters:
  ///   - finding: the finding.
  ///   - sources: the files that its spans are about.
  ///   - identity: what tells a file from others, given its name; nil for one that may not be changed.
  /// - Returns: what became of it.
  @discardableResult
  public mutating func add(_ finding: Diagnostic, in sources: SourceMap, identity: (String) -> String?)
    -> Outcome
  {
    guard finding.fixes.count == 1, let fix = sources.resolve(finding.fixes[0]), !fix.edits.isEmpty else {
      return .none
    }
    var fresh: [(key: String, edit: ResolvedFix.Edit)] = []
    for edit in fix.edits {
      guard let key = identity(edit.location.file) else {
        foreignCount += 1
        return .foreign
      }
      fresh.append((key, edit))
    }
    var changed = self
    for (key, edit) in fresh where !changed.insert(edit, key: key) {
      conflictingCount += 1
      return .conflicting
    }
    changed.takenCount += 1
    self = changed
    return .taken
  }

  /// Adds an edit; false where it conflicts with one that is there. The same edit twice is one.
  private mutating func insert(_ edit: ResolvedFix.Edit, key: String) -> Bool {
    let change = edit.edit.withoutEmptyLines(in: edit.file.bytes)
    guard let index = indices[key] else {
      indices[key] = files.count
      files.append(File(source: edit.file, edits: [change]))
      return true
    }
    // Read again for another input, the file may have changed in between.
    guard files[index].source === edit.file || files[index].before == edit.file.bytes else { return false }
    if files[index].edits.contains(change) { return true }
    if files[index].edits.contains(where: { $0.conflicts(with: change) }) { return false }
    files[index].edits.append(change)
    return true
  }
}
