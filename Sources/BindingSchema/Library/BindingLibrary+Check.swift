import DTParse
import Diagnostics

extension BindingLibrary {
  /// Checks the bindings of folders by themselves: everything that loading them finds, and references to nothing or in
  /// circles, malformed patterns and misplaced files.
  /// - Parameters:
  ///   - directories: the folders to check.
  ///   - others: folders whose bindings those may refer to; what is wrong with them is not reported.
  /// - Complexity: O(n) in the number of bytes of all folders.
  public static func check(_ directories: [String], with others: [String] = []) -> LoadedBindings {
    let listing = list(directories + others)
    let files = listing.entries.map { read($0.path) }
    return check(listing, files: files, isChecked: { $0.folder < directories.count })
  }

  /// Checks what was read.
  /// - Parameters:
  ///   - listing: what was to be read.
  ///   - files: the file of each entry of the listing.
  ///   - isChecked: whether a file's problems are of interest.
  public static func check(
    _ listing: Listing, files: [Result<BindingFile, FileSystem.Failure>], isChecked: (Entry) -> Bool
  ) -> LoadedBindings {
    let selection = select(listing, files: files)
    var unusable: Set<String> = []
    var pairs: [(document: SchemaDocument, reference: SchemaValue)] = []
    for case .success(let file) in files {
      guard let document = file.document else {
        if let id = file.id { unusable.insert(id) }
        continue
      }
      pairs += file.references.map { (document, $0) }
    }
    var references = ReferenceCheck(selection.documents, unusable: unusable)
    let circles = references.circles(from: pairs)
    var patterns = PatternCheck()
    return assemble(listing, files: files, selection) { entry, file in
      guard isChecked(entry) else { return nil }
      guard let document = file.document else { return [] }
      var problems: [BindingProblem] = []
      for reference in file.references where problems.count < problemsMax {
        if let problem = references.problem(of: reference, in: document) { problems.append(problem) }
      }
      for pattern in file.patterns where problems.count < problemsMax {
        if let problem = patterns.problem(of: pattern) { problems.append(problem) }
      }
      let own = selection.paths[document.id] == entry.path ? circles[document.id] ?? [] : []
      problems += own.prefix(problemsMax)
      if let problem = PlaceCheck.problem(of: file, document) { problems.append(problem) }
      return problems
    }
  }

  /// The most problems of each kind in one file that are reported.
  static let problemsMax = 100
}
