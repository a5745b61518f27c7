import Diagnostics

/// What a load is told beside the input.
public struct LoadOptions: Sendable {
  /// Folders for the preprocessor, `/include/` and `/incbin/`, after the including file's own (`-I`).
  public var includeDirectories: [String] = []
  /// `NAME` or `NAME=VALUE` for the preprocessor (`-D`).
  public var defines: [String] = []
  /// Overlays to apply, in order: blobs or plugin sources (`--overlay`).
  public var overlays: [String] = []
  /// Whether `__symbols__` is made (`-@`).
  public var generatesSymbols = false
  /// The property that a phandle is written to (`-H`).
  public var phandleFormat = PhandleFormat.epapr
  /// Bounds on what the input may ask for.
  public var limits = DTParseLimits()

  /// No wishes.
  public init() {}
}

/// What came of reading one input.
public struct LoadResult: Sendable {
  /// The tree; nil if there is nothing to go on with.
  ///
  /// With errors among the findings it is what could be made of the input.
  public let tree: Devicetree?
  /// The files that findings point into.
  public let sources: SourceMap
  /// What was found, in the order of discovery.
  public let diagnostics: [Diagnostic]
  /// How many more findings there were than are kept.
  public let droppedCount: Int
  /// Every file that was read, in order of first use.
  public let dependencies: [String]

  /// Whether an error was found.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// An input that could not be read at all.
public struct LoadFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The path as it was given.
  public let path: String
  /// Why.
  public let reason: String

  /// Says that the input at `path` cannot be read, and why.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// The failure in a sentence.
  public var description: String { "cannot read `\(path)`: \(reason)" }
}

/// Reads a devicetree from source or blob, told apart by the magic number.
public enum DevicetreeLoader {
  /// Reads the file at `path`, or standard input for `-`, and applies the overlays.
  /// - Throws: ``LoadFailure`` if the file, an overlay or the C preprocessor cannot be had. What is wrong inside the
  ///   files is among the result's findings.
  public static func load(path: String, _ options: LoadOptions = LoadOptions()) throws(LoadFailure)
    -> LoadResult
  {
    var options = options
    let overlays = options.overlays
    options.overlays = []
    options.generatesSymbols = options.generatesSymbols || !overlays.isEmpty
    var result = try loadOne(path, options)
    for overlay in overlays {
      let loaded = try loadOne(overlay, options)
      result = OverlayApplication.apply(loaded, to: result)
    }
    return result
  }

  private static func loadOne(_ path: String, _ options: LoadOptions) throws(LoadFailure) -> LoadResult {
    switch FileSystem.read(path, bytesMax: options.limits.inputBytesMax) {
    case .failure(let failure): throw LoadFailure(path: path, reason: failure.description)
    case .success(let bytes): return try load(bytes: bytes, path: path, options)
    }
  }

  /// Reads a tree from bytes in memory; `path` names it in findings, and its folder is where included files are looked
  /// for first.
  public static func load(
    bytes: [UInt8], path: String, _ options: LoadOptions = LoadOptions()
  ) throws(LoadFailure) -> LoadResult {
    if bytes.starts(with: FlattenedTree.magic) { return loadBlob(bytes, path, options) }
    var sources = SourceMap()
    sources.originals = OriginalSources { name in
      try? FileSystem.read(name, bytesMax: options.limits.inputBytesMax).get()
    }
    var findings = FindingSink(limit: options.limits.findingsMax)
    var text = bytes
    let needsPreprocessor = Preprocessor.isNeeded(by: bytes)
    if needsPreprocessor {
      let preprocessor = Preprocessor(
        includeDirectories: options.includeDirectories, defines: options.defines,
        outputBytesMax: options.limits.inputBytesMax)
      let output: Preprocessor.Output
      do {
        output = try preprocessor.run(path: path, source: bytes)
      } catch {
        throw LoadFailure(path: path, reason: error.description)
      }
      PreprocessorMessages.report(
        PreprocessorMessages.parse(output.messages), to: &findings, sources: &sources,
        bytesMax: options.limits.inputBytesMax)
      guard output.isGood else {
        if findings.errorCount == 0 {
          throw LoadFailure(
            path: path,
            reason: "the C preprocessor failed: \(String(decoding: output.messages, as: UTF8.self))")
        }
        return LoadResult(
          tree: nil, sources: sources, diagnostics: findings.diagnostics, droppedCount: findings.droppedCount,
          dependencies: [path])
      }
      text = output.text
    }
    return parse(
      text, path: path, options, sources: sources, findings: findings,
      isPreprocessedHere: needsPreprocessor)
  }

