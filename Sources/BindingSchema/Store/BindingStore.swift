import DTParse
import Diagnostics

/// Bindings that are ready to check boards with.
public struct ReadyBindings: Sendable {
  /// The compiled bindings.
  public let compiled: CompiledBindings
  /// Why folders and files among those that were named are not used.
  public let findings: [Diagnostic]
  /// The files that findings point into.
  public let sources: SourceMap
}

/// Gets compiled bindings: those in the program, from the cache, or from YAML.
public enum BindingStore {
  /// The bindings that ship with the program, and nothing else.
  ///
  /// They are compiled ahead; no file is read.
  public static func shipped() -> ReadyBindings {
    ReadyBindings(compiled: ShippedBindings.compiled, findings: [], sources: SourceMap())
  }

  /// The bindings of folders together with those that ship; of two with one `$id` that of a folder wins.
  ///
  /// - Parameters:
  ///   - directories: folders with YAML bindings, or single files; the first named wins.
  ///   - cache: where compiled bindings are kept; nil to compile them anew.
  ///   - version: tells one compiler from another.
  /// - Returns: the bindings; what cannot be used is left out, with a finding.
  /// - Complexity: from the cache O(*n*) in the number of files; else O(*n*) in the number of their bytes.
  public static func load(directories: [String], cache: BindingCache?, version: String) -> ReadyBindings {
    if directories.isEmpty { return shipped() }
    let listing = BindingLibrary.list(directories)
    let paths = listing.entries.map(\.path)
    guard let cache else { return compile(listing, paths.map(contents(of:))).ready }

    let slot = CacheKey.slot(directories, version: version)
    let states = FileStates(listing.entries)
    // Asked before the files are read: one that changes while they are is racy at the next run.
    let isRacy = states.isRacy
    if let digest = cache.digest(for: states.bytes, slot: slot), let compiled = open(digest, in: cache) {
      return ready(compiled, listing)
    }
    let contents = paths.map(contents(of:))
    let digest = CacheKey.digest(zip(paths, contents), version: version)
    if let compiled = open(digest, in: cache) {
      if !isRacy { cache.note(digest, for: states.bytes, slot: slot) }
      return ready(compiled, listing)
    }
    let made = compile(listing, contents)
    cache.keep(made.image, digest: digest)
    if !isRacy { cache.note(digest, for: states.bytes, slot: slot) }
    return made.ready
  }

  private static func contents(of path: String) -> Result<[UInt8], FileSystem.Failure> {
    FileSystem.read(path, bytesMax: SchemaReader.bytesMax)
  }

  /// Checks the bindings of folders by themselves; they may refer to those that ship.
  ///
  /// - Complexity: O(*n*) in the number of bytes of all folders.
  public static func check(directories: [String]) -> LoadedBindings {
    var listing = BindingLibrary.list(directories)
    var files = listing.entries.map { BindingLibrary.read($0.path) }
    ShippedBindings.append(to: &listing, &files)
    return BindingLibrary.check(listing, files: files) { $0.folder < directories.count }
  }

  /// Opens an image; one that cannot be read is forgotten.
  private static func open(_ digest: String, in cache: BindingCache) -> CompiledBindings? {
    guard let file = cache.image(digest) else { return nil }
    do {
      return try CompiledBindings(file.bytes, keptAliveBy: file)
    } catch {
      cache.drop(digest)
      return nil
    }
  }

  /// Adds to an image from the cache what was wrong with the files that it leaves out.
  private static func ready(_ compiled: CompiledBindings, _ listing: BindingLibrary.Listing) -> ReadyBindings
  {
    var report = BindingReport(findings: listing.findings)
    for path in compiled.leftOut {
      switch BindingLibrary.read(path) {
      case .success(let file): report.add(file.problems, of: file)
      case .failure(let failure): report.add(BindingLibrary.unread(path, failure))
      }
    }
    return ReadyBindings(compiled: compiled, findings: report.findings, sources: report.sources)
  }

  /// Compiles what was read, and after it the bindings that ship.
  private static func compile(
    _ listing: BindingLibrary.Listing, _ contents: [Result<[UInt8], FileSystem.Failure>]
  ) -> (ready: ReadyBindings, image: [UInt8]) {
    var listing = listing
    var files = zip(listing.entries, contents).map { entry, content in
      content.map { BindingFile(path: entry.path, bytes: $0) }
    }
    ShippedBindings.append(to: &listing, &files)
    let loaded = BindingLibrary.assemble(listing, files: files)
    let leftOut = zip(listing.entries, files).filter { !isUsable($1) }.map(\.0.path)
    let image = SchemaCompiler.compile(loaded.bindings, leftOut: leftOut)
    return (ready(CompiledBindings(own: image), listing), image)
  }

  private static func isUsable(_ file: Result<BindingFile, FileSystem.Failure>) -> Bool {
    if case .success(let file) = file { file.document != nil } else { false }
  }
}

/// What the cache's files are called after.
private enum CacheKey {
  /// The name of a run's stamp: by the folders as named and the folder in which the run is.
  static func slot(_ directories: [String], version: String) -> String {
    var digest = ContentDigest()
    for text in [version, FileSystem.absolutePath(of: ".") ?? ""] + directories {
      digest.add(part: Array(text.utf8))
    }
    return digest.hexadecimal()
  }

  /// The digest of everything that goes into an image.
  static func digest(
    _ files: some Sequence<(String, Result<[UInt8], FileSystem.Failure>)>, version: String
  ) -> String {
    var digest = ContentDigest()
    digest.add(part: Array(version.utf8))
    for (path, text) in ShippedBindings.texts {
      digest.add(part: Array(path.utf8))
      digest.add(part: Array(text.utf8))
    }
    for (path, content) in files {
      digest.add(part: Array(path.utf8))
      // A file that cannot be read is told from an empty one by what stands for its content.
      switch content {
      case .success(let bytes): digest.add(part: bytes)
      case .failure(let failure): digest.add(part: Array("unreadable: \(failure)".utf8) + [0])
      }
    }
    return digest.hexadecimal()
  }
}
