import Diagnostics

/// Finds and reads the files that a source includes, within the limits.
struct SourceFileAccess {
  /// A file that was found.
  struct Opened {
    let path: String
    let directory: String
    let bytes: [UInt8]
  }

  /// Why a file could not be had.
  struct Problem: Error {
    let reason: String
    var help: String?
  }

  let includeDirectories: [String]
  let limits: DTParseLimits
  /// Every file that was read or that a line marker names, in order of first use.
  private(set) var dependencies: [String] = []
  /// Whether line markers name files that were read for this input, because the preprocessor was run on it.
  let markersAreDependencies: Bool
  private var known: Set<String> = []
  private var bytesRead = 0

  init(includeDirectories: [String], limits: DTParseLimits, markersAreDependencies: Bool = false) {
    self.markersAreDependencies = markersAreDependencies
    self.includeDirectories = includeDirectories
    self.limits = limits
  }

  /// Reads `name`: beside the including file first, then in the include directories in order
  /// (dtc, srcpos.c `fopen_any_on_path`).
  mutating func open(_ name: String, from directory: String) -> Result<Opened, Problem> {
    guard !name.utf8.contains(0), !name.isEmpty else {
      return .failure(Problem(reason: "the name is empty or holds a NUL byte"))
    }
    let places = name.utf8.first == UInt8(ascii: "/") ? [""] : [directory] + includeDirectories
    for place in places {
      let path = FileSystem.join(place, name)
      switch FileSystem.read(path, bytesMax: limits.inputBytesMax - bytesRead) {
      case .success(let bytes):
        bytesRead += bytes.count
        addDependency(path)
        return .success(Opened(path: path, directory: FileSystem.directory(of: path), bytes: bytes))
      case .failure(.notFound): continue
      case .failure(.tooLarge):
        return .failure(
          Problem(
            reason: "more than \(limits.inputBytesMax >> 20) MiB of input",
            help: "look for a file that is included many times"))
      case .failure(let error): return .failure(Problem(reason: error.description))
      }
    }
    let searched = places.map { $0.isEmpty ? "." : $0 }.joined(separator: ", ")
    return .failure(Problem(reason: "no such file", help: "searched in \(searched); add its folder with -I"))
  }

  mutating func addDependency(_ path: String) {
    if known.insert(path).inserted { dependencies.append(path) }
  }

  /// Takes note of a file that a line marker names; the preprocessor read it.
  mutating func note(marker name: String) {
    if markersAreDependencies, !name.hasPrefix("<") { addDependency(name) }
  }
}
