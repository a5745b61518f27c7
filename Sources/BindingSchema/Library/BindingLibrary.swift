import DTParse
import Diagnostics

/// The bindings of a run and what is wrong with them.
public struct LoadedBindings: Sendable {
  /// The bindings that can be used.
  public var bindings: BindingSet
  /// What is wrong, file by file in the order in which they were read, and in a file by place.
  public var findings: [Diagnostic]
  /// The files that have findings.
  public var sources: SourceMap
  /// How many files were read, or checked.
  public var fileCount: Int
}

/// Loads bindings from folders.
public enum BindingLibrary {
  /// A file to read and the folder that it was found through.
  public struct Entry: Hashable, Sendable {
    /// The file's path.
    public let path: String
    /// Which of the folders it comes from, from 0.
    public let folder: Int
    /// What tells whether the file has changed; nil for one that is in the program.
    public let state: FileState?

    /// A file of a folder.
    public init(path: String, folder: Int, state: FileState? = nil) {
      self.path = path
      self.folder = folder
      self.state = state
    }
  }

  /// What there is to read.
  public struct Listing: Sendable {
    /// The files in the order in which they are to be read: folder by folder, each in the order of the paths' bytes.
    public var entries: [Entry] = []
    /// Folders that cannot be read or hold no binding.
    public var findings: [Diagnostic] = []

    /// Files, none of whose folders has findings.
    public init(entries: [Entry] = []) { self.entries = entries }
  }

  /// Lists the files of folders; a path may also be that of one file.
  public static func list(_ directories: [String]) -> Listing {
    var listing = Listing()
    var seen: Set<String> = []
    for (folder, directory) in directories.enumerated() {
      switch BindingFolder.files(under: directory) {
      case .success(let files):
        for file in files where seen.insert(file.path).inserted {
          listing.entries.append(Entry(path: file.path, folder: folder, state: file.state))
        }
        if files.isEmpty {
          listing.findings.append(
            .ofFile(directory, .emptyBindingFolder, "there is no binding in `\(directory)`"))
        }
      case .failure(let failure):
        listing.findings.append(unread(directory, failure))
      }
    }
    return listing
  }

  /// Reads one file.
  ///
  /// A function of the path and of what the file holds: files can be read on several threads.
  public static func read(_ path: String) -> Result<BindingFile, FileSystem.Failure> {
    FileSystem.read(path, bytesMax: SchemaReader.bytesMax).map { BindingFile(path: path, bytes: $0) }
  }

  /// Loads the bindings of folders.
  ///
  /// Of two bindings with one `$id` the first wins: that of the folder named first, and in a folder that of the path
  /// that sorts first. What cannot be used is left out, with a finding.
  /// - Complexity: O(n) in the number of bytes.
  public static func load(directories: [String]) -> LoadedBindings {
    let listing = list(directories)
    return assemble(listing, files: listing.entries.map { read($0.path) })
  }

  /// Puts together what was read.
  /// - Parameters:
  ///   - listing: what was to be read.
  ///   - files: the file of each entry of the listing.
  public static func assemble(
    _ listing: Listing, files: [Result<BindingFile, FileSystem.Failure>]
  ) -> LoadedBindings {
    assemble(listing, files: files, select(listing, files: files)) { _, _ in [] }
  }

  /// The bindings that are used.
  struct Selection {
    /// In rising order of their `$id`.
    var documents: [SchemaDocument] = []
    /// Where each comes from, by `$id`.
    var paths: [String: String] = [:]
    /// From which folder each comes, by `$id`.
    var folders: [String: Int] = [:]
  }

  /// Takes the first binding of each `$id`.
  static func select(_ listing: Listing, files: [Result<BindingFile, FileSystem.Failure>]) -> Selection {
    var selection = Selection()
    for (entry, file) in zip(listing.entries, files) {
      guard case .success(let file) = file, let document = file.document, selection.paths[document.id] == nil
      else { continue }
      selection.paths[document.id] = entry.path
      selection.folders[document.id] = entry.folder
      selection.documents.append(document)
    }
    selection.documents.sort { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    return selection
  }

  /// Reports what is wrong with each file, and what `check` adds; nothing of a file for which that is nil.
  static func assemble(
    _ listing: Listing, files: [Result<BindingFile, FileSystem.Failure>], _ selection: Selection,
    check: (Entry, BindingFile) -> [BindingProblem]?
  ) -> LoadedBindings {
    var report = BindingReport(findings: listing.findings)
    var fileCount = 0
    for (entry, file) in zip(listing.entries, files) {
      switch file {
      case .failure(let failure):
        fileCount += 1
        report.add(unread(entry.path, failure))
      case .success(let file):
        guard let more = check(entry, file) else { continue }
        fileCount += 1
        var problems = file.problems + more
        if let id = file.document?.id, let winner = selection.paths[id], winner != entry.path,
          selection.folders[id] == entry.folder
        {
          problems.append(repeated(file, id, winner))
        }
        report.add(problems, of: file)
      }
    }
    let types = TypeDerivation.types(of: selection.documents)
    return LoadedBindings(
      bindings: BindingSet(documents: selection.documents, types: types), findings: report.findings,
      sources: report.sources, fileCount: fileCount)
  }

  /// That a file or a folder cannot be read.
  static func unread(_ path: String, _ failure: FileSystem.Failure) -> Diagnostic {
    let isTooLarge = failure == .tooLarge(bytesMax: SchemaReader.bytesMax)
    let message = "`\(path)` cannot be read: \(failure.description)"
    return .ofFile(path, isTooLarge ? .oversizedBinding : .unreadableBinding, message)
  }

  private static func repeated(_ file: BindingFile, _ id: String, _ winner: String) -> BindingProblem {
    BindingProblem(
      .repeatedBindingID, "another binding has the `$id` `\(QuotedText.shown(id))`", at: file.idMark,
      help: "give each binding an `$id` of its own",
      notes: ["it is in `\(winner)`, which comes first and is used"])
  }
}

/// Findings about bindings, and the files in which they are.
struct BindingReport {
  private(set) var findings: [Diagnostic]
  private(set) var sources = SourceMap()

  init(findings: [Diagnostic]) { self.findings = findings }

  mutating func add(_ finding: Diagnostic) { findings.append(finding) }

  /// Adds what is wrong with a file; a file without problems costs nothing.
  mutating func add(_ problems: [BindingProblem], of file: BindingFile) {
    guard !problems.isEmpty else { return }
    let text = BindingText(file.bytes)
    let id = sources.add(SourceFile(name: file.path, bytes: file.bytes))
    let found = problems.map { problem in
      let range = problem.mark == .none ? 0..<0 : text.range(at: problem.mark)
      var finding = Diagnostic(
        problem.rule.id, problem.rule.severity, problem.message,
        at: SourceSpan(file: id, start: UInt32(range.lowerBound), end: UInt32(range.upperBound)))
      finding.file = file.path
      finding.help = problem.help
      finding.notes = problem.notes
      if let document = file.document { finding.schemas = [document.id] }
      return finding
    }
    let order = found.indices.sorted { a, b in
      let (x, y) = (found[a].span?.start ?? 0, found[b].span?.start ?? 0)
      return x == y ? a < b : x < y
    }
    findings += order.map { found[$0] }
  }
}

extension Diagnostic {
  /// A finding about a file without a place in it.
  static func ofFile(_ path: String, _ rule: Rule, _ message: String) -> Diagnostic {
    var finding = Diagnostic(rule.id, rule.severity, message)
    finding.file = path
    return finding
  }
}