  private static func parse(
    _ text: [UInt8], path: String, _ options: LoadOptions, sources: SourceMap, findings: FindingSink,
    isPreprocessedHere: Bool
  ) -> LoadResult {
    var access = SourceFileAccess(
      includeDirectories: options.includeDirectories, limits: options.limits,
      markersAreDependencies: isPreprocessedHere)
    access.addDependency(path == "-" ? "<stdin>" : path)
    let root = SourceFile(name: path == "-" ? "<stdin>" : path, bytes: text)
    let lexer = Lexer(
      root: root, directory: FileSystem.directory(of: path), files: access, findings: findings,
      sources: sources)
    var parser = Parser(lexer: lexer)
    parser.parse()
    let bootCPUID = parser.guessedBootCPUID()
    let header = parser.header
    let tail = parser.lexer.outcome
    let names = parser.names
    let treeRoot = parser.root
    let hasSyntaxErrors = tail.findings.errorCount > 0
    var known = tail.findings
    known.lacksText = known.lacksText || hasSyntaxErrors
    var resolver = Resolver(
      tree: parser.takeTree(), root: treeRoot, names: names, isPlugin: header.isPlugin,
      phandleFormat: options.phandleFormat, keepsLabelledNodes: options.generatesSymbols,
      findings: known)
    resolver.resolve()
    if options.generatesSymbols { resolver.generateSymbols() } else { resolver.checkSymbols() }
    if header.isPlugin, !hasSyntaxErrors { resolver.generateFixups() }
    let resolved = resolver.findings
    let tree = Devicetree(
      storage: resolver.takeTree(), root: treeRoot, sources: tail.sources, inputName: path,
      reservations: header.reservations, bootCPUID: bootCPUID, isPlugin: header.isPlugin, isBlob: false)
    return LoadResult(
      tree: tree, sources: tail.sources, diagnostics: resolved.diagnostics,
      droppedCount: resolved.droppedCount,
      dependencies: tail.dependencies)
  }

  private static func loadBlob(_ bytes: [UInt8], _ path: String, _ options: LoadOptions) -> LoadResult {
    var reader = BlobReader(limits: options.limits, findings: FindingSink(limit: options.limits.findingsMax))
    let isGood = reader.read(bytes, name: path)
    let names = reader.names
    let root = reader.root
    let reservations = reader.reservations
    let bootCPUID = reader.bootCPUID
    let found = reader.findings
    guard isGood else {
      return LoadResult(
        tree: nil, sources: SourceMap(), diagnostics: found.diagnostics, droppedCount: found.droppedCount,
        dependencies: [path])
    }
    var resolver = Resolver(
      tree: reader.takeTree(), root: root, names: names, isPlugin: false,
      phandleFormat: options.phandleFormat,
      keepsLabelledNodes: false, findings: found)
    resolver.resolve()
    let findings = resolver.findings
    let tree = Devicetree(
      storage: resolver.takeTree(), root: root, sources: SourceMap(), inputName: path,
      reservations: reservations,
      bootCPUID: bootCPUID, isPlugin: false, isBlob: true)
    let diagnostics = findings.diagnostics.map { finding in
      var finding = finding
      finding.file = finding.file ?? path
      return finding
    }
    return LoadResult(
      tree: tree, sources: SourceMap(), diagnostics: diagnostics, droppedCount: findings.droppedCount,
      dependencies: [path])
  }
}

extension Parser {
  consuming func takeTree() -> TreeStorage { tree }

  /// The boot CPU's ID as dtc guesses it right after parsing: `reg` of the first child slot of `/cpus`, deleted or not,
  /// if it is one cell; else 0 (dtc, livetree.c `guess_boot_cpuid`).
  func guessedBootCPUID() -> UInt32 {
    let cpus = tree.liveChild(names.cpus, of: root)
    guard cpus != noIndex else { return 0 }
    let first = tree.nodes[Int(cpus)].firstChild
    guard first != noIndex else { return 0 }
    let reg = tree.liveProperty(names.reg, of: first)
    guard reg != noIndex, tree.properties[Int(reg)].valueLength == 4 else { return 0 }
    return tree.values.cell(at: Int(tree.properties[Int(reg)].valueStart))
  }
}

extension Resolver {
  consuming func takeTree() -> TreeStorage { tree }
}

extension BlobReader {
  consuming func takeTree() -> TreeStorage { tree }
}

extension Lexer {
  /// What is left when everything has been read.
  var outcome: (findings: FindingSink, sources: SourceMap, dependencies: [String]) {
    (findings, sources, files.dependencies)
  }
}
