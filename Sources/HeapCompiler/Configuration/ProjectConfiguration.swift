import DTParse
import Diagnostics
import HeapModel

/// What a `.dtheap.yml` says about the boards below its folder.
public struct ProjectConfiguration: Sendable {
  /// The name of the file.
  public static let fileName = ".dtheap.yml"

  /// The kernel's name; one that there is.
  public var kernel: String?
  /// The architecture.
  public var architecture: Architecture?
  /// The path of a kernel's `.config`.
  public var kconfig: String?
  /// Replaces the tree's memory; empty to leave it.
  public var memory: [AddressRange] = []
  /// In use before the kernel looks; empty for the profile's bound.
  public var occupied: [OccupiedRange] = []
  /// Replaces the kernel command line.
  public var commandLine: String?
  /// Folders in which sources look for what they include.
  public var includeDirectories: [String] = []
  /// `NAME` or `NAME=VALUE` for the preprocessor.
  public var defines: [String] = []
  /// Folders with bindings beside those that ship.
  public var bindings: [String] = []
  /// Codes of rules whose findings are left out.
  public var disabledRules: Set<String> = []
  /// Whether warnings count as errors in the exit status.
  public var isStrict = false

  /// A configuration that says nothing.
  public init() {}
}

/// What came of reading a configuration.
public struct ConfigurationReading: Sendable {
  /// The file's path.
  public let path: String
  /// What it says; settings that are wrong are left out.
  public let configuration: ProjectConfiguration
  /// The file that findings point into; none where it is too large to be read.
  public let sources: SourceMap
  /// What was found, by place.
  public let diagnostics: [Diagnostic]

  /// Whether something is wrong with it.
  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension ProjectConfiguration {
  /// Reads a configuration; paths in it count from its folder.
  ///
  /// - Parameter path: of the file.
  /// - Throws: `LoadFailure` where the file cannot be had; what is wrong inside is among the findings.
  public static func read(path: String) throws(LoadFailure) -> ConfigurationReading {
    switch FileSystem.read(path, bytesMax: YAMLReader.bytesMax) {
    case .success(let bytes): return read(bytes: bytes, path: path)
    case .failure(.tooLarge):
      let finding = YAMLReader.oversize(name: path, ConfigurationDecoder.dialect)
      return ConfigurationReading(
        path: path, configuration: ProjectConfiguration(), sources: SourceMap(), diagnostics: [finding])
    case .failure(let failure): throw LoadFailure(path: path, reason: failure.description)
    }
  }

  /// Reads a configuration from bytes in memory.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - path: the file's path, for findings and for paths in it.
  public static func read(bytes: [UInt8], path: String) -> ConfigurationReading {
    var sources = SourceMap()
    let file = sources.add(SourceFile(name: path, bytes: bytes))
    switch YAMLReader.read(bytes, file: file, as: ConfigurationDecoder.dialect) {
    case .failure(let refusal):
      return ConfigurationReading(
        path: path, configuration: ProjectConfiguration(), sources: sources, diagnostics: [refusal.finding])
    case .success(let value):
      var decoder = ConfigurationDecoder(directory: FileSystem.directory(of: path))
      let configuration = decoder.configuration(value)
      return ConfigurationReading(
        path: path, configuration: configuration, sources: sources, diagnostics: decoder.findings.sorted)
    }
  }

  /// The path of the configuration that holds for a file: the one in its folder, else in the nearest folder above that
  /// has one; nil where none has.
  ///
  /// - Parameter file: the file's path, or `-` for standard input, which lies in the current folder.
  /// - Returns: a path that begins at the current folder if the file is below it, else an absolute one.
  public static func path(for file: String) -> String? {
    let directory = file == "-" ? "" : FileSystem.directory(of: file)
    guard let start = FileSystem.absolutePath(of: directory.isEmpty ? "." : directory) else { return nil }
    let current = FileSystem.absolutePath(of: ".") ?? "/"
    var folder = start
    while true {
      let path = FileSystem.join(folder, fileName)
      if FileSystem.isFile(path) {
        let prefix = FileSystem.join(current, "")
        return path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
      }
      guard folder != "/" else { return nil }
      folder = FileSystem.directory(of: folder)
    }
  }
}
